import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClone } from '../../../src/git/clone.ts';
import { gitPath } from '../../../src/git/paths.ts';
import { isSurelyAbsent } from '../../../src/git/refs.ts';
import { contextOf } from '../../support/context.ts';
import { git } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';

async function clone() {
  const folder = join(await temporaryFolder(), 'notes');
  const context = contextOf(folder);
  await createClone(context, 'main', '/srv/notes.git');
  await gitPath(context, 'HEAD');
  return { folder, context };
}

test('a ref is absent before its first commit, and not after it, packed or not', async () => {
  const { folder, context } = await clone();
  expect(await isSurelyAbsent(context, 'refs/heads/main')).toBe(true);
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'one');
  expect(await isSurelyAbsent(context, 'refs/heads/main')).toBe(false);
  await git(folder, 'pack-refs', '--all');
  expect(await isSurelyAbsent(context, 'refs/heads/main')).toBe(false);
  expect(await isSurelyAbsent(context, 'refs/heads/other')).toBe(true);
});

test('nothing is sure of a ref whose file is there but damaged, or has become a folder', async () => {
  const { folder, context } = await clone();
  await writeFile(join(folder, '.git/refs/heads/main'), '');
  expect(await isSurelyAbsent(context, 'refs/heads/main')).toBe(false);
  await mkdir(join(folder, '.git/refs/heads/side/x'), { recursive: true });
  expect(await isSurelyAbsent(context, 'refs/heads/side')).toBe(false);
});

test('nothing is sure of a clone that is gone, is being deleted or is in an unusual place', async () => {
  const { folder, context } = await clone();
  await rm(join(folder, '.git/HEAD'));
  expect(await isSurelyAbsent(context, 'refs/heads/main')).toBe(false);
  await rm(folder, { recursive: true });
  expect(await isSurelyAbsent(context, 'refs/heads/main')).toBe(false);

  const other = await clone();
  await git(other.folder, 'commit', '--quiet', '--allow-empty', '-m', 'one');
  const linked = `${other.folder}-linked`;
  await git(other.folder, 'worktree', 'add', '--quiet', '-b', 'side', linked);
  const context2 = contextOf(linked);
  await gitPath(context2, 'HEAD');
  expect(await isSurelyAbsent(context2, 'refs/heads/none')).toBe(false);
  await rename(join(other.folder, '.git'), `${other.folder}.git`);
  expect(await isSurelyAbsent(other.context, 'refs/heads/none')).toBe(false);
});

test('only a full name can be looked up', async () => {
  const { context } = await clone();
  expect(await isSurelyAbsent(context, 'main')).toBe(false);
  expect(await isSurelyAbsent(context, 'HEAD')).toBe(false);
});
