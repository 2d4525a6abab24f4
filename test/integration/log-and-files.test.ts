import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiAt } from '../support/api.ts';
import { leaveLock } from '../support/clone-state.ts';
import { bareRepository } from '../support/git.ts';
import { commitPieces } from '../support/hostile.ts';
import { lineOf } from '../support/journal.ts';
import { startProcess } from '../support/process.ts';
import { nastyTexts } from '../support/texts.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const forged = 'x\n{"level":30,"msg":"all is well"}\r\n\u001b[2J\u001b]0;title\u0007';

test('the log has one JSON object a line, whatever is written in it', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  await mkdir(join(remote, 'hooks'), { recursive: true });
  const hook = `#!/bin/sh\nprintf '${forged.replaceAll('\u001b', '\\033').replaceAll('\u0007', '\\007').replaceAll('\r', '\\r')}'\nexit 1\n`;
  await writeFile(join(remote, 'hooks/pre-receive'), hook, { mode: 0o755 });
  const gitpost = await startProcess({ folder, env: { REPOSITORY_NAME: remote, LOG_LEVEL: 'trace' } });
  const api = apiAt(gitpost.url);
  await api.create({ text: forged, author: 'Ann \u202e<ann@example.org>' });
  await api.bulk(nastyTexts.map(([, text]) => ({ text })));
  const refused = await api.sync('push', 'shared');
  expect(refused.status).toBe('rejected');
  expect(refused.detail).not.toMatch(/\p{Cc}/u);
  await api.get(`/messages?q=${encodeURIComponent(forged)}`);
  await api.get(`/${encodeURIComponent(forged)}`);
  await api.get('/repositories', { 'X-Forwarded-For': '{"level":30}', 'User-Agent': '{"level":30}' });
  // Something unexpected is logged with all its words.
  await commitPieces(remote, `messages/${'a/'.repeat(3000)}x.jsonl`, [
    `${lineOf({ id: 'x', text: forged })}\n`,
  ]);
  await api.sync('pull', 'shared');
  // A lock of git's is in the way of what is noted after a sync.
  await leaveLock(join(folder, 'repos/shared'), 'config.lock');
  await api.send('PATCH', '/repositories/shared', { json: { branch: 'other' } });
  await gitpost.stop();
  const lines = gitpost.stderr().split('\n').slice(0, -1);
  for (const line of lines) {
    expect(() => JSON.parse(line) as unknown, line).not.toThrow();
    expect(line).not.toMatch(/\p{Cc}/u);
  }
  expect(lines.length).toBeGreaterThan(0);
  expect(gitpost.stdout().split('\n')).toHaveLength(2);
});

test('the log says when pushing fails, also automatically, and when it works again', async () => {
  const folder = await temporaryFolder();
  const remote = join(folder, 'disk/remote.git');
  const env = { REPOSITORY_NAME: remote, SYNC_INTERVAL: '1', LOG_LEVEL: 'info' };
  const gitpost = await startProcess({ folder, env });
  const api = apiAt(gitpost.url);
  await api.create({ text: 'Where does it go?' });
  const logged = () =>
    gitpost
      .stderr()
      .split('\n')
      .filter((line) => line.includes('"repository":"remote"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  await eventually(async () => logged().length > 0);
  for (let time = 0; time < 3; time += 1) expect((await api.sync('push', 'remote')).status).toBe('offline');
  expect(logged()).toEqual([
    {
      level: 40,
      time: expect.any(Number),
      msg: 'syncing failed',
      repository: 'remote',
      status: 'offline',
      detail: `The folder ${remote} is not there.`,
      action: expect.stringMatching(/Plug in the disk/),
    },
  ]);
  await bareRepository(remote);
  // An automatic push may be quicker.
  expect(['pushed', 'up-to-date']).toContain((await api.sync('push', 'remote')).status);
  await eventually(async () => logged().length > 1);
  expect(logged().slice(1)).toMatchObject([{ level: 30, msg: 'syncing works again' }]);
});

test.skipIf(process.platform === 'win32')('nobody else on this machine can read the messages', async () => {
  const gitpost = await startProcess();
  const api = apiAt(gitpost.url);
  await api.create({ text: 'Mine' });
  await api.sync('push');
  for (const name of ['repos', 'data']) {
    const { mode } = await stat(join(gitpost.folder, name));
    expect(mode & 0o077, name).toBe(0);
  }
  expect((await readdir(gitpost.folder)).sort()).toEqual(['data', 'home', 'repos']);
});
