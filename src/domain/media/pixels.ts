/** How large a picture or a video is shown, in pixels. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}
