import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Api, Message, Problem } from '../support/api.ts';
import { locksIn } from '../support/clone-state.ts';
import { git } from '../support/git.ts';
import { journalLines } from '../support/journal.ts';
import { commandOf, processesIn, seesProcesses, signal } from '../support/processes.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const STAYING = ['fast-import', 'update-ref', 'cat-file'];
const SILENCE = 1200;

/** The gits of a kind that run in a folder, with those that were started by them. */
const gitsIn = (folder: string, command: string): number[] =>
  processesIn(folder).filter((pid) => commandOf(pid).includes(` ${command}`));

const stateOf = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') gone');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0] ?? '';
};

/** Puts a program before git that stops itself in place of the commands that `hangs` names. */
async function hangingGit(folder: string) {
  const bin = join(folder, 'bin');
  const list = join(folder, 'hangs');
  await mkdir(bin, { recursive: true });
  await writeFile(list, '');
  const script = [
    '#!/bin/sh',
    `read hangs < ${list}`,
    'for word; do [ "$word" = "$hangs" ] && kill -STOP $$; done',
    `PATH=${process.env.PATH}`,
    'exec git "$@"',
  ];
  await writeFile(join(bin, 'git'), `${script.join('\n')}\n`, { mode: 0o755 });
  return {
    env: { PATH: `${bin}:${process.env.PATH}` },
    hang: (command: string) => writeFile(list, `${command}\n`),
    heal: () => writeFile(list, ''),
  };
}

const health = async (api: Api) => (await api.get('/health')).json<{ status: string; reasons?: string[] }>();

describe.runIf(seesProcesses)('a git that hangs', () => {
  async function scene() {
    const folder = await temporaryFolder();
    const clone = join(folder, 'repos/messages');
    const { env, hang, heal } = await hangingGit(folder);
    const { api, close } = await startSmallApp(folder, env, { gitSilence: SILENCE });
    const first = await api.create({ text: 'Before' });
    /** From now on each git of a kind hangs, those that run already included. */
    const hangAll = async (command: string) => {
      await hang(command);
      for (const pid of gitsIn(clone, command)) signal(pid, 'SIGSTOP');
    };
    return { folder, clone, api, close, first, hangAll, heal };
  }

  async function judge(api: Api, clone: string, answered: readonly Message[]) {
    const ids = answered.map(({ id }) => id).sort();
    expect((await api.messages()).map(({ id }) => id).sort()).toEqual(ids);
    expect((await journalLines(clone)).map(({ value }) => value.id).sort()).toEqual(ids);
    await git(clone, 'fsck', '--strict', '--no-dangling');
    await eventually(async () => (await locksIn(clone)).length === 0);
  }

  test.each(STAYING)('is ended and replaced without a refusal: %s', async (command) => {
    const { clone, api, first } = await scene();
    const pids = gitsIn(clone, command);
    expect(pids).not.toEqual([]);
    for (const pid of pids) signal(pid, 'SIGSTOP');
    const [second, list] = await Promise.all([api.create({ text: 'Meanwhile' }), api.get('/repositories')]);
    expect(list.status).toBe(200);
    for (const pid of pids) expect(await stateOf(pid)).toMatch(/^(gone|Z|X)$/);
    await judge(api, clone, [first, second, await api.create({ text: 'After' })]);
    expect(await health(api)).toMatchObject({ status: 'ok' });
  });

  test.each(['fast-import', 'update-ref'])(
    'again and again is a refusal in words, and is seen from outside: %s',
    async (command) => {
      const { clone, api, first, hangAll, heal } = await scene();
      await hangAll(command);
      const refused = api.post({ text: 'Not now' });
      await eventually(async () => {
        const { status, reasons } = await health(api);
        return status === 'degraded' && reasons?.some((reason) => reason.includes(`git ${command}`));
      });
      const list = await api.get('/repositories');
      expect(list.status).toBe(200);
      const answer = await refused;
      expect(answer.status, answer.text).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      const { detail } = answer.json<Problem>();
      expect(detail).toContain(`git ${command} did nothing`);
      expect(detail).not.toMatch(/still being made/);
      expect((await health(api)).status).toBe('degraded');
      await heal();
      const after = await eventually(async () => {
        const tried = await api.post({ text: 'After' });
        return tried.status === 201 && tried.json<Message>();
      });
      await judge(api, clone, [first, after]);
      await eventually(async () => (await health(api)).status === 'ok');
    },
  );

  test.each(['cat-file', 'status'])(
    'that nobody needs for a capture does not hold the status up: %s',
    async (command) => {
      const { clone, api, first, hangAll, heal } = await scene();
      await hangAll(command);
      const list = await api.get('/repositories');
      expect(list.status).toBe(200);
      await eventually(async () => (await health(api)).status === 'degraded');
      await heal();
      const after = await eventually(async () => {
        const tried = await api.post({ text: 'After' });
        return tried.status === 201 && tried.json<Message>();
      });
      await judge(api, clone, [first, after]);
      await api.get('/repositories');
      await eventually(async () => (await health(api)).status === 'ok');
    },
  );

  test('does not keep the program from ending', async () => {
    const { clone, close, api } = await scene();
    const pids = STAYING.flatMap((command) => gitsIn(clone, command));
    for (const pid of pids) signal(pid, 'SIGSTOP');
    await api.get('/health');
    const began = performance.now();
    await close();
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(processesIn(clone)).toEqual([]);
  });
});
