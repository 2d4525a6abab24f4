import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Filter } from '../../src/domain/query.ts';
import { Database } from '../../src/mirror/database.ts';
import { compareKeys, type Entry } from '../../src/mirror/entry.ts';
import { queryMirror } from '../../src/mirror/query.ts';
import { entryOf, idOf, lineOf, timeAt } from './lines.ts';

/** Opens a mirror that is closed when the test is over. What goes wrong in the background fails the test. */
export async function openMirror(
  folder: string,
  onTrouble = (error: unknown): void => fail(error),
): Promise<Database> {
  const database = await Database.open(folder, onTrouble);
  onTestFinished(() => database.close());
  return database;
}

export function fail(error: unknown): never {
  throw error;
}

/** A message that can be told by its number, at a time that can be told by another. */
export const messageAt = (number: number, time = number, text = `message ${number}`): Entry =>
  entryOf([lineOf({ id: idOf(number), text, createdAt: timeAt(time) })]);

export async function listOf(
  database: Database,
  filter: Partial<Filter> = {},
  before?: Entry['key'],
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of queryMirror(database, { terms: [], ...filter }, before)) entries.push(entry);
  return entries;
}

export const idsOf = (entries: readonly Entry[]): string[] => entries.map(({ id }) => id);

/** What a message says and where it is, without its identity as an object. */
export const contentOf = (entry: Entry | undefined) =>
  entry && [...entry.held.values()].map(({ line, commits }) => [line.raw, [...commits]] as const);

export const newestFirst = (entries: Iterable<Entry>): Entry[] =>
  [...entries].sort((a, b) => compareKeys(b.key, a.key));

/** Adds a message, or replaces the one with its id. */
export const put = (database: Database, entry: Entry): Promise<void> =>
  database.update(entry.id, () => entry);

export const remove = (database: Database, id: string): Promise<void> => database.update(id, () => undefined);

/** Puts a folder in the way of the state file, so that it cannot be written. Returns what puts things back. */
export async function blockState(folder: string): Promise<() => Promise<void>> {
  const [state, aside] = [join(folder, 'state.json'), join(folder, 'aside')];
  await rename(state, aside).catch(() => undefined);
  await mkdir(join(state, 'in-the-way'), { recursive: true });
  return async () => {
    await rm(state, { recursive: true });
    await rename(aside, state).catch(() => undefined);
  };
}
