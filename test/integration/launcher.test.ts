import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Answer, apiAt } from '../support/api.ts';
import { git } from '../support/git.ts';
import { journalLines } from '../support/journal.ts';
import { startProcess } from '../support/process.ts';
import { launchersOf } from '../support/processes.ts';
import { eventually } from '../support/wait.ts';

/** The launcher of a running gitpost: there is one at the latest when index and work tree follow. */
const waitForLauncher = (pid: number) => eventually(async () => launchersOf(pid)[0]);

const expectGone = (pid: number) =>
  eventually(async () => {
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    return true;
  });

test.runIf(process.platform === 'linux')('a launcher never outlives its gitpost', async () => {
  const killed = await startProcess();
  const launcher = await waitForLauncher(killed.pid);
  killed.kill('SIGKILL');
  await expectGone(launcher);
  const ended = await startProcess();
  const other = await waitForLauncher(ended.pid);
  expect((await ended.stop()).code).toBe(0);
  await expectGone(other);
});

test.runIf(process.platform === 'linux')(
  'a launcher that is killed again and again costs no answered message, and gitpost goes on',
  async () => {
    const gitpost = await startProcess();
    const api = apiAt(gitpost.url);
    const answers: Answer[] = [];
    for (let round = 1; round <= 4; round += 1) {
      const posts = Array.from({ length: 12 }, (_, number) =>
        api.post({ text: `Message ${round} ${number}` }),
      );
      process.kill(await waitForLauncher(gitpost.pid), 'SIGKILL');
      answers.push(...(await Promise.all(posts)));
      // Whoever was waiting for a git may be refused. The next one is not.
      await eventually(async () => {
        answers.push(await api.post({ text: `After ${round}` }));
        return answers.at(-1)?.status === 201;
      });
    }
    expect(answers.filter(({ status }) => status !== 201 && status !== 503)).toEqual([]);
    const created = answers
      .filter(({ status }) => status === 201)
      .map((answer) => answer.json<{ id: string }>().id);
    const clone = join(gitpost.folder, 'repos/messages');
    const held = new Set((await journalLines(clone)).map(({ value }) => value.id));
    expect(created.filter((id) => !held.has(id))).toEqual([]);
    await git(clone, 'fsck', '--strict');
    expect((await api.sync('push')).status).toBe('pushed');
  },
);
