/** How many parts the content of a shard has: as many as a word of its n-gram filter has bits. */
export const PARTS = 32;

/** The part that an item belongs to, by its position among `count` items. */
export const partOf = (index: number, count: number): number => Math.floor((index * PARTS) / count);
