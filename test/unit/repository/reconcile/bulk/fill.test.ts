import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Line } from '../../../../../src/journal/line.ts';
import { Database } from '../../../../../src/mirror/database.ts';
import type { Entry } from '../../../../../src/mirror/entry.ts';
import { fillHere } from '../../../../support/filler.ts';
import { bareRepository, cloneOf, git } from '../../../../support/git.ts';
import { idOf, lineAfter, lineOf } from '../../../../support/lines.ts';
import { type Managed, startManager } from '../../../../support/manager.ts';
import { rounds } from '../../../../support/rounds.ts';
import { temporaryFolder } from '../../../../support/tmp.ts';

const DAYS = 5;
const dateAt = (day: number, second: number) =>
  new Date(Date.UTC(2026, 10, 1 + day, 12, 0, second)).toISOString();

/** What a device writes down: a message, a change of one that is there, or one of the lines that are there again. */
const step = fc.record({
  kind: fc.constantFrom('new', 'new', 'new', 'edit', 'delete', 'again', 'foreign', 'broken'),
  which: fc.nat(),
  day: fc.nat(DAYS - 1),
  second: fc.nat(59),
  device: fc.constantFrom('desk', 'phone'),
  /** Where a message is; all of its lines are there, so that none has to be copied. */
  repositories: fc.constantFrom(['one'], ['two'], ['one', 'two']),
  /** Whether the journal says its day in its name. */
  isDated: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const NOTHING = { id: '', raw: undefined };

/** The files of each repository after some steps. */
function filesAfter(steps: readonly Step[]): Map<string, Map<string, string>> {
  const lines: Line[] = [];
  const places = new Map<string, readonly string[]>();
  const files = new Map([
    ['one', new Map<string, string>()],
    ['two', new Map<string, string>()],
  ]);
  for (const { kind, which, day, second, device, repositories, isDated } of steps) {
    const known = lines[which % Math.max(1, lines.length)];
    const line = lineIn(kind, known, lines.length, day, second);
    if (line) lines.push(line);
    const { id, raw } = kind === 'broken' ? { id: '', raw: '{"v":1,' } : (line ?? known ?? NOTHING);
    const date = dateAt(day, 0).slice(0, 10);
    const path = `messages/2026-11/${device}${isDated ? `.${date}` : ''}.jsonl`;
    const where = places.get(id) ?? repositories;
    if (raw === undefined) continue;
    if (id !== '') places.set(id, where);
    for (const repository of where) {
      const ofRepository = files.get(repository);
      ofRepository?.set(path, `${ofRepository.get(path) ?? ''}${raw}\n`);
    }
  }
  return files;
}

function lineIn(kind: Step['kind'], known: Line | undefined, number: number, day: number, second: number) {
  const moment = dateAt(day, second);
  if (kind === 'again' || kind === 'broken') return undefined;
  if (kind === 'edit' && known) return lineAfter([known], { text: `edit ${number}`, updatedAt: moment });
  if (kind === 'delete' && known) return lineAfter([known], { updatedAt: moment, deletedAt: moment });
  // Another program may say that it was written at another time than the journal is of, or use an id twice.
  if (kind === 'foreign' && known)
    return lineOf({ id: known.id, text: `foreign ${number}`, createdAt: moment });
  return lineOf({ id: idOf(number), text: `message ${number}`, createdAt: moment });
}

async function pushed(folder: string, name: string, files: ReadonlyMap<string, string>): Promise<string> {
  const remote = await bareRepository(join(folder, `${name}.git`));
  const work = await cloneOf(remote, join(folder, `${name}-work`));
  for (const [path, text] of files) {
    await mkdir(join(work, dirname(path)), { recursive: true });
    await writeFile(join(work, path), text);
  }
  await git(work, 'add', '.');
  await git(work, 'commit', '--quiet', '--allow-empty', '-m', 'All of it');
  await git(work, 'push', '--quiet', 'origin', 'HEAD:main');
  return remote;
}

const saidOf = (entry: Entry) => ({
  id: entry.id,
  key: entry.key,
  current: entry.folded.current.raw,
  heads: entry.folded.heads.map(({ raw }) => raw).sort(),
  held: [...entry.held.values()]
    .map(({ line, commits }) => `${line.raw} ${[...commits.keys()].sort()}`)
    .sort(),
});

async function allOf({ mirror, manager }: Managed) {
  const entries: Entry[] = [];
  for await (const some of mirror.walk()) entries.push(...some);
  return {
    entries: entries.map(saidOf),
    size: mirror.size,
    counts: ['one', 'two'].map((name) => mirror.countIn(name)),
    partial: mirror.partial().sort(),
    problems: ['one', 'two'].map((name) => mirror.covered(name)?.problems),
    states: manager.status().map(({ state }) => state),
  };
}

test('gives the same as reading line by line, whatever the journals hold', async () => {
  const folder = await temporaryFolder();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      run += 1;
      const place = join(folder, String(run));
      await mkdir(place);
      const files = filesAfter(steps);
      const remotes: string[] = [];
      for (const [name, ofRepository] of files) remotes.push(await pushed(place, name, ofRepository));
      const slow = await startManager(join(place, 'slow'), remotes);
      const expected = await allOf(slow);
      await slow.close();
      // Once from its remote, and once more from the clone alone.
      const quick = await startManager(join(place, 'quick'), remotes, { filler: fillHere });
      expect(await allOf(quick)).toEqual(expected);
      await quick.close();
      await rm(join(place, 'quick/data/mirror'), { recursive: true });
      const again = await startManager(join(place, 'quick'), remotes, { filler: fillHere });
      expect(await allOf(again)).toEqual(expected);
      expect([quick.troubles, again.troubles]).toEqual([[], []]);
      await again.close();
      await rm(place, { recursive: true });
    }),
    { numRuns: rounds(2, 6), endOnFailure: true },
  );
});

test('takes days in whole if nothing is in between, and leaves a day to be read line by line if something is', async () => {
  const folder = await temporaryFolder();
  const lines = Array.from({ length: 12 }, (_, number) => {
    return lineOf({ id: idOf(number), text: `message ${number}`, createdAt: dateAt(number % 3, number) });
  });
  const files = new Map<string, string>();
  for (const { raw, createdAt } of lines) {
    const path = `messages/2026-11/desk.${createdAt.slice(0, 10)}.jsonl`;
    files.set(path, `${files.get(path) ?? ''}${raw}\n`);
  }
  const remotes = [await pushed(folder, 'one', files), await pushed(folder, 'two', files)];
  const first = await startManager(folder, remotes);
  await first.close();
  await rm(join(folder, 'data/mirror'), { recursive: true });

  const adopt = vi.spyOn(Database.prototype, 'adopt');
  const again = await startManager(folder, remotes, { filler: fillHere });
  const taken = await Promise.all(adopt.mock.results.map(({ value }) => value as Promise<boolean>));
  adopt.mockRestore();
  // The first of both to come finds room, and the other one finds its messages.
  expect(taken.filter((isIn) => isIn)).toHaveLength(1);
  expect([again.mirror.countIn('one'), again.mirror.countIn('two'), again.mirror.size]).toEqual([12, 12, 12]);
});
