import { linkSync, readdirSync } from 'node:fs';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Database } from '../../../src/mirror/database.ts';
import { MirrorBroken } from '../../../src/mirror/errors.ts';
import { SHARD_LIMITS } from '../../../src/mirror/shard.ts';
import { idOf } from '../../support/lines.ts';
import { blockState, contentOf, idsOf, listOf, messageAt, openMirror, put } from '../../support/mirror.ts';
import { scratchFolder, temporaryFolder } from '../../support/tmp.ts';

describe('what is covered', () => {
  const problems = { 'messages/x.jsonl': [{ line: 3, reason: 'is not valid JSON' }] };

  test('is kept with the messages', async () => {
    const folder = await temporaryFolder();
    const database = await openMirror(folder);
    await put(database, messageAt(1));
    database.cover('home', { branch: 'main', head: 'c1', problems });
    database.cover('empty', { branch: 'main', head: null, problems: {} });
    await database.close();
    const again = await openMirror(folder);
    expect(again.covered('home')).toEqual({ branch: 'main', head: 'c1', problems });
    expect(again.covered('empty')).toEqual({ branch: 'main', head: null, problems: {} });
    expect(again.covered('other')).toBeUndefined();
    expect(again.repositories()).toEqual(['home', 'empty']);
    expect(contentOf(await again.read(idOf(1)))).toEqual(contentOf(messageAt(1)));
  });

  test('is written early if more comes than memory should hold', async () => {
    const folder = await temporaryFolder();
    const database = await openMirror(folder);
    // Too soon for what is written by itself some time after a change.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    for (let number = 0; number < 140; number += 1) {
      await put(database, messageAt(number, number, 'x'.repeat(SHARD_LIMITS.characters * 0.6)));
      await database.room();
    }
    const written = (await readdir(folder)).filter((name) => name.startsWith('shard-'));
    expect(written.length).toBeGreaterThanOrEqual(64);
    expect(idsOf(await listOf(database))).toHaveLength(140);
  });

  test('that cannot be written early holds nothing up', async () => {
    const folder = await temporaryFolder();
    const troubles: unknown[] = [];
    const database = await openMirror(join(folder, 'mirror'), (error) => troubles.push(error));
    await writeFile(join(folder, 'mirror'), 'a file where the folder should be');
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    for (let number = 0; number < 140; number += 1) {
      await put(database, messageAt(number, number, 'x'.repeat(SHARD_LIMITS.characters * 0.6)));
      await database.room();
    }
    expect(idsOf(await listOf(database))).toHaveLength(140);
    expect(troubles).toHaveLength(1);
  });

  test('is written some time after a change', async () => {
    const folder = await temporaryFolder();
    const database = await openMirror(folder);
    await put(database, messageAt(1));
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
    const database = await openMirror(folder);
    await put(database, messageAt(1));
    database.cover('home', { branch: 'main', head: 'c1', problems: {} });
    await database.flush();
    database.clear();
    expect([database.covered('home'), database.size, database.countIn('home')]).toEqual([undefined, 0, 0]);
    expect(await database.read(idOf(1))).toBeUndefined();
    await database.close();
    const again = await openMirror(folder);
    expect([again.covered('home'), again.size]).toEqual([undefined, 0]);
    expect(await listOf(again)).toEqual([]);
  });
});

test('a folder that another program made among the files does not stop them from being written', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, '@eaDir', 'state.json@SynoEAStream'), { recursive: true });
  const database = await openMirror(folder);
  await mkdir(join(folder, '@eaDir'), { recursive: true });
  await put(database, messageAt(1));
  await database.flush();
  expect(await readdir(folder)).not.toContain('@eaDir');
});

describe('a write that fails', () => {
  test('is reported, changes nothing that is read, and is made up for by the next one', async () => {
    const folder = await temporaryFolder();
    const troubles: unknown[] = [];
    const database = await openMirror(folder, (error) => troubles.push(error));
    await put(database, messageAt(1));
    await database.flush();
    const clear = await blockState(folder);
    await put(database, messageAt(2));
    await database.flush();
    expect(troubles).toHaveLength(1);
    expect(idsOf(await listOf(database))).toEqual([idOf(2), idOf(1)]);
    await clear();
    expect(idsOf(await listOf(await openMirror(folder)))).toEqual([idOf(1)]);
    await put(database, messageAt(3));
    await database.close();
    expect(idsOf(await listOf(await openMirror(folder)))).toEqual([3, 2, 1].map(idOf));
  });
});

const MOST_COPIES = 30;

describe('a program that is cut off at any moment', { timeout: 180_000 }, () => {
  test('leaves a folder that holds all that it says it covers', async () => {
    const folder = await temporaryFolder();
    const database = await openMirror(folder);
    // A mirror that held nothing is taken away.
    await mkdir(folder, { recursive: true });
    const copies: string[] = [];
    let last = 0;
    let done = false;
    const write = async () => {
      // Times jump, so that shards are split everywhere, and each message is edited once.
      for (let number = 1; number <= 2600; number += 1) {
        await put(database, messageAt(number, (number * 7919) % 10_007));
        const edited = Math.floor(number / 2);
        if (edited > 0) await put(database, messageAt(edited, (edited * 7919) % 10_007, `edited ${edited}`));
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
    // A slow machine makes more of them than can be looked at.
    const step = Math.max(1, copies.length / MOST_COPIES);
    const some = copies.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
    for (const path of some) {
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
