/** The types that a message can have when it is written here; a journal may hold others. */
export const MESSAGE_TYPES = ['text', 'markdown', 'code', 'link', 'task'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** The bounds of what is written, from docs/format.md. Lengths are Unicode code points. */
export const LIMITS = { author: 80, text: 65_536, language: 40, url: 2048 } as const;

/** What a message says: the fields that an edit can change, and what it answers. */
export interface Content {
  readonly author: string;
  readonly type: string;
  readonly language?: string;
  readonly url?: string;
  readonly done?: boolean;
  readonly text: string;
  readonly replyTo?: string;
}

export type DeliveryState = 'committed' | 'pushed' | 'outdated';

/** Where a message is: its commit in one repository, `null` until it has been found again after a rebuild. */
export interface Delivery {
  readonly repository: string;
  readonly commit: string | null;
  readonly state: DeliveryState;
}

/** A current message as every reader sees it. */
export interface Message extends Content {
  readonly id: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt?: string;
  readonly deletedAt?: string;
  readonly tags: readonly string[];
  readonly conflict?: true;
  readonly deliveries: readonly Delivery[];
}

/** One revision in the history of a message. */
export interface HistoryEntry extends Content {
  readonly id: string;
  readonly revision: number;
  readonly parents?: readonly string[];
  readonly createdAt: string;
  readonly updatedAt?: string;
  readonly deletedAt?: string;
  readonly commits: readonly { readonly repository: string; readonly commit: string | null }[];
  readonly head?: true;
}

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

/** What happened to a message. */
export type Change = 'created' | 'updated' | 'deleted';
