import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leaveLock } from '../../support/clone-state.ts';
import { bareRepository, commitFile, git } from '../../support/git.ts';
import { startManager } from '../../support/manager.ts';
import { lineNumber, pull, push, rawsIn, statusOf, textsOf } from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const backups = async (clone: string) =>
  (await git(clone, 'for-each-ref', '--format=%(objectname)', 'refs/gitpost/backup/'))
    .split('\n')
    .filter(Boolean);

test('a reset is noticed while another git holds the configuration of the clone', async () => {
  const managed = await startManager(await temporaryFolder());
  for (const number of [1, 2]) await managed.add(lineNumber(number));
  const clone = managed.clone();
  const lost = await git(clone, 'rev-parse', 'main');
  await leaveLock(clone, 'config.lock');
  await git(clone, 'update-ref', 'refs/heads/main', 'main~1');
  await managed.manager.find('messages')?.refresh();
  expect(statusOf(managed)).toMatchObject({ state: 'rewritten' });
  expect(await backups(clone)).toEqual([lost]);
  await rm(join(clone, '.git/config.lock'));
});

test('a reset to the commit before the last captures is noticed at once', async () => {
  const managed = await startManager(await temporaryFolder());
  await managed.add(lineNumber(1));
  const clone = managed.clone();
  await managed.manager.find('messages')?.refreshDetails();
  await managed.add(lineNumber(2));
  await git(clone, 'update-ref', 'refs/heads/main', 'main~1');
  await managed.add(lineNumber(3));
  expect(statusOf(managed)).toMatchObject({ state: 'rewritten' });
  expect(await textsOf(managed)).toEqual(['message 3', 'message 1']);
});

test('a reset that the mirror had followed already when the program ended is noticed by the next start', async () => {
  const folder = await temporaryFolder();
  const managed = await startManager(folder);
  for (const number of [1, 2]) await managed.add(lineNumber(number));
  const clone = managed.clone();
  await managed.close();
  await git(clone, 'update-ref', 'refs/heads/main', 'main~1');
  // As where the program is killed after it has read the branch and before anything else is noted.
  await rm(join(folder, 'data'), { recursive: true });
  const again = await startManager(folder);
  expect(statusOf(again)).toMatchObject({ state: 'rewritten' });
});

test('two losses before a choice are both brought back, and nothing waits after it', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const managed = await startManager(folder, [remote]);
  for (const number of [1, 2, 3]) await managed.add(lineNumber(number));
  await push(managed);
  const clone = managed.clone();
  const name = managed.manager.primary;

  await git(remote, 'update-ref', 'refs/heads/main', 'main~1');
  expect(await pull(managed)).toMatchObject({ status: 'rewritten' });
  await git(clone, 'update-ref', 'refs/heads/main', 'main~2');
  await managed.manager.find(name)?.refresh();
  await managed.add(lineNumber(4));

  expect(await managed.manager.find(name)?.resolveRewritten('local')).toMatchObject({ ok: true });
  expect((await textsOf(managed)).sort()).toEqual(['message 1', 'message 2', 'message 3', 'message 4']);
  expect(await git(clone, 'for-each-ref', 'refs/gitpost/rewritten/')).toBe('');
  expect(statusOf(managed)).toMatchObject({ state: 'ready' });
  expect(await push(managed)).toMatchObject({ status: 'pushed' });
  expect(await rawsIn(remote)).toHaveLength(4);
  expect(managed.troubles).toEqual([]);
});

test('another branch with fewer messages is no rewritten history, and neither is the way back', async () => {
  const folder = await temporaryFolder();
  const managed = await startManager(folder);
  const clone = managed.clone();
  const repository = managed.manager.find('messages');
  await managed.add(lineNumber(1));
  const empty = await git(clone, 'hash-object', '-w', '-t', 'tree', '/dev/null');
  await git(clone, 'update-ref', 'refs/heads/other', await git(clone, 'commit-tree', '-m', 'Begin', empty));
  for (const branch of ['other', 'main', 'other', 'main']) {
    expect(await repository?.useBranch(branch)).toMatchObject({ ok: true });
    expect(statusOf(managed)).toMatchObject({ branch, state: 'ready' });
    expect(await textsOf(managed)).toEqual(branch === 'main' ? ['message 1'] : []);
  }
  expect(await backups(clone)).toEqual([]);
});

test('a giant journal is kept if it is the same on all sides, and refused in words if not', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const managed = await startManager(folder, [remote]);
  const clone = managed.clone();
  const name = managed.manager.primary;
  const giant = `${'x'.repeat(1023)}\n`.repeat(65 * 1024);
  for (const number of [1, 2]) await managed.add(lineNumber(number));
  await managed.manager.find(name)?.refreshDetails();
  await commitFile(clone, 'messages/giant.jsonl', giant, 'Giant');
  const blob = await git(clone, 'rev-parse', 'HEAD:messages/giant.jsonl');
  await managed.manager.find(name)?.refresh();
  await managed.add(lineNumber(3));
  await push(managed);
  await git(remote, 'update-ref', 'refs/heads/main', 'main~1');
  expect(await pull(managed)).toMatchObject({ status: 'rewritten' });
  expect(await managed.manager.find(name)?.resolveRewritten('local')).toMatchObject({ ok: true });
  expect(await git(clone, 'rev-parse', 'main:messages/giant.jsonl')).toBe(blob);
  await push(managed);

  await managed.manager.find(name)?.refreshDetails();
  await commitFile(clone, 'messages/giant.jsonl', `${lineNumber(9).raw}\n${giant}`, 'More');
  await managed.manager.find(name)?.refresh();
  await push(managed);
  await git(remote, 'update-ref', 'refs/heads/main', 'main~1');
  expect(await pull(managed)).toMatchObject({ status: 'rewritten' });
  const before = await git(clone, 'rev-parse', 'main');
  const refused = await managed.manager.find(name)?.resolveRewritten('local');
  expect(refused).toMatchObject({ ok: false, failure: { code: 'unavailable' } });
  expect(await git(clone, 'rev-parse', 'main')).toBe(before);
}, 180_000);
