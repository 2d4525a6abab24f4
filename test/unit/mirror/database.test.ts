import { linkSync, readdirSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Filter } from '../../../src/domain/query.ts';
import { Database } from '../../../src/mirror/database.ts';
import { compareKeys, type Entry, withChanges } from '../../../src/mirror/entry.ts';
import { MirrorBroken } from '../../../src/mirror/errors.ts';
import { SHARD_LIMITS } from '../../../src/mirror/shard.ts';
import { entryOf, idOf, lineAfter, lineOf, timeAt } from '../../support/lines.ts';
import { termsOf } from '../../support/terms.ts';
import { scratchFolder, temporaryFolder } from '../../support/tmp.ts';

/** Opens a mirror that is closed when the test is over. What goes wrong in the background fails the test. */
async function open(folder: string, onTrouble = (error: unknown): void => fail(error)): Promise<Database> {
  const database = await Database.open(folder, onTrouble);
  onTestFinished(() => database.close());
  return database;
}

function fail(error: unknown): never {
  throw error;
}

/** A message that can be told by its number, at a time that can be told by another. */
const message = (number: number, time = number, text = `message ${number}`): Entry =>
  entryOf([lineOf({ id: idOf(number), text, createdAt: timeAt(time) })]);

async function listOf(
  database: Database,
  filter: Partial<Filter> = {},
  before?: Entry['key'],
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of database.query({ terms: [], ...filter }, before)) entries.push(entry);
  return entries;
}

const idsOf = (entries: readonly Entry[]): string[] => entries.map(({ id }) => id);

/** What a message says and where it is, without its identity as an object. */
const contentOf = (entry: Entry | undefined) =>
  entry && [...entry.held.values()].map(({ line, commits }) => [line.raw, [...commits]] as const);

const newestFirst = (entries: Iterable<Entry>): Entry[] =>
  [...entries].sort((a, b) => compareKeys(b.key, a.key));

describe('an empty mirror', () => {
  test('covers nothing and holds nothing', async () => {
    const database = await open(join(await temporaryFolder(), 'not', 'there', 'yet'));
    expect(database.covered('home')).toBeUndefined();
    expect(database.repositories()).toEqual([]);
    expect(database.size).toBe(0);
    expect(database.countIn('home')).toBe(0);
    expect(await database.read(idOf(1))).toBeUndefined();
    expect(await listOf(database)).toEqual([]);
  });
});

describe('a message', () => {
  test('is created, read, updated and deleted', async () => {
    const database = await open(await temporaryFolder());
    const first = message(1);
    await database.create(first);
    expect(await database.read(idOf(1))).toBe(first);
    expect([database.size, database.countIn('home')]).toEqual([1, 1]);
    const second = entryOf([...first.folded.lines, lineAfter(first.folded.lines, { text: 'Bye' })]);
    await database.update(idOf(1), (before) => {
      expect(before).toBe(first);
      return second;
    });
    expect(await database.read(idOf(1))).toBe(second);
    expect([database.size, database.countIn('home')]).toEqual([1, 1]);
    await database.delete(idOf(1));
    expect(await database.read(idOf(1))).toBeUndefined();
    expect(await listOf(database)).toEqual([]);
    expect([database.size, database.countIn('home')]).toEqual([0, 0]);
    await database.create(first);
    expect(idsOf(await listOf(database))).toEqual([idOf(1)]);
    expect([database.size, database.countIn('home')]).toEqual([1, 1]);
  });

  test('that is not there is changed to nothing without a trace', async () => {
    const database = await open(await temporaryFolder());
    await database.delete(idOf(1));
    await database.update(idOf(1), (before) => before);
    expect(await listOf(database)).toEqual([]);
    expect(database.size).toBe(0);
  });

  test('that was deleted by a person stays, and is no current one', async () => {
    const database = await open(await temporaryFolder());
    const first = message(1);
    const time = timeAt(5);
    const gone = lineAfter(first.folded.lines, { text: '', updatedAt: time, deletedAt: time });
    await database.create(first);
    await database.create(entryOf([...first.folded.lines, gone]));
    expect((await database.read(idOf(1)))?.folded.current.hash).toBe(gone.hash);
    expect(await listOf(database)).toEqual([]);
    expect([database.size, database.countIn('home')]).toEqual([1, 0]);
  });

  test('is changed by a function that sees what the one before it did', async () => {
    const database = await open(await temporaryFolder());
    await database.create(message(1));
    const append = () =>
      database.update(idOf(1), (before) => {
        const lines = before?.folded.lines ?? [];
        return entryOf([...lines, lineAfter([lines.at(-1) as (typeof lines)[number]])]);
      });
    await Promise.all(Array.from({ length: 20 }, append));
    expect((await database.read(idOf(1)))?.folded.current.revision).toBe(21);
  });

  test('is changed by one call of the function, also where a shard has to be read before', async () => {
    const folder = await temporaryFolder();
    const writer = await open(folder);
    await writer.create(message(1));
    await writer.close();
    const database = await open(folder);
    let calls = 0;
    await database.update(idOf(2), () => {
      calls += 1;
      return message(2);
    });
    expect(calls).toBe(1);
  });
});

describe('the order of messages', () => {
  test('is newest first by `createdAt`, then by id', async () => {
    const database = await open(await temporaryFolder());
    for (const [number, time] of [
      [3, 5],
      [1, 5],
      [2, 9],
      [5, 1],
      [4, 5],
    ] as const) {
      await database.create(message(number, time));
    }
    expect(idsOf(await listOf(database))).toEqual([2, 4, 3, 1, 5].map(idOf));
  });

  test('follows a message whose `createdAt` changes', async () => {
    const database = await open(await temporaryFolder());
    for (const number of [1, 2, 3]) await database.create(message(number));
    await database.create(message(1, 9));
    expect(idsOf(await listOf(database))).toEqual([1, 3, 2].map(idOf));
    await database.create(message(3, 0));
    expect(idsOf(await listOf(database))).toEqual([1, 2, 3].map(idOf));
    expect(database.size).toBe(3);
  });
});

describe('many messages', { timeout: 30_000 }, () => {
  const COUNT = 3 * SHARD_LIMITS.entries + 500;
  /** Not in the order of their times, and several at one time. */
  const all = Array.from({ length: COUNT }, (_, index) => {
    const number = (index * 7919) % COUNT;
    return message(number, Math.floor(number / 3));
  });
  const sorted = newestFirst(all);

  async function filled(folder: string): Promise<Database> {
    const database = await open(folder);
    for (const entry of all) await database.create(entry);
    return database;
  }

  test('are found by id, in order and in pages, before and after they were kept', async () => {
    const folder = await temporaryFolder();
    const writer = await filled(folder);
    await writer.close();
    expect((await readdir(folder)).filter((name) => name.startsWith('shard-')).length).toBeGreaterThan(3);
    for (const database of [writer, await open(folder)]) {
      expect(database.size).toBe(COUNT);
      expect(database.countIn('home')).toBe(COUNT);
      expect(idsOf(await listOf(database))).toEqual(idsOf(sorted));
      for (let number = 0; number < COUNT; number += 97) {
        expect((await database.read(idOf(number)))?.folded.current.text).toBe(`message ${number}`);
      }
      expect(await database.read(idOf(COUNT))).toBeUndefined();
      const pages: Entry[] = [];
      for (;;) {
        const page: Entry[] = [];
        for await (const entry of database.query({ terms: [] }, pages.at(-1)?.key)) {
          page.push(entry);
          if (page.length === 400) break;
        }
        pages.push(...page);
        if (page.length < 400) break;
      }
      expect(idsOf(pages)).toEqual(idsOf(sorted));
    }
  });

  test('are found between two times: from the first on, up to the second', async () => {
    const database = await filled(await temporaryFolder());
    const [since, until] = [Date.parse(timeAt(200)), Date.parse(timeAt(900))];
    const expected = sorted.filter(({ key }) => key.time >= since && key.time < until);
    expect(idsOf(await listOf(database, { since, until }))).toEqual(idsOf(expected));
    const before = expected[1000]?.key as Entry['key'];
    expect(idsOf(await listOf(database, { since, until }, before))).toEqual(idsOf(expected.slice(1001)));
    expect(await listOf(database, { since: until, until: since })).toEqual([]);
    expect(idsOf(await listOf(database, { until }, { time: until + 5, id: '' }))).toEqual(
      idsOf(sorted.filter(({ key }) => key.time < until)),
    );
  });

  test('are found by what they say', async () => {
    const database = await filled(await temporaryFolder());
    const found = await listOf(database, { terms: termsOf('"message 77"') });
    expect(idsOf(found)).toEqual(
      idsOf(sorted.filter(({ folded }) => folded.current.text.startsWith('message 77'))),
    );
  });

  test('move between shards and stay found', async () => {
    const folder = await temporaryFolder();
    const database = await filled(folder);
    for (let number = 0; number < COUNT; number += 50)
      await database.create(message(number, 1_000_000 - number));
    const moved = newestFirst(
      all.map((entry, index) => {
        const number = (index * 7919) % COUNT;
        return number % 50 === 0 ? message(number, 1_000_000 - number) : entry;
      }),
    );
    expect(idsOf(await listOf(database))).toEqual(idsOf(moved));
    expect(database.size).toBe(COUNT);
    await database.close();
    const again = await open(folder);
    expect(idsOf(await listOf(again))).toEqual(idsOf(moved));
    expect((await again.read(idOf(50)))?.key.time).toBe(Date.parse(timeAt(999_950)));
  });

  test('are answered each once while others are added', async () => {
    const database = await filled(await temporaryFolder());
    const seen: string[] = [];
    let next = COUNT;
    for await (const { id } of database.query({ terms: [] })) {
      seen.push(id);
      if (seen.length % 10 === 0) {
        await database.create(message(next, next % 1200));
        next += 1;
      }
    }
    expect(new Set(seen).size).toBe(seen.length);
    const known = new Set(idsOf(all));
    expect(seen.filter((id) => known.has(id))).toEqual(idsOf(sorted));
  });

  test('of great length are split into shards by length', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    const text = 'x'.repeat(SHARD_LIMITS.characters / 4);
    for (let number = 1; number <= 20; number += 1) await database.create(message(number, number, text));
    await database.create(message(21, 21, 'y'.repeat(SHARD_LIMITS.characters * 2)));
    await database.close();
    const shards = (await readdir(folder)).filter((name) => name.startsWith('shard-'));
    for (const name of shards) {
      const { size } = await stat(join(folder, name));
      expect(size).toBeLessThan(SHARD_LIMITS.characters * 2 + 10_000);
    }
    const again = await open(folder);
    expect(idsOf(await listOf(again))).toEqual(Array.from({ length: 21 }, (_, index) => idOf(21 - index)));
    expect((await again.read(idOf(21)))?.folded.current.text).toHaveLength(SHARD_LIMITS.characters * 2);
  });
});

describe('what is covered', () => {
  const problems = { 'messages/x.jsonl': [{ line: 3, reason: 'is not valid JSON' }] };

  test('is kept with the messages', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    await database.create(message(1));
    database.cover('home', { branch: 'main', head: 'c1', problems });
    database.cover('empty', { branch: 'main', head: null, problems: {} });
    await database.close();
    const again = await open(folder);
    expect(again.covered('home')).toEqual({ branch: 'main', head: 'c1', problems });
    expect(again.covered('empty')).toEqual({ branch: 'main', head: null, problems: {} });
    expect(again.covered('other')).toBeUndefined();
    expect(again.repositories()).toEqual(['home', 'empty']);
    expect(contentOf(await again.read(idOf(1)))).toEqual(contentOf(message(1)));
  });

  test('is written on the way, where more comes than memory should hold', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    // Too soon for what is written by itself some time after a change.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    for (let number = 0; number < 140; number += 1) {
      await database.create(message(number, number, 'x'.repeat(SHARD_LIMITS.characters * 0.6)));
      await database.room();
    }
    const written = (await readdir(folder)).filter((name) => name.startsWith('shard-'));
    expect(written.length).toBeGreaterThanOrEqual(64);
    expect(idsOf(await listOf(database))).toHaveLength(140);
  });

  test('that can not be written on the way holds nothing up', async () => {
    const folder = await temporaryFolder();
    const troubles: unknown[] = [];
    const database = await open(join(folder, 'mirror'), (error) => troubles.push(error));
    await writeFile(join(folder, 'mirror'), 'a file where the folder should be');
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    for (let number = 0; number < 140; number += 1) {
      await database.create(message(number, number, 'x'.repeat(SHARD_LIMITS.characters * 0.6)));
      await database.room();
    }
    expect(idsOf(await listOf(database))).toHaveLength(140);
    expect(troubles).toHaveLength(1);
  });

  test('is written by itself some time after a change', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    await database.create(message(1));
    database.cover('home', { branch: 'main', head: 'c1', problems: {} });
    const copy = await temporaryFolder();
    await expect
      .poll(
        async () => {
          await rm(copy, { recursive: true, force: true });
          await cp(folder, copy, { recursive: true });
          return (await Database.open(copy)).covered('home')?.head;
        },
        { timeout: 4000, interval: 100 },
      )
      .toBe('c1');
  });

  test('is nothing after everything was forgotten', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    await database.create(message(1));
    database.cover('home', { branch: 'main', head: 'c1', problems: {} });
    await database.flush();
    database.clear();
    expect([database.covered('home'), database.size, database.countIn('home')]).toEqual([undefined, 0, 0]);
    expect(await database.read(idOf(1))).toBeUndefined();
    await database.close();
    const again = await open(folder);
    expect([again.covered('home'), again.size]).toEqual([undefined, 0]);
    expect(await listOf(again)).toEqual([]);
  });
});

describe('a repository that is forgotten', () => {
  test('takes its messages along, and leaves those that others hold', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    const shared = entryOf(message(2).folded.lines, { home: 'c2', work: 'c3' });
    await database.create(message(1));
    await database.create(shared);
    database.cover('home', { branch: 'main', head: 'c2', problems: {} });
    database.cover('work', { branch: 'main', head: 'c3', problems: {} });
    await database.forget('home', (entry) => {
      const [line] = entry.folded.lines;
      return line && withChanges(entry, 'home', [], [line]);
    });
    await database.close();
    for (const same of [database, await open(folder)]) {
      expect(same.repositories()).toEqual(['work']);
      expect([same.countIn('home'), same.countIn('work'), same.size]).toEqual([0, 1, 1]);
      expect(idsOf(await listOf(same))).toEqual([idOf(2)]);
      expect(
        [...((await same.read(idOf(2)))?.held.values() ?? [])].map(({ commits }) => [...commits]),
      ).toEqual([[['work', 'c3']]]);
    }
  });
});

describe('counts', () => {
  test('are of current messages, for each repository', async () => {
    const database = await open(await temporaryFolder());
    await database.create(entryOf(message(1).folded.lines, { home: 'a', work: 'b' }));
    await database.create(message(2));
    expect([database.countIn('home'), database.countIn('work')]).toEqual([2, 1]);
    await database.create(message(1));
    expect([database.countIn('home'), database.countIn('work')]).toEqual([2, 0]);
    await database.delete(idOf(2));
    expect([database.countIn('home'), database.countIn('work')]).toEqual([1, 0]);
  });
});

/** Puts a folder in the way of the state file, so that it cannot be written. Returns what puts things back. */
async function blockState(folder: string): Promise<() => Promise<void>> {
  const [state, aside] = [join(folder, 'state.json'), join(folder, 'aside')];
  await rename(state, aside).catch(() => undefined);
  await mkdir(join(state, 'in-the-way'), { recursive: true });
  return async () => {
    await rm(state, { recursive: true });
    await rename(aside, state).catch(() => undefined);
  };
}

describe('a folder that was damaged', { timeout: 30_000 }, () => {
  const COUNT = SHARD_LIMITS.entries + 200;

  /** A folder of several shards, some written later than the index of ids. */
  async function madeFolder(): Promise<string> {
    const folder = await temporaryFolder();
    const database = await Database.open(folder, fail);
    for (let number = 0; number < COUNT; number += 1) await database.create(message(number));
    database.cover('home', { branch: 'main', head: 'c1', problems: {} });
    await database.flush();
    await database.create(message(COUNT));
    database.cover('home', { branch: 'main', head: 'c2', problems: {} });
    await database.close();
    return folder;
  }

  /** Reads all there is by every way, and tells what came of it; wrong data fails the test. */
  async function readAll(folder: string): Promise<'whole' | 'empty' | 'broken'> {
    // What was damaged can stand in the way of what is written anew.
    const database = await open(folder, () => undefined);
    const covered = database.covered('home');
    if (covered === undefined) {
      expect(await listOf(database)).toEqual([]);
      expect(database.size).toBe(0);
      return 'empty';
    }
    expect(covered.head).toBe('c2');
    try {
      for (let number = 0; number <= COUNT; number += 100) {
        expect(contentOf(await database.read(idOf(number)))).toEqual(contentOf(message(number)));
      }
      expect(await listOf(database)).toHaveLength(COUNT + 1);
      return 'whole';
    } catch (error) {
      if (error instanceof MirrorBroken) return 'broken';
      throw error;
    }
  }

  const flip = async (path: string): Promise<void> => {
    const bytes = await readFile(path);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(path, bytes);
  };

  test.each<[string, (path: string) => Promise<unknown>]>([
    ['deleted', (path) => rm(path)],
    ['truncated to nothing', (path) => truncate(path, 0)],
    ['cut in half', async (path) => truncate(path, Math.floor((await stat(path)).size / 2))],
    ['cut by one byte', async (path) => truncate(path, (await stat(path)).size - 1)],
    ['zeroed', async (path) => writeFile(path, Buffer.alloc((await stat(path)).size))],
    ['changed by one bit', flip],
    ['replaced by []', (path) => writeFile(path, '[]')],
    ['replaced by null', (path) => writeFile(path, 'null')],
    ['replaced by 5', (path) => writeFile(path, '5')],
    ['replaced by {}', (path) => writeFile(path, '{}')],
    [
      'replaced by a folder',
      async (path) => {
        await rm(path);
        await mkdir(path);
      },
    ],
  ])('gives no wrong data, whichever file was %s', async (_, damage) => {
    const made = await madeFolder();
    expect(await readAll(made)).toBe('whole');
    for (const name of await readdir(made)) {
      const folder = await temporaryFolder();
      await cp(made, folder, { recursive: true });
      await damage(join(folder, name));
      // A signature only says what need not be read.
      const expected = name.startsWith('signature-') ? ['whole'] : ['empty', 'broken'];
      expect(expected).toContain(await readAll(folder));
    }
  });

  test('can be made anew and is whole again', async () => {
    const folder = await madeFolder();
    for (const name of await readdir(folder))
      if (name.startsWith('shard-')) await truncate(join(folder, name), 9);
    const broken = await open(folder);
    await expect(broken.read(idOf(1))).rejects.toThrow(MirrorBroken);
    await expect(broken.create(message(1))).rejects.toThrow(MirrorBroken);
    broken.clear();
    await broken.create(message(7));
    broken.cover('home', { branch: 'main', head: 'c3', problems: {} });
    await broken.close();
    const again = await open(folder);
    expect(again.covered('home')?.head).toBe('c3');
    expect(idsOf(await listOf(again))).toEqual([idOf(7)]);
  });

  test('is not taken for whole again by half of what is made anew', async () => {
    const folder = await temporaryFolder();
    const first = await open(folder);
    await first.create(message(1));
    await first.create(message(2));
    first.cover('home', { branch: 'main', head: 'c1', problems: {} });
    await first.close();
    for (const name of await readdir(folder)) if (name.startsWith('shard-')) await rm(join(folder, name));
    const second = await Database.open(folder, () => undefined);
    expect(second.covered('home')).toBeUndefined();
    await second.create(message(3));
    // The new one is cut off between its shard and its state, which a folder in the way of the state stands for.
    const clear = await blockState(folder);
    await second.close();
    await clear();
    const third = await open(folder);
    if (third.covered('home') === undefined) expect(await listOf(third)).toEqual([]);
    else expect(idsOf(await listOf(third))).toEqual([idOf(2), idOf(1)]);
  });
});

describe('a line that was written and cannot be read again', () => {
  test('makes the mirror one to be made anew, and no riddle', async () => {
    const folder = await temporaryFolder();
    const writer = await open(folder);
    // What an edit makes of another program's line with the greatest revision that is counted one by one.
    await writer.create(entryOf([lineOf({ revision: 2 ** 53, text: 'edited' })]));
    await writer.close();
    const database = await open(folder);
    const read = await database.read(idOf(1)).catch((error: unknown) => error);
    if (read instanceof Error) expect(read).toBeInstanceOf(MirrorBroken);
    else expect(read).toMatchObject({ id: idOf(1) });
  });
});

describe('a write that fails', () => {
  test('is told, changes nothing of what is read, and is made up for by the next', async () => {
    const folder = await temporaryFolder();
    const troubles: unknown[] = [];
    const database = await open(folder, (error) => troubles.push(error));
    await database.create(message(1));
    await database.flush();
    const clear = await blockState(folder);
    await database.create(message(2));
    await database.flush();
    expect(troubles).toHaveLength(1);
    expect(idsOf(await listOf(database))).toEqual([idOf(2), idOf(1)]);
    await clear();
    expect(idsOf(await listOf(await open(folder)))).toEqual([idOf(1)]);
    await database.create(message(3));
    await database.close();
    expect(idsOf(await listOf(await open(folder)))).toEqual([3, 2, 1].map(idOf));
  });
});

describe('a program that is cut off at any moment', { timeout: 60_000 }, () => {
  test('leaves a folder that holds all that it says it covers', async () => {
    const folder = await temporaryFolder();
    const database = await open(folder);
    // A mirror that held nothing is taken away.
    await mkdir(folder, { recursive: true });
    const copies: string[] = [];
    let last = 0;
    let done = false;
    const write = async () => {
      // Times jump, so that shards are split everywhere, and each message is edited once.
      for (let number = 1; number <= 2600; number += 1) {
        await database.create(message(number, (number * 7919) % 10_007));
        const edited = Math.floor(number / 2);
        if (edited > 0) await database.create(message(edited, (edited * 7919) % 10_007, `edited ${edited}`));
        last = number;
        database.cover('home', { branch: 'main', head: String(number), problems: {} });
        const flushed = number % 40 === 0 ? database.flush() : undefined;
        // Some of them are done before the next change, so that there are whole states among those that are cut off.
        if (number % 200 === 0) await flushed;
        if (number % 10 === 0) await setImmediate();
      }
      done = true;
    };
    const copy = async () => {
      while (!done) {
        const { path, remove } = await scratchFolder();
        onTestFinished(() => remove());
        // Nothing is written in place, so that a link is a copy. One may be swept away before: then the copy lacks it.
        for (const name of readdirSync(folder)) {
          // What is being written has another name and would be written on by whoever opens the copy.
          if (name.endsWith('.tmp')) continue;
          try {
            linkSync(join(folder, name), join(path, name));
          } catch {
            break;
          }
        }
        copies.push(path);
        await delay(Math.random() * 30);
      }
    };
    await Promise.all([write(), copy()]);
    let covering = 0;
    for (const path of copies) {
      const opened = await Database.open(path);
      const head = Number(opened.covered('home')?.head ?? 0);
      expect(head).toBeLessThanOrEqual(last);
      if (head === 0) {
        expect(await listOf(opened)).toEqual([]);
        continue;
      }
      try {
        for (let number = 1; number <= head; number += 1) {
          const text = (await opened.read(idOf(number)))?.folded.current.text;
          // More than what is covered may be there: it is read again from the commits.
          const wanted =
            number <= head / 2 ? [`edited ${number}`] : [`message ${number}`, `edited ${number}`];
          expect(wanted).toContain(text);
        }
        const listed = idsOf(await listOf(opened));
        expect(listed).toHaveLength(new Set(listed).size);
        expect(listed.length).toBeGreaterThanOrEqual(head);
        expect(opened.countIn('home')).toBe(listed.length);
        covering += 1;
      } catch (error) {
        if (!(error instanceof MirrorBroken)) throw error;
      }
      await opened.close();
    }
    expect(covering).toBeGreaterThan(0);
  });
});

type Step =
  | { readonly kind: 'put'; readonly number: number; readonly time: number; readonly long: boolean }
  | { readonly kind: 'delete'; readonly number: number }
  | { readonly kind: 'flush' | 'reopen' | 'clear' };

describe('whatever is done to it', { timeout: 60_000 }, () => {
  test('the mirror holds what a plain Map holds', async () => {
    // Two long ones fill a shard, so that few messages make many shards.
    const long = 'x'.repeat(SHARD_LIMITS.characters * 0.6);
    const number = fc.nat(12);
    const step: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          kind: fc.constant('put' as const),
          number,
          time: fc.nat(20),
          long: fc.boolean(),
        }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), number }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'reopen' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { path, remove } = await scratchFolder();
        let database = await Database.open(path, fail);
        const model = new Map<string, Entry>();
        const check = async () => {
          const expected = newestFirst(model.values());
          expect((await listOf(database)).map(contentOf)).toEqual(expected.map(contentOf));
          expect(database.countIn('home')).toBe(expected.length);
          for (let one = 0; one <= 12; one += 1) {
            expect(contentOf(await database.read(idOf(one)))).toEqual(contentOf(model.get(idOf(one))));
          }
        };
        for (const one of steps) {
          if (one.kind === 'put') {
            const entry = message(one.number, one.time, one.long ? long : `at ${one.time}`);
            model.set(entry.id, entry);
            await database.create(entry);
          } else if (one.kind === 'delete') {
            model.delete(idOf(one.number));
            await database.delete(idOf(one.number));
          } else if (one.kind === 'clear') {
            model.clear();
            database.clear();
          } else if (one.kind === 'flush') {
            await database.flush();
          } else {
            await database.close();
            database = await Database.open(path, fail);
            await check();
          }
        }
        await check();
        await database.close();
        await remove();
      }),
      { numRuns: 30 },
    );
  });
});

test('what is read misses nothing of a shard that is split meanwhile', async () => {
  const folder = await temporaryFolder();
  const first = await open(folder);
  const entries = Array.from({ length: SHARD_LIMITS.entries }, (_, index) =>
    entryOf([lineOf({ id: idOf(index), createdAt: timeAt(index * 1000) })]),
  );
  for (const entry of entries) await first.create(entry);
  await first.close();

  const database = await open(folder);
  const walked: string[] = [];
  const walk = async () => {
    for await (const some of database.walk()) walked.push(...some.map(({ id }) => id));
  };
  const more = [1, 2, 3].map((number) =>
    entryOf([lineOf({ id: idOf(100_000 + number), createdAt: timeAt(number * 1000 + 500) })]),
  );
  await Promise.all([...more.map((entry) => database.create(entry)), walk()]);
  for (const { id } of entries) expect(walked).toContain(id);
  await database.close();
});
