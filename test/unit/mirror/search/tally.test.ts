import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../../../../src/mirror/database.ts';
import type { Entry } from '../../../../src/mirror/entry.ts';
import { QUARTER_MS } from '../../../../src/mirror/search/tally.ts';
import { countMessages } from '../../../../src/services/stats.ts';
import { entryOf, idOf, lineOf, timeAt } from '../../../support/lines.ts';
import { put, remove } from '../../../support/mirror.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

async function open(folder: string): Promise<Database> {
  const database = await Database.open(folder, (error) => {
    throw error;
  });
  onTestFinished(() => database.close());
  return database;
}

const HOUR = 4 * QUARTER_MS;

/** A message that can be told by its number, so many hours after the first one. */
const message = (number: number, hours = number, author = 'Ann'): Entry =>
  entryOf([lineOf({ id: idOf(number), author, createdAt: timeAt(hours * HOUR) })]);

const countIn = async (database: Database) => (await countMessages(database, { zone: 'UTC' })).messages;

/** What a part of the timeline costs to count: how often it was read in full. */
const talliesIn = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.startsWith('tally-')).sort();

test('each message counts once, whatever is in memory, in files, changed or taken out', async () => {
  const folder = join(await temporaryFolder(), 'mirror');
  const first = await open(folder);
  for (let number = 0; number < 2500; number += 1) await put(first, message(number));
  expect(await countIn(first)).toBe(2500);
  await first.flush();
  expect(await countIn(first)).toBe(2500);
  await remove(first, idOf(7));
  await put(first, message(9000, 3));
  await put(first, message(9001, 9001));
  expect(await countIn(first)).toBe(2501);
  await first.close();

  const second = await open(folder);
  expect(await countIn(second)).toBe(2501);
  const stats = await countMessages(second, { zone: 'UTC' });
  expect(stats.days.reduce((sum, { messages }) => sum + messages, 0)).toBe(2501);
  await remove(second, idOf(8));
  expect(await countIn(second)).toBe(2500);
});

test('counts are kept next to the files, made again if they are gone, and removed with them', async () => {
  const folder = join(await temporaryFolder(), 'mirror');
  const first = await open(folder);
  for (let number = 0; number < 2500; number += 1) await put(first, message(number));
  await first.flush();
  expect(await talliesIn(folder)).toEqual([]);
  await countIn(first);
  const kept = await talliesIn(folder);
  expect(kept.length).toBeGreaterThan(2);
  await first.close();

  const second = await open(folder);
  expect(await countIn(second)).toBe(2500);
  expect(await talliesIn(folder)).toEqual(kept);
  await put(second, message(9000, 3));
  await second.flush();
  const left = await talliesIn(folder);
  expect(left).toHaveLength(kept.length - 1);
  for (const name of left) await rm(join(folder, name));
  await second.close();
  const third = await open(folder);
  expect(await countIn(third)).toBe(2501);
});

test('counts are those of a plain count, whatever the messages are', async () => {
  const anyMessage = fc.record({
    hours: fc.integer({ min: 0, max: 24 * 40 }),
    author: fc.constantFrom('Ann', 'Bo', 'ジョン', ''),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyMessage, { maxLength: 60 }),
      fc.integer({ min: 0, max: 40 }),
      async (all, from) => {
        const database = await open(join(await temporaryFolder(), 'mirror'));
        const entries = all.map(({ hours, author }, number) => message(number, hours, author || 'Cy'));
        for (const entry of entries) await put(database, entry);
        const since = timeAt(from * 24 * HOUR).slice(0, 10);
        const wanted = entries.filter(({ key }) => new Date(key.time).toISOString().slice(0, 10) >= since);
        const stats = await countMessages(database, { zone: 'UTC', since });
        expect(stats.messages).toBe(wanted.length);
        for (const { author, messages } of stats.authors) {
          expect(wanted.filter((entry) => entry.folded.current.author === author)).toHaveLength(messages);
        }
        await database.close();
      },
    ),
    { numRuns: 20 },
  );
});
