/** Seconds between two automatic syncs, at most: a day. */
export const LONGEST_INTERVAL = 86_400;

/** So many searches can be kept. */
export const MOST_SEARCHES = 50;

/** How long a kept search and its name can be, in Unicode code points. */
export const SEARCH_LIMITS = { name: 80, q: 1000 } as const;

/** Settings that a person can change while the program runs, for everybody who uses it. */
export interface SharedSettings {
  /** Seconds between automatic syncs; 0 for never. */
  readonly syncInterval: number;
  readonly searches: readonly { readonly name: string; readonly q: string }[];
}
