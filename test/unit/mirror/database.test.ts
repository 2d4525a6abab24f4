import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/mirror/database.ts';
import { type Entry, withChanges } from '../../../src/mirror/entry.ts';
import { queryMirror } from '../../../src/mirror/query.ts';
import { SHARD_LIMITS } from '../../../src/mirror/shard.ts';
import { entryOf, idOf, lineAfter, timeAt } from '../../support/lines.ts';
import { idsOf, listOf, messageAt, newestFirst, openMirror, put, remove } from '../../support/mirror.ts';
import { termsOf } from '../../support/terms.ts';
import { temporaryFolder } from '../../support/tmp.ts';

/** What this process has read and written, on Linux (proc_pid_io(5)). */
const IO = '/proc/self/io';

const bytesRead = async (): Promise<number> =>
  Number(/^rchar: (\d+)$/m.exec(await readFile(IO, 'latin1'))?.[1]);

describe('an empty mirror', () => {
  test('covers nothing and holds nothing', async () => {
    const database = await openMirror(join(await temporaryFolder(), 'not', 'there', 'yet'));
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
    const database = await openMirror(await temporaryFolder());
    const first = messageAt(1);
    await put(database, first);
    expect(await database.read(idOf(1))).toBe(first);
    expect([database.size, database.countIn('home')]).toEqual([1, 1]);
    const second = entryOf([...first.folded.lines, lineAfter(first.folded.lines, { text: 'Bye' })]);
    await database.update(idOf(1), (before) => {
      expect(before).toBe(first);
      return second;
    });
    expect(await database.read(idOf(1))).toBe(second);
    expect([database.size, database.countIn('home')]).toEqual([1, 1]);
    await remove(database, idOf(1));
    expect(await database.read(idOf(1))).toBeUndefined();
    expect(await listOf(database)).toEqual([]);
    expect([database.size, database.countIn('home')]).toEqual([0, 0]);
    await put(database, first);
    expect(idsOf(await listOf(database))).toEqual([idOf(1)]);
    expect([database.size, database.countIn('home')]).toEqual([1, 1]);
  });

  test('that is not there is changed to nothing without a trace', async () => {
    const database = await openMirror(await temporaryFolder());
    await remove(database, idOf(1));
    await database.update(idOf(1), (before) => before);
    expect(await listOf(database)).toEqual([]);
    expect(database.size).toBe(0);
  });

  test('that was deleted by a person stays, and is no current one', async () => {
    const database = await openMirror(await temporaryFolder());
    const first = messageAt(1);
    const time = timeAt(5);
    const gone = lineAfter(first.folded.lines, { text: '', updatedAt: time, deletedAt: time });
    await put(database, first);
    await put(database, entryOf([...first.folded.lines, gone]));
    expect((await database.read(idOf(1)))?.folded.current.hash).toBe(gone.hash);
    expect(await listOf(database)).toEqual([]);
    expect([database.size, database.countIn('home')]).toEqual([1, 0]);
  });

  test('is changed by a function that sees what the one before it did', async () => {
    const database = await openMirror(await temporaryFolder());
    await put(database, messageAt(1));
    const append = () =>
      database.update(idOf(1), (before) => {
        const lines = before?.folded.lines ?? [];
        return entryOf([...lines, lineAfter([lines.at(-1) as (typeof lines)[number]])]);
      });
    await Promise.all(Array.from({ length: 20 }, append));
    expect((await database.read(idOf(1)))?.folded.current.revision).toBe(21);
  });

  test('is changed by one call of the function, even if a shard has to be read first', async () => {
    const folder = await temporaryFolder();
    const writer = await openMirror(folder);
    await put(writer, messageAt(1));
    await writer.close();
    const database = await openMirror(folder);
    let calls = 0;
    await database.update(idOf(2), () => {
      calls += 1;
      return messageAt(2);
    });
    expect(calls).toBe(1);
  });
});

describe('the order of messages', () => {
  test('is newest first by `createdAt`, then by id', async () => {
    const database = await openMirror(await temporaryFolder());
    for (const [number, time] of [
      [3, 5],
      [1, 5],
      [2, 9],
      [5, 1],
      [4, 5],
    ] as const) {
      await put(database, messageAt(number, time));
    }
    expect(idsOf(await listOf(database))).toEqual([2, 4, 3, 1, 5].map(idOf));
  });

  test('follows a message whose `createdAt` changes', async () => {
    const database = await openMirror(await temporaryFolder());
    for (const number of [1, 2, 3]) await put(database, messageAt(number));
    await put(database, messageAt(1, 9));
    expect(idsOf(await listOf(database))).toEqual([1, 3, 2].map(idOf));
    await put(database, messageAt(3, 0));
    expect(idsOf(await listOf(database))).toEqual([1, 2, 3].map(idOf));
    expect(database.size).toBe(3);
  });
});

describe('many messages', { timeout: 30_000 }, () => {
  const COUNT = 3 * SHARD_LIMITS.entries + 500;
  /** Not in the order of their times, and several at one time. */
  const all = Array.from({ length: COUNT }, (_, index) => {
    const number = (index * 7919) % COUNT;
    return messageAt(number, Math.floor(number / 3));
  });
  const sorted = newestFirst(all);

  async function filled(folder: string): Promise<Database> {
    const database = await openMirror(folder);
    for (const entry of all) await put(database, entry);
    return database;
  }

  test.runIf(existsSync(IO))('are read from their file once, however many readers there are', async () => {
    const folder = await temporaryFolder();
    await (await filled(folder)).close();
    const database = await openMirror(folder);
    const before = await bytesRead();
    const found = await Promise.all(all.map(({ id }) => database.read(id)));
    const files = (await readdir(folder)).filter((name) => name.startsWith('shard-'));
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size));
    expect(found.map((entry) => entry?.id)).toEqual(idsOf(all));
    expect((await bytesRead()) - before).toBeLessThan(2 * sizes.reduce((sum, size) => sum + size));
  });

  test('are found by id, in order and in pages, before and after they were kept', async () => {
    const folder = await temporaryFolder();
    const writer = await filled(folder);
    await writer.close();
    expect((await readdir(folder)).filter((name) => name.startsWith('shard-')).length).toBeGreaterThan(3);
    for (const database of [writer, await openMirror(folder)]) {
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
        for await (const entry of queryMirror(database, { terms: [] }, pages.at(-1)?.key)) {
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
      await put(database, messageAt(number, 1_000_000 - number));
    const moved = newestFirst(
      all.map((entry, index) => {
        const number = (index * 7919) % COUNT;
        return number % 50 === 0 ? messageAt(number, 1_000_000 - number) : entry;
      }),
    );
    expect(idsOf(await listOf(database))).toEqual(idsOf(moved));
    expect(database.size).toBe(COUNT);
    await database.close();
    const again = await openMirror(folder);
    expect(idsOf(await listOf(again))).toEqual(idsOf(moved));
    expect((await again.read(idOf(50)))?.key.time).toBe(Date.parse(timeAt(999_950)));
  });

  test('are answered each once while others are added', async () => {
    const database = await filled(await temporaryFolder());
    const seen: string[] = [];
    let next = COUNT;
    for await (const { id } of queryMirror(database, { terms: [] })) {
      seen.push(id);
      if (seen.length % 10 === 0) {
        await put(database, messageAt(next, next % 1200));
        next += 1;
      }
    }
    expect(new Set(seen).size).toBe(seen.length);
    const known = new Set(idsOf(all));
    expect(seen.filter((id) => known.has(id))).toEqual(idsOf(sorted));
  });

  test('of great length are split into shards by length', async () => {
    const folder = await temporaryFolder();
    const database = await openMirror(folder);
    const text = 'x'.repeat(SHARD_LIMITS.characters / 4);
    for (let number = 1; number <= 20; number += 1) await put(database, messageAt(number, number, text));
    await put(database, messageAt(21, 21, 'y'.repeat(SHARD_LIMITS.characters * 2)));
    await database.close();
    const shards = (await readdir(folder)).filter((name) => name.startsWith('shard-'));
    for (const name of shards) {
      const { size } = await stat(join(folder, name));
      expect(size).toBeLessThan(SHARD_LIMITS.characters * 2 + 10_000);
    }
    const again = await openMirror(folder);
    expect(idsOf(await listOf(again))).toEqual(Array.from({ length: 21 }, (_, index) => idOf(21 - index)));
    expect((await again.read(idOf(21)))?.folded.current.text).toHaveLength(SHARD_LIMITS.characters * 2);
  });
});

describe('a repository that is forgotten', () => {
  test('takes its messages along, and leaves those that others hold', async () => {
    const folder = await temporaryFolder();
    const database = await openMirror(folder);
    const shared = entryOf(messageAt(2).folded.lines, { home: 'c2', work: 'c3' });
    await put(database, messageAt(1));
    await put(database, shared);
    database.cover('home', { branch: 'main', head: 'c2', problems: {} });
    database.cover('work', { branch: 'main', head: 'c3', problems: {} });
    await database.forget('home', (entry) => {
      const [line] = entry.folded.lines;
      return line && withChanges(entry, 'home', [], [line]);
    });
    await database.close();
    for (const same of [database, await openMirror(folder)]) {
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
    const database = await openMirror(await temporaryFolder());
    await put(database, entryOf(messageAt(1).folded.lines, { home: 'a', work: 'b' }));
    await put(database, messageAt(2));
    expect([database.countIn('home'), database.countIn('work')]).toEqual([2, 1]);
    await put(database, messageAt(1));
    expect([database.countIn('home'), database.countIn('work')]).toEqual([2, 0]);
    await remove(database, idOf(2));
    expect([database.countIn('home'), database.countIn('work')]).toEqual([1, 0]);
  });
});
