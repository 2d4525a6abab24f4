import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../../src/git/run.ts';
import { locksIn } from '../../support/clone-state.ts';
import { contextOf, contextWithout } from '../../support/context.ts';
import { commitFile, git } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';
import { eventually } from '../../support/wait.ts';

const isLinux = process.platform === 'linux';

/** The command lines of all processes that hold a text in theirs. */
async function processesWith(text: string): Promise<string[]> {
  const lines = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
      .map((name) => readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(text));
}

test.runIf(isLinux)('a git that says nothing for too long is ended with all its children', async () => {
  const directory = await temporaryFolder();
  const seconds = `${1000 + Math.floor(Math.random() * 1000)}.5`;
  const alias = `alias.wait=!sleep ${seconds} & sleep ${seconds}`;
  const began = Date.now();
  const running = run({ ...contextWithout(), directory }, ['-c', alias, 'wait'], { timeout: 500 });
  await eventually(async () => (await processesWith(`sleep\0${seconds}`)).length === 2);
  expect(await running).toMatchObject({ code: null, timedOut: true });
  expect(Date.now() - began).toBeLessThan(20_000);
  await eventually(async () => (await processesWith(`sleep\0${seconds}`)).length === 0);
});

test('a git that keeps saying something is not stopped', async () => {
  const directory = await temporaryFolder();
  const alias = 'alias.talk=!for i in 1 2 3 4 5 6; do echo $i; sleep 0.3; done';
  const result = await run({ ...contextWithout(), directory }, ['-c', alias, 'talk'], { timeout: 1500 });
  expect(result).toMatchObject({ code: 0, timedOut: false });
});

test('a git that has come far enough may be silent for longer, but not forever', async () => {
  const directory = await temporaryFolder();
  const waiting = (seconds: number) =>
    run(
      { ...contextWithout(), directory },
      ['-c', `alias.wait=!echo "all of it" >&2; sleep ${seconds}`, 'wait'],
      {
        timeout: 500,
        stages: [{ after: /all of it/, timeout: 4000 }],
      },
    );
  expect(await waiting(1.5)).toMatchObject({ code: 0, timedOut: false });
  expect(await waiting(30)).toMatchObject({ code: null, timedOut: true });
});

test('a git that is ended early lays down its locks', async () => {
  const directory = await temporaryFolder();
  await git(directory, 'init', '--quiet', '-b', 'main');
  await commitFile(directory, 'a', 'before', 'before');
  await writeFile(join(directory, 'a'), 'after');
  const abort = new AbortController();
  const settings = ['user.name=Person', 'user.email=person@example.org'];
  const options = {
    signal: abort.signal,
    settings,
    environment: { GIT_EDITOR: 'echo > at-work; sleep 60 #' },
  };
  const running = run(contextOf(directory), ['commit', '--', 'a'], options);
  await eventually(async () => (await readdir(directory)).includes('at-work'));
  expect(await locksIn(directory)).toContain('index.lock');
  abort.abort();
  await running;
  expect(await locksIn(directory)).toEqual([]);
  expect(await git(directory, 'rev-list', '--count', 'main')).toBe('1');
});
