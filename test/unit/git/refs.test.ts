import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BlobReader } from '../../../src/git/blobs.ts';
import { countApart, isAncestor } from '../../../src/git/refs.ts';
import { GitError } from '../../../src/git/run.ts';
import { diffTrees, isSmallStep } from '../../../src/git/tree.ts';
import { contextOf } from '../../support/context.ts';
import { commitFile, git } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';

async function repository() {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet', '-b', 'main');
  return { folder, context: contextOf(folder) };
}

test('two histories are counted against each other, and one alone', async () => {
  const { folder, context } = await repository();
  const base = await commitFile(folder, 'a', '0', 'base');
  await commitFile(folder, 'a', '1', 'ours');
  const ours = await commitFile(folder, 'a', '2', 'ours');
  await git(folder, 'checkout', '--quiet', '-b', 'other', base);
  const theirs = await commitFile(folder, 'b', '1', 'theirs');
  expect(await countApart(context, ours, theirs)).toEqual({ ahead: 2, behind: 1 });
  expect(await countApart(context, ours, base)).toEqual({ ahead: 2, behind: 0 });
  expect(await countApart(context, ours, null)).toEqual({ ahead: 3, behind: 0 });
  expect(await countApart(context, null, theirs)).toEqual({ ahead: 0, behind: 2 });
  expect(await countApart(context, ours, ours)).toEqual({ ahead: 0, behind: 0 });
  expect(await countApart(context, null, null)).toEqual({ ahead: 0, behind: 0 });
});

test('the same two commits are counted once, and what a branch names is looked up each time', async () => {
  const { folder, context } = await repository();
  const base = await commitFile(folder, 'a', '0', 'base');
  const first = await commitFile(folder, 'a', '1', 'first');
  expect(await countApart(context, 'main', base)).toEqual({ ahead: 1, behind: 0 });
  const second = await commitFile(folder, 'a', '2', 'second');
  expect(await countApart(context, 'main', base)).toEqual({ ahead: 2, behind: 0 });
  expect(await countApart(context, first, second)).toEqual({ ahead: 0, behind: 1 });
  await rm(join(folder, '.git'), { recursive: true });
  expect(await countApart(context, first, second)).toEqual({ ahead: 0, behind: 1 });
  await expect(countApart(context, base, second)).rejects.toThrow(GitError);
});

test('that a commit descends from another is answered alike each time, in both directions', async () => {
  const { folder, context } = await repository();
  const base = await commitFile(folder, 'a', '0', 'base');
  const later = await commitFile(folder, 'a', '1', 'later');
  await git(folder, 'checkout', '--quiet', '-b', 'other', base);
  const beside = await commitFile(folder, 'b', '1', 'beside');
  for (let time = 0; time < 2; time += 1) {
    expect(await isAncestor(context, base, later)).toBe(true);
    expect(await isAncestor(context, later, base)).toBe(false);
    expect(await isAncestor(context, later, beside)).toBe(false);
    expect(await isAncestor(context, '0'.repeat(40), later)).toBe(false);
  }
  // A name may stand for another commit the next time.
  expect(await isAncestor(context, 'main', later)).toBe(true);
  await git(folder, 'update-ref', 'refs/heads/main', beside);
  expect(await isAncestor(context, 'main', later)).toBe(false);
});

test('a step is small by its files, its bytes and the length of its paths', async () => {
  const { folder, context } = await repository();
  const reader = new BlobReader(context);
  onTestFinished(() => reader.close());
  const isSmall = (from: string, to: string) => isSmallStep(context, from, to, (id) => reader.sizeOf(id));
  const base = await commitFile(folder, 'a', '0', 'base');
  const small = await commitFile(folder, 'messages/a.jsonl', 'x'.repeat(100_000), 'small');
  expect(await isSmall(base, small)).toBe(true);
  expect(await isSmall(small, base)).toBe(true);
  const large = await commitFile(folder, 'large', 'x'.repeat(17 * 1024 * 1024), 'large');
  expect(await isSmall(small, large)).toBe(false);
  await git(folder, 'checkout', '--quiet', '-b', 'many', base);
  for (let number = 0; number < 100; number += 1)
    await git(
      folder,
      'update-index',
      '--add',
      '--cacheinfo',
      `100644,${await git(folder, 'rev-parse', 'main:a')},many/${number}`,
    );
  await git(folder, 'commit', '--quiet', '-m', 'many');
  const many = await git(folder, 'rev-parse', 'HEAD');
  expect(await isSmall(base, many)).toBe(true);
  expect(await isSmall(small, many)).toBe(false);
});

test('what two commits differ by is the same however often it is asked for, in one folder or in all', async () => {
  const { folder, context } = await repository();
  const base = await commitFile(folder, 'a', '0', 'base');
  await commitFile(folder, 'messages/2026-11/a.jsonl', '{}\n', 'journal');
  await commitFile(folder, 'messages.txt', '1', 'no journal');
  const tip = await commitFile(folder, 'a', '1', 'more');
  const pathsIn = async (folders?: readonly string[]) =>
    (await diffTrees(context, base, tip, folders)).map(({ path }) => path);
  for (let time = 0; time < 2; time += 1) {
    expect(await pathsIn(['messages'])).toEqual(['messages/2026-11/a.jsonl']);
    expect(await pathsIn()).toEqual(['a', 'messages.txt', 'messages/2026-11/a.jsonl']);
  }
  expect(await diffTrees(context, tip, base)).toHaveLength(3);
});

test('how far two histories are apart shows which descends from the other', async () => {
  const { folder, context } = await repository();
  const base = await commitFile(folder, 'a', '0', 'base');
  const later = await commitFile(folder, 'a', '1', 'later');
  await git(folder, 'checkout', '--quiet', '-b', 'other', base);
  const beside = await commitFile(folder, 'b', '1', 'beside');
  expect(await countApart(context, base, later)).toEqual({ ahead: 0, behind: 1 });
  expect(await countApart(context, later, beside)).toEqual({ ahead: 1, behind: 1 });
  expect(await isAncestor(context, base, later)).toBe(true);
  expect(await isAncestor(context, later, base)).toBe(false);
  expect(await isAncestor(context, later, beside)).toBe(false);
  expect(await isAncestor(context, beside, later)).toBe(false);
});
