/** The types that a message can have when it is written here; a journal may hold others. */
export const MESSAGE_TYPES = ['text', 'markdown', 'code', 'link', 'task'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** The bounds of what we write, from docs/format.md. Lengths are Unicode code points. */
export const LIMITS = { author: 80, text: 65_536, language: 40, url: 2048 } as const;

/**
 * Every tag of a message, lower-cased, each once: those in its text in order, each `#` at the start or after white space
 * with at least one letter behind it, then those given besides its text.
 */
export function tagsOf(text: string, given: readonly string[] = []): string[] {
  const tags = new Set<string>();
  for (const [, tag = ''] of text.matchAll(/(?<=^|\s)#([\p{L}\p{M}\p{N}_-]+)/gu))
    if (/\p{L}/u.test(tag)) tags.add(tag.toLowerCase());
  for (const tag of given) tags.add(tag);
  return [...tags];
}

/** The tags of a line as others may have written them: anything that is no tag is ignored, and so are more than 20. */
export function readTags(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const read = value.slice(0, MOST_READ);
  const tags = read.filter((tag): tag is string => typeof tag === 'string' && TAG.test(tag));
  return [...new Set(tags.map((tag) => tag.toLowerCase()))].slice(0, MOST_TAGS);
}

/** So many entries of a list in a line are looked at: others may write millions that are none. */
export const MOST_READ = 1000;

/** What a tag besides the text may be, in any letter case. */
export const TAG = /^[\p{L}\p{M}\p{N}_-]{1,64}$/u;
/** How many tags a message may have besides those in its text. */
export const MOST_TAGS = 20;

/** Length in Unicode code points, the unit of every limit. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** What can happen to a message. */
export const CHANGES = ['created', 'updated', 'deleted'] as const;
export type Change = (typeof CHANGES)[number];
