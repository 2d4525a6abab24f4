import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiAt } from '../support/api.ts';
import { statusOf } from '../support/clone-state.ts';
import { git } from '../support/git.ts';
import { startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

test('a mirror that was saved long before the end takes nothing out of the branch', async () => {
  const folder = await temporaryFolder();
  const clone = join(folder, 'repos/messages');
  const [mirror, older] = [join(folder, 'data/mirror'), join(folder, 'older')];
  const first = await startProcess({ folder });
  await apiAt(first.url).create({ text: 'First', createdAt: '2026-01-01T10:00:00.000Z' });
  expect((await first.stop()).code).toBe(0);
  await cp(mirror, older, { recursive: true });

  const second = await startProcess({ folder });
  const api = apiAt(second.url);
  const kept = await api.create({ text: 'In the same file', createdAt: '2026-01-01T11:00:00.000Z' });
  await eventually(async () => (await statusOf(clone)).length === 0);
  await api.create({ text: 'In another file', createdAt: '2026-01-02T10:00:00.000Z' });
  second.kill('SIGKILL');
  await second.exited;
  await rm(mirror, { recursive: true });
  await cp(older, mirror, { recursive: true });

  const third = apiAt((await startProcess({ folder })).url);
  expect(await third.message(kept.id)).toEqual(kept);
  expect(await third.messages()).toHaveLength(3);
  expect(await git(clone, 'rev-list', '--count', 'main')).toBe('3');
});
