/** The types that a message can have when it is written here; a journal may hold others. */
export const MESSAGE_TYPES = ['text', 'markdown', 'code', 'link', 'task'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** The bounds of what is written, from docs/format.md. Lengths are Unicode code points. */
export const LIMITS = { author: 80, text: 65_536, language: 40, url: 2048 } as const;

/** Every `#tag` of a text, lower-cased, each once, in order: `#` at the start or after white space. */
export function tagsOf(text: string): string[] {
  const tags = new Set<string>();
  for (const match of text.matchAll(/(?<=^|\s)#([\p{L}\p{M}\p{N}_-]+)/gu))
    tags.add((match[1] ?? '').toLowerCase());
  return [...tags];
}

/** Length in Unicode code points, the unit of every limit. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** What can happen to a message. */
export const CHANGES = ['created', 'updated', 'deleted'] as const;
export type Change = (typeof CHANGES)[number];
