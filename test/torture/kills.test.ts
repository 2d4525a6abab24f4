import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { newCount } from './count.ts';
import { torture } from './torture.ts';

// Folders are begun anew now and then, so that first starts are killed as well, and judging stays quick.
const KILLS_A_FOLDER = 25;
/** Most of the time is spent waiting for git and the disk. */
const WORKERS = 2;

test('gitpost is killed again and again', async () => {
  const kills = Number(process.env.TORTURE_KILLS);
  const seed = Number(process.env.TORTURE_SEED);
  const count = newCount();
  const begin = Date.now();
  const print = () => {
    const seconds = Math.round((Date.now() - begin) / 1000);
    console.log(JSON.stringify({ seconds, ...count }, null, 2));
  };
  const waiting = Array.from({ length: Math.ceil(kills / KILLS_A_FOLDER) }, (_, n) => n * KILLS_A_FOLDER);
  const worker = async () => {
    for (let done = waiting.shift(); done !== undefined; done = waiting.shift()) {
      const folder = await mkdtemp(join(tmpdir(), 'gitpost-torture-'));
      // Where it fails, the folder stays to be looked at.
      console.log(`Seed ${seed + done}, in ${folder}`);
      await torture(folder, Math.min(KILLS_A_FOLDER, kills - done), seed + done, count);
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
      print();
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker)).finally(print);
}, 0);
