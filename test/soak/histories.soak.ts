import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type History, history } from '../support/histories.ts';
import { liveHistory } from '../support/live-history.ts';
import { scratchFolder } from '../support/scratch.ts';
import { numberOf, textOf } from './options.ts';
import { Tally } from './tally.ts';

/** Most of a history is waiting for git and for clocks, so that several at once are done sooner. */
const LANES = 4;
const PROGRESS_EVERY = 10;

test('several devices come to the same, whatever they do', async () => {
  const [seed, path] = [numberOf('seed'), textOf('path')];
  const lanes = path === '' ? LANES : 1;
  const runs = path === '' ? Math.ceil(numberOf('histories') / lanes) : 1;
  const { path: folder, remove } = await scratchFolder();
  const begin = Date.now();
  const steps = new Tally();
  let lived = 0;

  const live = async (lane: number, one: History) => {
    const place = join(folder, `${lane}-${lived}`);
    lived += 1;
    for (const { kind } of one.steps) steps.add(kind);
    await mkdir(place);
    try {
      await liveHistory(place, one);
    } catch (error) {
      console.log(
        `A history failed; what it left is in ${place}\n${JSON.stringify(one)}\n${(error as Error).message}`,
      );
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
    console.log(
      `To live it again: npm run soak -- --seed ${failure.seed} --path ${failure.counterexamplePath}`,
    );
  }
  expect(failures.map((failure) => fc.defaultReportMessage(failure))).toEqual([]);
  await remove();
});

const seconds = (begin: number): number => Math.round((Date.now() - begin) / 1000);
