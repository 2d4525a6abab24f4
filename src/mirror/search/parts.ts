/** So many parts has what a shard holds, as many as a word of its signature has bits. */
export const PARTS = 32;

/** The part that an item is in, by its place among so many. */
export const partOf = (index: number, count: number): number => Math.floor((index * PARTS) / count);
