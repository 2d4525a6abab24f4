import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { history } from '../support/histories.ts';
import { liveHistory } from '../support/live-history.ts';
import { rounds } from '../support/rounds.ts';
import { temporaryFolder } from '../support/tmp.ts';

/** A seed that is used each time, and one that is new each time. Longer runs are for `npm run soak`. */
const FIXED_SEEDS = [424_242];
const FRESH_SEED = randomInt(2 ** 31);
const RUNS_A_SEED = rounds(1, 3);
const FRESH_RUNS = rounds(1, 4);

describe('several devices and one remote', () => {
  for (const seed of [...FIXED_SEEDS, FRESH_SEED]) {
    test(`come to the same, whatever they do (seed ${seed})`, async () => {
      const folder = await temporaryFolder();
      let run = 0;
      await fc.assert(
        fc.asyncProperty(history, async (lived) => {
          run += 1;
          const place = join(folder, String(run));
          await mkdir(place);
          await liveHistory(place, lived);
        }),
        // To make a failed history shorter takes longer than a test has; the soak script lives it again.
        { seed, numRuns: seed === FRESH_SEED ? FRESH_RUNS : RUNS_A_SEED, endOnFailure: true },
      );
    });
  }
});
