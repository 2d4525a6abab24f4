import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Database } from '../../../../src/mirror/database.ts';
import { compareKeys, type Entry } from '../../../../src/mirror/entry.ts';
import { StagedShardsWriter } from '../../../../src/mirror/files/staged-shards.ts';
import { queryMirror } from '../../../../src/mirror/query.ts';
import { SHARD_LIMITS } from '../../../../src/mirror/shard.ts';
import { entryOf, idOf, lineAfter, lineOf, timeAt } from '../../../support/lines.ts';
import { put } from '../../../support/mirror.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

const MANY = 2 * SHARD_LIMITS.entries + 10;

async function open(folder: string): Promise<Database> {
  const database = await Database.open(folder, (error) => {
    throw error;
  });
  onTestFinished(() => database.close());
  return database;
}

/** A message that can be told by its number, which is its time as well where nothing is said. */
const message = (number: number, time = number): Entry =>
  entryOf([lineOf({ id: idOf(number), text: `message ${number}`, createdAt: timeAt(time) })], { home: null });

const messages = (first: number, count: number): Entry[] =>
  Array.from({ length: count }, (_, index) => message(first + index));

let names = 0;

async function written(folder: string, entries: readonly Entry[]) {
  names += 1;
  const writer = new StagedShardsWriter(folder, `test-${names}`);
  for (let at = 0; at < entries.length; at += 700) await writer.add(entries.slice(at, at + 700));
  const staged = await writer.end();
  if (!staged) throw new Error('There was nothing to write');
  return staged;
}

async function idsIn(database: Database): Promise<string[]> {
  const ids: string[] = [];
  for await (const entry of queryMirror(database, { terms: [] })) ids.push(entry.id);
  return ids;
}

const newestFirst = (entries: readonly Entry[]): string[] =>
  [...entries].sort((a, b) => compareKeys(b.key, a.key)).map(({ id }) => id);

describe('staged shards', () => {
  test('are a part of the mirror once they are adopted, and after the next start', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    const all = messages(1, MANY);
    const gone = entryOf(
      [lineOf({ id: idOf(1), createdAt: timeAt(1) })].flatMap((line) => [
        line,
        lineAfter([line], { deletedAt: timeAt(60_000) }),
      ]),
      { home: null },
    );
    const staged = await written(folder, [gone, ...all.slice(1)]);
    expect(staged).toMatchObject({ size: MANY, shown: MANY - 1 });
    expect(staged.shards).toHaveLength(3);
    expect(await idsIn(database)).toEqual([]);

    expect(await database.adopt('home', staged)).toBe(true);
    const shown = newestFirst(all.slice(1));
    expect(await idsIn(database)).toEqual(shown);
    expect([database.size, database.countIn('home')]).toEqual([MANY, MANY - 1]);
    expect((await database.read(idOf(MANY)))?.folded.current.text).toBe(`message ${MANY}`);
    expect((await database.read(idOf(1)))?.folded.current.deletedAt).toBeDefined();

    await database.update(idOf(7), (entry) => entry && entryOf(entry.folded.lines, { home: 'c7' }));
    await put(database, message(MANY + 1, 500));
    await database.close();
    const again = await open(folder);
    expect(await idsIn(again)).toEqual(newestFirst([...all.slice(1), message(MANY + 1, 500)]));
    expect((await again.read(idOf(7)))?.held.values().next().value?.commits.get('home')).toBe('c7');
    expect(again.countIn('home')).toBe(MANY);
  });

  test('leave the next start little to read, once the commits of its messages are known', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    await database.adopt('home', await written(folder, messages(1, MANY)));
    database.cover('home', { branch: 'main', head: 'c', problems: {} });
    await database.flush();
    for (let number = 1; number <= MANY; number += 1) {
      await database.update(idOf(number), (entry) => entry && entryOf(entry.folded.lines, { home: 'c' }));
    }
    await database.flush();
    await database.close();
    const { idsFlush, shards } = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')).data as {
      idsFlush: number;
      shards: { written: number }[];
    };
    // Those that are younger than the index of ids are read whole.
    expect(shards.filter((shard) => shard.written > idsFlush)).toEqual([]);
  });

  test('are found by a search, with the n-gram filters that were staged with them', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    await database.adopt('home', await written(folder, messages(1, MANY)));
    const found: string[] = [];
    const terms = [[{ kind: 'text', value: `message ${MANY - 3}`, exclude: false }]] as const;
    for await (const { id } of queryMirror(database, { terms })) found.push(id);
    expect(found).toEqual([idOf(MANY - 3)]);
  });

  test('fit between messages that are there, in whatever order they come', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    const [early, middle, late] = [messages(1, 1500), messages(2001, 1500), messages(4001, 1500)];
    const between = [message(9001, 0), message(9002, 1800), message(9003, 3800), message(9004, 9000)];
    for (const entry of between) await put(database, entry);
    for (const some of [middle, late, early]) {
      expect(await database.adopt('home', await written(folder, some))).toBe(true);
      await database.flush();
    }
    const all = newestFirst([...early, ...middle, ...late, ...between]);
    expect(await idsIn(database)).toEqual(all);
    await database.close();
    expect(await idsIn(await open(folder))).toEqual(all);
  });

  test('are refused if a message is between them, and change nothing', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    await put(database, message(9001, 1200));
    expect(await database.adopt('home', await written(folder, messages(1, MANY)))).toBe(false);
    expect(await database.adopt('home', await written(folder, messages(1201, 50)))).toBe(true);
    expect(await database.adopt('home', await written(folder, messages(1190, 12)))).toBe(false);
    expect([database.size, (await idsIn(database)).length]).toEqual([51, 51]);
    // Neither what was adopted nor what was refused is left there.
    expect(await readdir(join(folder, 'staging'))).toEqual([]);
    expect(await database.read(idOf(5))).toBeUndefined();
  });

  test('are refused if one of their messages is known at another time', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    await put(database, message(20, 9000));
    expect(await database.adopt('home', await written(folder, messages(1, 50)))).toBe(false);
    expect(await idsIn(database)).toEqual([idOf(20)]);
  });

  test('find room again once everything that was there is forgotten', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    expect(await database.adopt('home', await written(folder, messages(1, MANY)))).toBe(true);
    expect(await database.adopt('home', await written(folder, messages(1, MANY)))).toBe(false);
    await database.forget('home', () => undefined);
    expect(await database.adopt('home', await written(folder, messages(1, MANY)))).toBe(true);
    await database.close();
    expect(await idsIn(await open(folder))).toHaveLength(MANY);
  });

  test('leave no files if their writer gives up', async () => {
    const folder = await temporaryFolder();
    const writer = new StagedShardsWriter(folder, 'given-up');
    await writer.add(messages(1, MANY));
    expect(await readdir(join(folder, 'staging'))).not.toEqual([]);
    await writer.abandon();
    expect(await readdir(join(folder, 'staging'))).toEqual([]);
  });

  test('leaves what is being written as it was', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    for (const entry of messages(1, 300)) await put(database, entry);
    const flushed = database.flush();
    // The ids of both go into the same tables, which are still to be written.
    expect(await database.adopt('home', await written(folder, messages(5001, MANY)))).toBe(true);
    for (const entry of messages(301, 300)) await put(database, entry);
    await flushed;
    await database.close();
    const again = await open(folder);
    for (const number of [1, 300, 301, 600, 5001, 5000 + MANY]) {
      expect((await again.read(idOf(number)))?.id).toBe(idOf(number));
    }
    expect(await idsIn(again)).toHaveLength(600 + MANY);
  });

  test('are refused if their files are gone', async () => {
    const folder = await temporaryFolder();
    const troubles: unknown[] = [];
    const database = await Database.open(folder, (error) => troubles.push(error));
    onTestFinished(() => database.close());
    const staged = await written(folder, messages(1, 50));
    const { shards } = await written(folder, messages(1, 50));
    const [shard] = shards;
    if (!shard) throw new Error('There was nothing to write');
    expect(await database.adopt('home', { ...staged, shards: [{ ...shard, name: 'not-there' }] })).toBe(
      false,
    );
    expect(troubles).toHaveLength(1);
    expect(await database.adopt('home', staged)).toBe(true);
    expect(database.size).toBe(50);
  });

  test('leave nothing behind if they were never adopted', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    await put(database, message(1));
    await written(folder, messages(1, 50));
    await database.flush();
    expect(await readdir(join(folder, 'staging'))).not.toEqual([]);
    await database.close();
    const again = await open(folder);
    expect(await readdir(folder)).not.toContain('staging');
    expect(await idsIn(again)).toEqual([idOf(1)]);
  });
});
