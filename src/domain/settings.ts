/** The longest interval between two automatic syncs, in seconds: a day. */
export const LONGEST_INTERVAL = 86_400;

/** How many searches can be saved. */
export const MOST_SEARCHES = 50;

/** The maximum length of a saved search and its name, in Unicode code points. */
export const SEARCH_LIMITS = { name: 80, q: 1000 } as const;

/** Settings that a person can change while the program runs, for everyone who uses it. */
export interface SharedSettings {
  /** Seconds between automatic syncs; 0 for never. */
  readonly syncInterval: number;
  readonly searches: readonly { readonly name: string; readonly q: string }[];
}
