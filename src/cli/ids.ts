import type { Id } from '../contract/message.ts';
import { isUuid } from '../domain/id.ts';
import { readJson } from './client.ts';
import type { Connection } from './connect.ts';
import { Ending, EXIT, misused } from './ending.ts';

/** The complete id for the end that a person gave. */
export async function idOf({ send }: Connection, text: string): Promise<string> {
  const ending = text.toLowerCase();
  if (isUuid(ending)) return ending;
  if (!/^[0-9a-f-]{6,36}$/.test(ending))
    throw misused(`${JSON.stringify(text)} is not an id: give one, or its last 6 or more characters`);
  const found = await readJson<Id[]>(await send({ method: 'GET', path: `ids?ending=${ending}` }));
  const shown = found.filter(({ deleted }) => !deleted);
  // Deleted messages are only considered if no other message matches.
  const [only, ...others] = shown.length > 0 ? shown : found;
  if (!only) throw new Ending(EXIT.failed, `No message has an id that ends with ${ending}.`);
  if (others.length === 0) return only.id;
  const ids = [only, ...others].slice(0, 20).map(({ id }) => `\n  ${id}`);
  throw new Ending(EXIT.failed, `Several ids end with ${ending}. Give more of it:${ids.join('')}`);
}
