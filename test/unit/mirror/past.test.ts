import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold } from '../../../src/journal/fold.ts';
import { type Line, timeOf } from '../../../src/journal/line.ts';
import { Database } from '../../../src/mirror/database.ts';
import { compareKeys, type Entry } from '../../../src/mirror/entry.ts';
import { LineSet } from '../../../src/mirror/line-set.ts';
import { type Past, pastAt, pastOf, queryPast, readPast } from '../../../src/mirror/past.ts';
import { entryOf, idOf, lineAfter, lineOf, timeAt } from '../../support/lines.ts';
import { put } from '../../support/mirror.ts';
import { termsOf } from '../../support/terms.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const HOUR = 3_600_000;
const MANY = 1500;

/** Messages an hour apart; some have later lines, and a few have lines that are out of order. */
function linesOf(number: number): Line[] {
  const first = lineOf({ id: idOf(number), text: `first ${number}`, createdAt: timeAt(number * HOUR) });
  const later = (hours: number) => timeAt((number + hours) * HOUR);
  if (number % 7 === 0) {
    const second = lineAfter([first], {
      text: `second ${number}`,
      updatedAt: later(number % 11 === 0 ? -300 : 40),
    });
    if (number % 2 === 0) return [first, second];
    return [first, second, lineAfter([second], { text: '', updatedAt: later(90), deletedAt: later(90) })];
  }
  if (number % 101 !== 0) return [first];
  return [
    lineOf({ id: idOf(number), text: `before ${number}`, createdAt: later(-200) }),
    lineAfter([first], { createdAt: timeAt(number * HOUR), text: 'moved', updatedAt: later(1) }),
  ];
}

const messages = Array.from({ length: MANY }, (_, number) => linesOf(number));

async function idsOf(entries: AsyncIterable<Entry>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id, folded } of entries) ids.push(`${id} ${folded.current.text}`);
  return ids;
}

test('what was is what a fold of the lines of then gives, in files too', async () => {
  const folder = join(await temporaryFolder(), 'mirror');
  const writing = await Database.open(folder);
  for (const lines of messages) await put(writing, entryOf(lines));
  await writing.close();
  const naive = (counts: (line: Line) => boolean) =>
    messages
      .map((lines) => ({ lines: lines.filter(counts), key: entryOf(lines).key }))
      .filter(({ lines }) => lines.length > 0)
      .sort((a, b) => compareKeys(b.key, a.key))
      .map(({ lines }) => fold(lines).current)
      .filter(({ deletedAt }) => deletedAt === undefined)
      .map(({ id, text }) => `${id} ${text}`);
  const check = async (past: Past, counts: (line: Line) => boolean) => {
    const database = await Database.open(folder);
    expect(await idsOf(queryPast(database, { terms: [] }, past))).toEqual(naive(counts));
    const found = await idsOf(queryPast(database, { terms: termsOf('second') }, past));
    expect(found).toEqual(naive(counts).filter((one) => one.includes('second')));
    await database.close();
  };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -10, max: MANY + 100 }), async (hours) => {
      const time = Date.parse(timeAt(hours * HOUR));
      await check(pastAt(time), (line) => Date.parse(timeOf(line)) <= time);
      // A commit that holds every line written by then, whatever date it has.
      const lines = new LineSet();
      const held = new Set<string>();
      for (const line of messages.slice(0, Math.max(0, hours)).flat()) {
        lines.add(line.hash);
        held.add(line.hash);
      }
      const latest = Math.max(
        ...messages
          .slice(0, Math.max(0, hours))
          .flat()
          .map(({ createdAt }) => Date.parse(createdAt)),
      );
      await check(pastOf({ commit: 'c', lines, latest }, ['home'], []), ({ hash }) => held.has(hash));
    }),
    { numRuns: 15 },
  );
});

test('messages that are gone stand in their places, in pages too', async () => {
  const folder = join(await temporaryFolder(), 'mirror');
  const database = await Database.open(folder);
  const lines = new LineSet();
  const removed: Array<{ line: Line; isKnown: boolean }> = [];
  const all: string[] = [];
  for (let number = 0; number < 60; number += 1) {
    const line = lineOf({ id: idOf(number), text: `${number}`, createdAt: timeAt(number) });
    lines.add(line.hash);
    all.unshift(`${line.id} ${number}`);
    if (number % 3 === 1 || number > 57) removed.push({ line, isKnown: false });
    else await put(database, entryOf([line]));
  }
  const past = pastOf({ commit: 'c', lines, latest: Number.POSITIVE_INFINITY }, ['home'], removed);
  expect(await idsOf(queryPast(database, { terms: [] }, past))).toEqual(all);
  for (let from = 0; from < 60; from += 7) {
    const before = { time: Date.parse(timeAt(59 - from)), id: idOf(59 - from) };
    expect(await idsOf(queryPast(database, { terms: [] }, past, before))).toEqual(all.slice(from + 1));
  }
  expect((await readPast(database, past, idOf(58)))?.folded.current.text).toBe('58');
  expect(await readPast(database, past, idOf(61))).toBeUndefined();
  await database.close();
});
