// Runs all tests with as many rounds, and with as much of everything, as they are worth; arguments go to vitest.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('npx', ['vitest', 'run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, THOROUGH: '1' },
  shell: process.platform === 'win32',
});
process.exit(status ?? 1);
