// Runs one of the soaks of test/soak for as long as one wants; both are too long for `npm test`.
//   node scripts/soak.mjs histories --histories 300 --seed 7       --path 3:0 lives one failed history again
//     --only foreign-file,branch mixes only these further kinds of steps into everyday use; --only everyday none of them
//   node scripts/soak.mjs processes --minutes 10 --processes 5 --seed 7
import { randomInt } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const soaks = {
  histories: { histories: '300', seed: String(randomInt(2 ** 31)), path: '', only: '' },
  processes: { minutes: '10', processes: '5', seed: String(randomInt(2 ** 31)) },
};

const name = process.argv[2] === 'processes' ? 'processes' : 'histories';
const { values } = parseArgs({
  args: process.argv.slice(3),
  options: Object.fromEntries(
    Object.entries(soaks[name]).map(([option, value]) => [
      option,
      /** @type {const} */ ({ type: 'string', default: value }),
    ]),
  ),
});

const vitest = await startVitest('test', [], {
  root,
  config: false,
  watch: false,
  include: [`test/soak/${name}.soak.ts`],
  globalSetup: ['test/support/build.ts'],
  env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  // How long it takes is for the options to say.
  testTimeout: 0,
  hookTimeout: 60_000,
  reporters: ['default'],
  disableConsoleIntercept: true,
  provide: { options: values },
});
await vitest.close();
