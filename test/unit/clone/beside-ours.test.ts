import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isBesideOurs } from '../../../src/clone/beside-ours.ts';
import { Clone } from '../../../src/clone/clone.ts';
import { replaceFolders } from '../../../src/git/merge.ts';
import { contextOf } from '../../support/context.ts';
import { git } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const JOURNAL = 'messages/2026-11/ann.2026-11-30.jsonl';
const PICTURE = `attachments/9f/${'9f'.repeat(32)}.png`;

async function makeClone() {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet', '-b', 'main');
  const clone = new Clone('notes', contextOf(folder), { name: 'Ann', email: 'ann@example.org' });
  onTestFinished(() => clone.blobs.close());
  const commit = async (path: string, content: string | null) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await (content === null ? rm(join(folder, path)) : writeFile(join(folder, path), content));
    await git(folder, 'add', '--all');
    await git(folder, 'commit', '--quiet', '-m', path);
    return (await git(folder, 'rev-parse', 'HEAD')).trim();
  };
  return { folder, clone, commit };
}

test('commits of other files are beside ours, also with a merge and without any folder of ours', async () => {
  const { folder, clone, commit } = await makeClone();
  const empty = await commit('own.txt', '1');
  const still = await commit('own.txt', '2');
  expect(await isBesideOurs(clone, empty, still)).toBe(true);
  await commit(JOURNAL, '{}');
  const before = await commit(PICTURE, 'picture');
  await git(folder, 'checkout', '--quiet', '-b', 'other');
  await commit('other.txt', '1');
  await git(folder, 'checkout', '--quiet', 'main');
  await commit('own.txt', '3');
  await git(folder, 'merge', '--quiet', '--no-edit', 'other');
  const merged = (await git(folder, 'rev-parse', 'HEAD')).trim();
  expect(await isBesideOurs(clone, before, merged)).toBe(true);
});

test('commits that change a folder of ours, go back, or leave the history are not', async () => {
  const { folder, clone, commit } = await makeClone();
  const nothing = await commit('own.txt', '1');
  const journal = await commit(JOURNAL, '{}');
  const picture = await commit(PICTURE, 'picture');
  const removed = await commit(JOURNAL, null);
  expect(await isBesideOurs(clone, nothing, journal)).toBe(false);
  expect(await isBesideOurs(clone, journal, picture)).toBe(false);
  expect(await isBesideOurs(clone, picture, removed)).toBe(false);
  const later = await commit('own.txt', '2');
  expect(await isBesideOurs(clone, later, removed)).toBe(false);
  const apart = (await git(folder, 'commit-tree', '-m', 'Apart', `${later}^{tree}`)).trim();
  expect(await isBesideOurs(clone, later, apart)).toBe(false);
  expect(await isBesideOurs(clone, later, '1'.repeat(40))).toBe(false);
});

test('a tree gets some folders of another commit, and keeps everything else', async () => {
  const { folder, clone, commit } = await makeClone();
  await commit(JOURNAL, 'old');
  await commit(PICTURE, 'picture');
  const other = await commit('own ä.txt', '1');
  await commit(JOURNAL, null);
  await commit('attachments-of-mine/one.txt', '1');
  const tip = await commit('own ä.txt', '2');
  const tree = await replaceFolders(clone.git, tip, other, ['messages', 'attachments', 'nowhere']);
  expect((await git(folder, 'ls-tree', '-r', '-z', '--name-only', tree)).split('\0').filter(Boolean)).toEqual(
    ['attachments-of-mine/one.txt', PICTURE, JOURNAL, 'own ä.txt'],
  );
  expect(await git(folder, 'show', `${tree}:own ä.txt`)).toBe('2');
});
