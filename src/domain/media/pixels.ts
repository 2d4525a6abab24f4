/** The displayed size of a picture or a video, in pixels. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}
