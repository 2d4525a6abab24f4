import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

/** How long each piece of work took in milliseconds: the best of three tries, since the machine may be busy. */
export type Times = ReadonlyMap<string, number>;

/**
 * Does pieces of work in a thread that can be ended, so one that hangs fails instead of hanging the tests.
 *
 * @param source a module in TypeScript that exports `pieces`: names, each with a function; it may import from `src` and
 *   `test/support` as this file would
 * @param limit how long each of them may take in milliseconds; one that takes longer is tried again twice
 * @param deadline how long one of them may hold up the others, in milliseconds
 * @returns the time of each piece; infinity for one that took longer than the deadline, which is the last one then
 */
export async function timesOf(source: string, limit: number, deadline = DEADLINE_MS): Promise<Times> {
  const contents = `
    import { parentPort } from 'node:worker_threads';
    ${source}
    for (const [name, work] of pieces) {
      parentPort.postMessage([name, Infinity]);
      let best = Infinity;
      for (let tries = 0; tries < 3 && best > ${limit}; tries += 1) {
        const start = performance.now();
        work();
        best = Math.min(best, performance.now() - start);
      }
      parentPort.postMessage([name, best]);
    }
    parentPort.postMessage(null);
  `;
  const resolveDir = fileURLToPath(new URL('.', import.meta.url));
  const options = { bundle: true, platform: 'node', format: 'cjs', write: false, logLevel: 'error' } as const;
  const { outputFiles } = await build({ stdin: { contents, resolveDir, loader: 'ts' }, ...options });
  const worker = new Worker(outputFiles[0]?.text ?? '', { eval: true });
  const times = new Map<string, number>();
  await new Promise<void>((resolve, reject) => {
    let timer = setTimeout(resolve, deadline);
    worker.on('message', (timed: readonly [string, number] | null) => {
      clearTimeout(timer);
      if (timed === null) return resolve();
      times.set(...timed);
      timer = setTimeout(resolve, deadline);
    });
    worker.on('error', reject);
  }).finally(() => worker.terminate());
  return times;
}

const DEADLINE_MS = 10_000;

/** The names of those that took longer than they may, with their times. */
export const tooSlow = (times: Times, limit: number): string[] =>
  [...times].filter(([, time]) => time > limit).map(([name, time]) => `${name}: ${Math.round(time)} ms`);
