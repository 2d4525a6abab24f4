/** The types that a message can have when it is written here. A journal may contain others. */
export const MESSAGE_TYPES = ['text', 'markdown', 'code', 'link', 'task'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** The limits for what we write, from docs/format.md. Lengths are in Unicode code points. */
export const LIMITS = { author: 80, text: 65_536, language: 40, url: 2048 } as const;

/**
 * Every tag of a message in lower case, without duplicates. First come those in its text, in order: each `#` at the
 * start or after white space that is followed by at least one letter. Then come those given separately.
 */
export function tagsOf(text: string, given: readonly string[] = []): string[] {
  const tags = new Set<string>();
  for (const [, tag = ''] of text.matchAll(/(?<=^|\s)#([\p{L}\p{M}\p{N}_-]+)/gu))
    if (/\p{L}/u.test(tag)) tags.add(tag.toLowerCase());
  for (const tag of given) tags.add(tag);
  return [...tags];
}

/**
 * The tags in a line, which other programs may have written: anything that is not a tag is ignored, and so are any
 * after the first 20.
 */
export function readTags(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const read = value.slice(0, MOST_READ);
  const tags = read.filter((tag): tag is string => typeof tag === 'string' && TAG.test(tag));
  return [...new Set(tags.map((tag) => tag.toLowerCase()))].slice(0, MOST_TAGS);
}

/** How many entries of a list in a line are examined. Others may write millions of invalid ones. */
export const MOST_READ = 1000;

/** A tag given separately from the text, in any letter case. */
export const TAG = /^[\p{L}\p{M}\p{N}_-]{1,64}$/u;
/** How many tags a message may have besides those in its text. */
export const MOST_TAGS = 20;

/** The length in Unicode code points, the unit of every limit. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** What can happen to a message. */
export const CHANGES = ['created', 'updated', 'deleted'] as const;
export type Change = (typeof CHANGES)[number];
