import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiAt, problemOf } from '../support/api.ts';
import { canMount, mountDisk } from '../support/mounts.ts';
import { startProcess } from '../support/process.ts';
import { killTogether, processesIn } from '../support/processes.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const TWO = { REPOSITORIES: 'other' };

test('a clone whose configuration cannot be read is never shown as empty, and comes back without a restart', async () => {
  const folder = await temporaryFolder();
  const first = await startSmallApp(folder, TWO);
  const mine = await first.api.create({ text: 'Mine' });
  const others = await first.api.create({ text: 'In the other one', repositories: ['other'] });
  await first.close();
  await rm(join(folder, 'data/mirror'), { recursive: true });
  const config = join(folder, 'repos/messages/.git/config');
  const right = await readFile(config, 'utf8');
  await writeFile(config, '[this is no configuration\n');

  const { api } = await startSmallApp(folder, TWO, { retryPause: 300 });
  const unknown = '0192f0c1-0000-7000-8000-000000000000';
  for (const path of [
    '/messages',
    '/messages?q=mine',
    '/messages?limit=10',
    '/messages?repository=messages',
    `/messages/${mine.id}`,
    `/messages/${mine.id}/history`,
    `/messages/${unknown}`,
    '/stats',
  ]) {
    const answer = await api.get(path);
    expect(problemOf(answer, 503).detail, path).toMatch(/^The clone messages cannot be used: .*config/);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  }
  problemOf(await api.patch(mine.id, { text: 'Changed' }), 503);
  problemOf(await api.delete(mine.id), 503);
  problemOf(await api.post({ id: mine.id, text: 'Something else' }), 503);

  // Whatever does not depend on it goes on.
  expect(await api.messages('?repository=other')).toMatchObject([{ id: others.id }]);
  expect((await api.message(others.id)).text).toBe('In the other one');
  await api.create({ text: 'Another one', repositories: ['other'] });
  expect((await api.get('/repositories')).status).toBe(200);
  const health = (await api.get('/health')).json<{ status: string; reasons: string[] }>();
  expect(health.status).toBe('degraded');
  expect(health.reasons.join()).toMatch(/messages is failed: .*config/);

  await writeFile(config, right);
  await eventually(async () => (await api.get('/messages')).status === 200);
  expect((await api.messages()).map(({ text }) => text).sort()).toEqual([
    'Another one',
    'In the other one',
    'Mine',
  ]);
  await eventually(async () => (await api.repository()).state === 'ready');
  await api.create({ text: 'After' });
  expect((await api.get('/health')).json()).toMatchObject({ status: 'ok' });
});

test.runIf(canMount)(
  'a disk that is full at the start is said, and messages are there once it has room',
  async () => {
    const folder = await temporaryFolder();
    const disk = await mountDisk(join(folder, 'disk'), 12 * 1024 * 1024);
    const env = { REPOS_DIR: join(disk.path, 'repos'), DATA_DIR: join(disk.path, 'data') };
    const gitpost = await startProcess({ folder, env });
    const before = await apiAt(gitpost.url).create({ text: 'Before' });
    killTogether(() => [gitpost.pid, ...processesIn(disk.path)]);
    await gitpost.exited;
    await rm(join(disk.path, 'data/mirror'), { recursive: true, force: true });
    const { bavail, bsize } = await statfs(disk.path);
    await writeFile(join(disk.path, 'filled'), Buffer.alloc(bavail * bsize)).catch(() => undefined);

    const again = await startProcess({ folder, env }).catch((error: Error) => error);
    if (again instanceof Error) {
      // A disk without room for a single file is a start that is refused in one line.
      expect(again.message).toMatch(/gitpost: .*no space/i);
      await rm(join(disk.path, 'filled'));
      return;
    }
    const api = apiAt(again.url);
    const answer = await api.get('/messages');
    if (answer.status === 200) expect(answer.json()).toMatchObject([{ id: before.id }]);
    else problemOf(answer, 503);
    await rm(join(disk.path, 'filled'));
    await eventually(async () => {
      expect((await api.messages()).map(({ id }) => id)).toEqual([before.id]);
      return true;
    });
  },
);
