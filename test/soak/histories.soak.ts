import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FURTHER_KINDS, type FurtherKind, type History, historyOf, isFurther } from '../support/histories.ts';
import { liveHistory } from '../support/live-history.ts';
import { scratchFolder } from '../support/scratch.ts';
import { numberOf, textOf } from './options.ts';
import { Tally } from './tally.ts';

/** Most of a history is waiting for git and for clocks, so that several at once are done sooner. */
const LANES = 4;
const PROGRESS_EVERY = 10;

test('several devices come to the same, whatever they do', async () => {
  const [seed, path, only] = [numberOf('seed'), textOf('path'), textOf('only')];
  const history = historyOf(kindsOf(only));
  const lanes = path === '' ? LANES : 1;
  const runs = path === '' ? Math.ceil(numberOf('histories') / lanes) : 1;
  const { path: folder, remove } = await scratchFolder();
  const begin = Date.now();
  const steps = new Tally();
  let lived = 0;

  const again = (of: number, where: string) =>
    `npm run soak -- --seed ${of} --path ${where}${only === '' ? '' : ` --only ${only}`}`;
  const livedIn = Array.from({ length: lanes }, () => 0);
  const hasFailed = new Set<number>();

  const live = async (lane: number, one: History) => {
    const place = join(folder, `${lane}-${lived}`);
    const number = livedIn[lane] ?? 0;
    livedIn[lane] = number + 1;
    lived += 1;
    for (const { kind } of one.steps) steps.add(kind);
    await mkdir(place);
    try {
      await liveHistory(place, one, { thorough: true });
    } catch (error) {
      const words = `What it left is in ${place}\n${JSON.stringify(one)}\n${(error as Error).message}`;
      if (hasFailed.has(lane) || path !== '') console.log(`A history failed. ${words}`);
      // A shorter one that fails is looked for now, which takes a while and can be interrupted.
      else {
        console.log(
          `History ${lived} failed after ${seconds(begin)} s. To live it again: ${again(seed + lane, String(number))}\n${words}`,
        );
      }
      hasFailed.add(lane);
      throw error;
    }
    await rm(place, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    if (lived % PROGRESS_EVERY === 0) console.log(`${lived} histories after ${seconds(begin)} s`);
  };

  console.log(`Seeds ${seed} to ${seed + lanes - 1}, ${runs} histories each`);
  const outcomes = await Promise.all(
    Array.from({ length: lanes }, (_, lane) =>
      fc.check(
        fc.asyncProperty(history, (one) => live(lane, one)),
        { seed: seed + lane, numRuns: runs, ...(path === '' ? {} : { path, endOnFailure: true }) },
      ),
    ),
  );
  console.log(`${lived} histories in ${seconds(begin)} s. Steps: ${steps}`);
  const failures = outcomes.filter(({ failed }) => failed);
  for (const failure of failures) {
    console.log(`To live it again: ${again(failure.seed ?? seed, failure.counterexamplePath ?? '')}`);
  }
  expect(failures.map((failure) => fc.defaultReportMessage(failure))).toEqual([]);
  await remove();
});

/** The further kinds that `--only` names: all of them without it, none for `everyday`. */
function kindsOf(only: string): readonly FurtherKind[] {
  if (only === '') return FURTHER_KINDS;
  if (only === 'everyday') return [];
  const names = only.split(',');
  const unknown = names.filter((name) => !isFurther(name));
  if (unknown.length === 0) return names.filter(isFurther);
  throw new Error(`--only ${unknown.join()}: there are ${FURTHER_KINDS.join(', ')}, and everyday for none`);
}

const seconds = (begin: number): number => Math.round((Date.now() - begin) / 1000);
