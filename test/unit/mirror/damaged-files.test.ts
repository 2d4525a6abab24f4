import { cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Database } from '../../../src/mirror/database.ts';
import { MirrorBroken } from '../../../src/mirror/errors.ts';
import { SHARD_LIMITS } from '../../../src/mirror/shard.ts';
import { entryOf, idOf, lineOf } from '../../support/lines.ts';
import {
  blockState,
  contentOf,
  fail,
  idsOf,
  listOf,
  messageAt,
  openMirror,
  put,
} from '../../support/mirror.ts';
import { temporaryFolder } from '../../support/tmp.ts';

describe('a folder that was damaged', { timeout: 30_000 }, () => {
  const COUNT = SHARD_LIMITS.entries + 200;

  /** A folder of several shards, some written later than the index of ids. */
  async function madeFolder(): Promise<string> {
    const folder = await temporaryFolder();
    const database = await Database.open(folder, fail);
    for (let number = 0; number < COUNT; number += 1) await put(database, messageAt(number));
    database.cover('home', { branch: 'main', head: 'c1', problems: {} });
    await database.flush();
    await put(database, messageAt(COUNT));
    database.cover('home', { branch: 'main', head: 'c2', problems: {} });
    await database.close();
    return folder;
  }

  /** Reads all there is by every way, and tells what came of it; wrong data fails the test. */
  async function readAll(folder: string): Promise<'whole' | 'empty' | 'broken'> {
    // What was damaged can stand in the way of what is written anew.
    const database = await openMirror(folder, () => undefined);
    const covered = database.covered('home');
    if (covered === undefined) {
      expect(await listOf(database)).toEqual([]);
      expect(database.size).toBe(0);
      return 'empty';
    }
    expect(covered.head).toBe('c2');
    try {
      for (let number = 0; number <= COUNT; number += 100) {
        expect(contentOf(await database.read(idOf(number)))).toEqual(contentOf(messageAt(number)));
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
      // An n-gram filter only says what need not be read.
      const expected = name.startsWith('ngrams-') ? ['whole'] : ['empty', 'broken'];
      expect(expected).toContain(await readAll(folder));
    }
  });

  test('can be made again and is whole then', async () => {
    const folder = await madeFolder();
    for (const name of await readdir(folder))
      if (name.startsWith('shard-')) await truncate(join(folder, name), 9);
    const broken = await openMirror(folder);
    await expect(broken.read(idOf(1))).rejects.toThrow(MirrorBroken);
    await expect(put(broken, messageAt(1))).rejects.toThrow(MirrorBroken);
    broken.clear();
    await put(broken, messageAt(7));
    broken.cover('home', { branch: 'main', head: 'c3', problems: {} });
    await broken.close();
    const again = await openMirror(folder);
    expect(again.covered('home')?.head).toBe('c3');
    expect(idsOf(await listOf(again))).toEqual([idOf(7)]);
  });

  test('does not count as whole while only half of it is made again', async () => {
    const folder = await temporaryFolder();
    const first = await openMirror(folder);
    await put(first, messageAt(1));
    await put(first, messageAt(2));
    first.cover('home', { branch: 'main', head: 'c1', problems: {} });
    await first.close();
    for (const name of await readdir(folder)) if (name.startsWith('shard-')) await rm(join(folder, name));
    const second = await Database.open(folder, () => undefined);
    expect(second.covered('home')).toBeUndefined();
    await put(second, messageAt(3));
    // The new one is cut off between its shard and its state, which a folder in the way of the state stands for.
    const clear = await blockState(folder);
    await second.close();
    await clear();
    const third = await openMirror(folder);
    if (third.covered('home') === undefined) expect(await listOf(third)).toEqual([]);
    else expect(idsOf(await listOf(third))).toEqual([idOf(2), idOf(1)]);
  });
});

describe('a line that was written and cannot be read again', () => {
  test('is reported as a broken mirror', async () => {
    const folder = await temporaryFolder();
    const writer = await openMirror(folder);
    // What an edit makes of another program's line with the greatest revision that is counted one by one.
    await put(writer, entryOf([lineOf({ revision: 2 ** 53, text: 'edited' })]));
    await writer.close();
    const database = await openMirror(folder);
    const read = await database.read(idOf(1)).catch((error: unknown) => error);
    if (read instanceof Error) expect(read).toBeInstanceOf(MirrorBroken);
    else expect(read).toMatchObject({ id: idOf(1) });
  });
});
