import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { history } from '../support/histories.ts';
import { liveHistory } from '../support/live-history.ts';
import { temporaryFolder } from '../support/tmp.ts';

/** Seeds that are lived through each time; the others are fresh, and printed where they fail. */
const FIXED_SEEDS = [1, 20_261_122, 424_242];
const RUNS_A_SEED = 5;
const FRESH_RUNS = 8;

describe('several devices and one remote', () => {
  for (const seed of [...FIXED_SEEDS, undefined]) {
    it(`come to the same, whatever they do (${seed === undefined ? 'a fresh seed' : `seed ${seed}`})`, async () => {
      const folder = await temporaryFolder();
      let run = 0;
      await fc.assert(
        fc.asyncProperty(history, async (lived) => {
          run += 1;
          const place = join(folder, String(run));
          await mkdir(place);
          await liveHistory(place, lived);
        }),
        {
          numRuns: seed === undefined ? FRESH_RUNS : RUNS_A_SEED,
          endOnFailure: false,
          ...(seed === undefined ? {} : { seed }),
        },
      );
    }, 240_000);
  }
});
