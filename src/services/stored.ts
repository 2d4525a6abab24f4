import { createHash } from 'node:crypto';
import type { Message } from '../contract/message.ts';
import { fail } from '../domain/result.ts';
import type { Entry } from '../mirror/entry.ts';
import { headsOf } from '../repository/reconcile/mirror-lines.ts';
import { type Places, toMessage } from './delivery.ts';

/** A message, and whether it was created by this request. */
export interface Stored {
  readonly created: boolean;
  readonly message: Message;
  readonly tag: string;
}

export const toStored = (entry: Entry, places: Places, created: boolean): Stored => ({
  created,
  message: toMessage(entry, places),
  tag: tagOf(entry),
});

/** An entity tag computed from the set of heads. */
export const tagOf = (entry: Entry): string =>
  `"${createHash('sha256').update(headsOf(entry)).digest('hex').slice(0, 16)}"`;

export const noMessage = (id: string) => fail('unknown-message', `There is no message ${id}.`);

export const noMessageThen = (id: string) =>
  fail('unknown-message', `There was no message ${id} at that time.`);
