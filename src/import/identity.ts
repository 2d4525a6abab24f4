import { v5 as uuidv5 } from 'uuid';
import { withoutEnd } from '../domain/trim.ts';
import type { ImportedMessage } from './message.ts';

const NAMESPACE = '6f1b8f0e-2a53-5d0e-9d5b-6a1c0b7f4e21';

/** The id of a message, derived from what identifies it in its source. It is the same on every device. */
export const importId = (format: string, conversation: string, name: string): string =>
  uuidv5([format, conversation, name].join('\n'), NAMESPACE);

/** How many different combinations of time, author and text are remembered to number equal ones. */
const MOST_KEPT = 20_000;

/**
 * Creates the ids of the messages of one import, in their order. A message without an id in its source is identified
 * by its time, author and text. Equal ones are numbered from 2.
 */
export function identifier(format: string): (message: ImportedMessage) => string {
  const seen = new Map<string, number>();
  return ({ conversation, sourceId, createdAt, author, text }) => {
    if (sourceId !== undefined) return importId(format, conversation.id, sourceId);
    const name = [new Date(createdAt).toISOString(), author, text].join('\n');
    const id = importId(format, conversation.id, name);
    const number = (seen.get(id) ?? 0) + 1;
    // Re-inserting makes this the most recent one, so the least recently used one is forgotten.
    seen.delete(id);
    seen.set(id, number);
    if (seen.size > MOST_KEPT) seen.delete(seen.keys().next().value as string);
    return number === 1 ? id : importId(format, conversation.id, `${name}\n${number}`);
  };
}

/** How much of a name is used, in characters. */
const MOST_NAME = 200;

/** A name as a tag: letters, digits, `_` and `-`, at most 64 characters; `undefined` if nothing is left. */
export function tagFor(name: string): string | undefined {
  const words = [...name.normalize('NFC').toLowerCase()].slice(0, MOST_NAME).join('');
  const slug = words
    .split(/[^\p{L}\p{M}\p{N}_-]+/u)
    .filter((word) => word !== '')
    .join('-');
  const tag = withoutEnd([...slug].slice(0, 64).join(''), '-');
  return tag === '' ? undefined : tag;
}
