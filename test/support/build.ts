import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What one vitest process shares between its projects, each of which loads this file afresh. */
const shared = globalThis as typeof globalThis & { gitpostBuild?: Promise<unknown> };

/** Builds the server and the page where that is needed, so that tests of the whole process can start it. */
export async function setup(): Promise<void> {
  // Every project inherits this set-up; two builds at a time would remove each other's files.
  shared.gitpostBuild ??= run(process.execPath, ['scripts/build.mjs', '--missing'], { cwd: root });
  await shared.gitpostBuild;
}
