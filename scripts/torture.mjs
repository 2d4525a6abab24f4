// Kills gitpost again and again while it works, and judges after each restart what is there.
//   npm run torture                                    500 kills
//   npm run torture -- --kills 50 --seed 7             fewer, and the same ones again, as far as timing allows
//   npm run torture:syscalls                           instead: each system call of a capture fails once (needs strace)
//   npm run torture:syscalls -- --calls fsync,rename   only these
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    syscalls: { type: 'boolean', default: false },
    calls: { type: 'string', default: '' },
  },
});

const test = values.syscalls ? 'test/torture/syscalls.test.ts' : 'test/torture/kills.test.ts';
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', 'vitest.torture.config.ts', test],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      TORTURE_KILLS: values.kills,
      TORTURE_SEED: values.seed,
      TORTURE_CALLS: values.calls,
    },
  },
);
process.exitCode = status ?? 1;
