import { renameSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { followBranch, followPathByPath } from '../../../src/git/worktree.ts';
import { contextOf } from '../../support/context.ts';
import { commitFile, git, gitFailure } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const JOURNAL = 'messages/2026-11/ann-x1y2z3.2026-11-22.jsonl';
const LATER = 'messages/2026-11/ann-x1y2z3.2026-11-23.jsonl';
const NOTE = 'notes/a.txt';

interface Clone {
  readonly folder: string;
  /** The commit that index and work tree stand at, and the one that the branch was moved to. */
  readonly from: string;
  readonly to: string;
}

/** A clone whose branch has moved on from what is checked out: one journal grew, one is new. */
async function cloneBehind(): Promise<Clone> {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet', '-b', 'main');
  await commitFile(folder, NOTE, 'one\n', 'a note');
  await commitFile(folder, 'b.txt', 'b\n', 'another');
  const from = await commitFile(folder, JOURNAL, '{"v":1}\n', 'first');
  const to = await moveBranch(folder, async (other) => {
    await commitFile(other, JOURNAL, '{"v":1}\n{"v":1}\n', 'second');
    await commitFile(other, LATER, '{"v":1}\n', 'third');
  });
  return { folder, from, to };
}

/** Moves the branch as a capture does: without index and work tree knowing. */
async function moveBranch(folder: string, change: (other: string) => Promise<unknown>): Promise<string> {
  const parent = await temporaryFolder();
  const other = join(parent, 'other');
  await git(parent, 'clone', '--quiet', folder, other);
  await change(other);
  await git(folder, 'fetch', '--quiet', other, 'HEAD:refs/made');
  await git(folder, 'update-ref', 'refs/heads/main', 'refs/made');
  await git(folder, 'update-ref', '-d', 'refs/made');
  return git(folder, 'rev-parse', 'main');
}

const follow = ({ folder, from, to }: Clone) => followBranch(contextOf(folder), 'main', from, to);
const status = (folder: string): Promise<string> => git(folder, 'status', '--porcelain');
const content = (folder: string, path: string): Promise<string> => readFile(join(folder, path), 'utf8');
const at = (folder: string, revision: string, path: string): Promise<string> =>
  git(folder, 'show', `${revision}:${path}`);

/** What a person's next `git commit` would make of our lines: nothing may be taken out again. */
async function expectNextCommitKeeps({ folder, to }: Clone): Promise<void> {
  await writeFile(join(folder, 'mine.txt'), 'mine\n');
  await git(folder, 'add', 'mine.txt');
  await git(folder, 'commit', '--quiet', '-m', 'by a person');
  for (const path of [JOURNAL, LATER])
    expect(await at(folder, 'main', path)).toBe(await at(folder, to, path));
}

describe('in a clean tree', () => {
  test('index and files are as after a pull', async () => {
    const clone = await cloneBehind();
    expect(await follow(clone)).toEqual({ outcome: 'done' });
    expect(await status(clone.folder)).toBe('');
    expect(await content(clone.folder, JOURNAL)).toBe('{"v":1}\n{"v":1}\n');
    expect(await content(clone.folder, LATER)).toBe('{"v":1}\n');
    await expectNextCommitKeeps(clone);
  });

  test('following again changes nothing', async () => {
    const clone = await cloneBehind();
    await follow(clone);
    expect(await follow({ ...clone, from: clone.to })).toEqual({ outcome: 'done' });
    expect(await follow(clone)).toEqual({ outcome: 'done' });
    expect(await status(clone.folder)).toBe('');
  });

  test('what was taken out on the branch goes, and empty folders with it', async () => {
    const clone = await cloneBehind();
    await follow(clone);
    const to = await moveBranch(clone.folder, async (other) => {
      await git(other, 'rm', '--quiet', LATER, NOTE);
      await git(other, 'commit', '--quiet', '-m', 'take out');
    });
    expect(await follow({ ...clone, from: clone.to, to })).toEqual({ outcome: 'done' });
    expect(await status(clone.folder)).toBe('');
    expect(await readdir(clone.folder)).not.toContain('notes');
  });

  test('a clone that has followed nothing yet gets all files', async () => {
    const folder = await temporaryFolder();
    const source = await cloneBehind();
    await git(folder, 'init', '--quiet', '-b', 'main');
    await git(folder, 'fetch', '--quiet', source.folder, 'main:refs/made');
    await git(folder, 'update-ref', 'refs/heads/main', 'refs/made');
    expect(await followBranch(contextOf(folder), 'main', null, source.to)).toEqual({ outcome: 'done' });
    expect(await status(folder)).toBe('');
    expect(await content(folder, NOTE)).toBe('one\n');
  });

  test('files keep their modes and their bytes, whatever a person has configured', async () => {
    const clone = await cloneBehind();
    await git(clone.folder, 'config', 'core.autocrlf', 'true');
    await writeFile(join(clone.folder, '.git/hooks/post-checkout'), '#!/bin/sh\ntouch hooked\n', {
      mode: 0o755,
    });
    const to = await moveBranch(clone.folder, async (other) => {
      await commitFile(other, 'run.sh', '#!/bin/sh\n', 'a script');
      await git(other, 'update-index', '--chmod=+x', 'run.sh');
      await git(other, 'commit', '--quiet', '-m', 'executable');
    });
    expect(await follow({ ...clone, to })).toEqual({ outcome: 'done' });
    expect((await lstat(join(clone.folder, 'run.sh'))).mode & 0o111).not.toBe(0);
    expect(await content(clone.folder, 'run.sh')).toBe('#!/bin/sh\n');
    expect(await content(clone.folder, JOURNAL)).toBe('{"v":1}\n{"v":1}\n');
    expect(await readdir(clone.folder)).not.toContain('hooked');
  });
});

describe("a person's own changes", () => {
  test('elsewhere stay, and all of ours follows', async () => {
    const clone = await cloneBehind();
    await writeFile(join(clone.folder, NOTE), 'edited\n');
    await writeFile(join(clone.folder, 'new.txt'), 'untracked\n');
    expect(await follow(clone)).toEqual({ outcome: 'done' });
    expect(await status(clone.folder)).toBe(` M ${NOTE}\n?? new.txt`);
    expect(await content(clone.folder, NOTE)).toBe('edited\n');
    await expectNextCommitKeeps(clone);
  });

  test('that are staged stay staged', async () => {
    const clone = await cloneBehind();
    await writeFile(join(clone.folder, NOTE), 'staged\n');
    await git(clone.folder, 'add', NOTE);
    await writeFile(join(clone.folder, NOTE), 'staged, then edited\n');
    await git(clone.folder, 'rm', '--quiet', 'b.txt');
    expect(await follow(clone)).toEqual({ outcome: 'done' });
    expect((await status(clone.folder)).split('\n').sort()).toEqual(['D  b.txt', `MM ${NOTE}`]);
    expect(await git(clone.folder, 'show', `:${NOTE}`)).toBe('staged');
    await expectNextCommitKeeps(clone);
  });

  test('in one of our files are not touched, but its index entry follows', async () => {
    const clone = await cloneBehind();
    await writeFile(join(clone.folder, JOURNAL), 'edited by hand\n');
    expect(await follow(clone)).toEqual({ outcome: 'partly', left: [JOURNAL] });
    expect(await content(clone.folder, JOURNAL)).toBe('edited by hand\n');
    expect(await content(clone.folder, LATER)).toBe('{"v":1}\n');
    expect(await status(clone.folder)).toBe(` M ${JOURNAL}`);
    await expectNextCommitKeeps(clone);
  });

  test('that are staged in one of our files stay staged', async () => {
    const clone = await cloneBehind();
    await writeFile(join(clone.folder, JOURNAL), 'edited by hand\n');
    await git(clone.folder, 'add', JOURNAL);
    expect(await follow(clone)).toEqual({ outcome: 'partly', left: [JOURNAL] });
    expect(await git(clone.folder, 'show', `:${JOURNAL}`)).toBe('edited by hand');
    expect(await content(clone.folder, LATER)).toBe('{"v":1}\n');
    expect(await status(clone.folder)).toBe(`M  ${JOURNAL}`);
  });

  test('are not brought back: a file of ours that was deleted stays deleted', async () => {
    const clone = await cloneBehind();
    await rm(join(clone.folder, JOURNAL));
    await follow(clone);
    await expect(lstat(join(clone.folder, JOURNAL))).rejects.toThrow(/ENOENT/);
    expect(await status(clone.folder)).toBe(` D ${JOURNAL}`);
    await expectNextCommitKeeps(clone);
  });

  test('are not overwritten if an untracked file is in the way', async () => {
    const clone = await cloneBehind();
    await writeFile(join(clone.folder, LATER), 'mine\n');
    expect(await follow(clone)).toEqual({ outcome: 'partly', left: [LATER] });
    expect(await content(clone.folder, LATER)).toBe('mine\n');
    expect(await content(clone.folder, JOURNAL)).toBe('{"v":1}\n{"v":1}\n');
    await expectNextCommitKeeps(clone);
  });

  /** A clone without a journal, whose branch gets the first one. */
  async function cloneWithout(): Promise<Clone> {
    const folder = await temporaryFolder();
    await git(folder, 'init', '--quiet', '-b', 'main');
    const from = await commitFile(folder, NOTE, 'one\n', 'a note');
    const to = await moveBranch(folder, (other) => commitFile(other, JOURNAL, '{"v":1}\n', 'first'));
    return { folder, from, to };
  }

  test('are not removed if an untracked file has the name of a folder of ours', async () => {
    for (const name of ['messages', 'messages/2026-11']) {
      const clone = await cloneWithout();
      if (name.includes('/')) await mkdir(join(clone.folder, 'messages'));
      await writeFile(join(clone.folder, name), 'my list of messages\n');
      await follow(clone);
      expect(await content(clone.folder, name)).toBe('my list of messages\n');
    }
  });

  test('are not followed if an untracked link has the name of a folder of ours', async () => {
    const clone = await cloneWithout();
    const outside = await temporaryFolder();
    await symlink(outside, join(clone.folder, 'messages'));
    await follow(clone);
    expect(await readlink(join(clone.folder, 'messages'))).toBe(outside);
    expect(await readdir(outside)).toEqual([]);
  });

  test('are not removed if a folder of theirs is in the way of a file of ours', async () => {
    const clone = await cloneWithout();
    await mkdir(join(clone.folder, JOURNAL), { recursive: true });
    await writeFile(join(clone.folder, JOURNAL, 'mine.txt'), 'mine\n');
    await follow(clone);
    expect(await content(clone.folder, join(JOURNAL, 'mine.txt'))).toBe('mine\n');
  });

  test('are left if a folder of ours was replaced by a link, and nothing outside is touched', async () => {
    const clone = await cloneBehind();
    await follow(clone);
    const outside = await temporaryFolder();
    await mkdir(join(outside, '2026-11'), { recursive: true });
    const theirs = join(outside, '2026-11', LATER.split('/').at(-1) as string);
    await writeFile(theirs, '{"v":1}\n');
    await rm(join(clone.folder, 'messages'), { recursive: true });
    await symlink(outside, join(clone.folder, 'messages'));
    const to = await moveBranch(clone.folder, async (other) => {
      await git(other, 'rm', '--quiet', LATER);
      await git(other, 'commit', '--quiet', '-m', 'take out');
      await commitFile(other, JOURNAL, '{"v":1}\n{"v":1}\n{"v":1}\n', 'more');
    });
    await follow({ ...clone, from: clone.to, to });
    expect(await readFile(theirs, 'utf8')).toBe('{"v":1}\n');
    expect(await readlink(join(clone.folder, 'messages'))).toBe(outside);
    expect(await readdir(join(outside, '2026-11'))).toHaveLength(1);
  });
});

describe('a half-done merge', () => {
  test('stays as it is, and can be finished without losing a line', async () => {
    const clone = await cloneBehind();
    const { folder, from } = clone;
    await git(folder, 'branch', 'side', from);
    await git(folder, 'update-ref', 'refs/heads/main', from);
    await commitFile(folder, 'b.txt', 'ours\n', 'ours');
    await git(folder, 'checkout', '--quiet', 'side');
    await commitFile(folder, 'b.txt', 'theirs\n', 'theirs');
    await git(folder, 'checkout', '--quiet', 'main');
    const before = await git(folder, 'rev-parse', 'main');
    await gitFailure(folder, 'merge', 'side');
    const to = await moveBranch(folder, async (other) => {
      await commitFile(other, JOURNAL, '{"v":1}\n{"v":1}\n', 'second');
      await commitFile(other, LATER, '{"v":1}\n', 'third');
    });
    const conflicted = await content(folder, 'b.txt');
    expect(await followBranch(contextOf(folder), 'main', before, to)).toEqual({ outcome: 'done' });
    expect(await content(folder, 'b.txt')).toBe(conflicted);
    expect(await status(folder)).toBe('UU b.txt');
    expect(await git(folder, 'rev-parse', 'MERGE_HEAD')).toBe(await git(folder, 'rev-parse', 'side'));
    await writeFile(join(folder, 'b.txt'), 'both\n');
    await git(folder, 'add', 'b.txt');
    await git(folder, 'commit', '--quiet', '--no-edit');
    expect(await git(folder, 'rev-parse', 'main^1')).toBe(to);
    for (const path of [JOURNAL, LATER])
      expect(await at(folder, 'main', path)).toBe(await at(folder, to, path));
    expect(await status(folder)).toBe('');
  });
});

describe('an index that is locked', () => {
  test('is left alone, and followed once it is free', async () => {
    const clone = await cloneBehind();
    const lock = join(clone.folder, '.git/index.lock');
    await writeFile(lock, '');
    expect(await follow(clone)).toEqual({ outcome: 'locked' });
    expect(await readFile(lock, 'utf8')).toBe('');
    expect(await content(clone.folder, JOURNAL)).toBe('{"v":1}\n');
    await rm(lock);
    expect(await follow(clone)).toEqual({ outcome: 'done' });
    expect(await status(clone.folder)).toBe('');
  });

  test("is left alone if a person's change needs a look at each file", async () => {
    const clone = await cloneBehind();
    await writeFile(join(clone.folder, JOURNAL), 'edited by hand\n');
    const lock = join(clone.folder, '.git/index.lock');
    await writeFile(lock, '');
    expect(await follow(clone)).toEqual({ outcome: 'locked' });
    expect(await content(clone.folder, JOURNAL)).toBe('edited by hand\n');
  });
});

describe('another branch', () => {
  test('that is checked out is left alone', async () => {
    const clone = await cloneBehind();
    await git(clone.folder, 'checkout', '--quiet', '-f', '-b', 'other', clone.from);
    expect(await follow(clone)).toEqual({ outcome: 'elsewhere' });
    expect(await status(clone.folder)).toBe('');
    expect(await git(clone.folder, 'rev-parse', 'HEAD')).toBe(clone.from);
  });

  test('does not happen if HEAD is detached, even at the same commit', async () => {
    const clone = await cloneBehind();
    await git(clone.folder, 'checkout', '--quiet', '-f', '--detach', clone.from);
    expect(await follow(clone)).toEqual({ outcome: 'elsewhere' });
    expect(await content(clone.folder, JOURNAL)).toBe('{"v":1}\n');
    expect(await status(clone.folder)).toBe('');
  });

  test('with a slash in its name is followed like any', async () => {
    const clone = await cloneBehind();
    await git(clone.folder, 'branch', '-m', 'main', 'team/main');
    expect(await followBranch(contextOf(clone.folder), 'team/main', clone.from, clone.to)).toEqual({
      outcome: 'done',
    });
    expect(await status(clone.folder)).toBe('');
  });

  test('that has the name of a tag is followed', async () => {
    const clone = await cloneBehind();
    await git(clone.folder, 'tag', 'main', clone.from);
    expect(await follow(clone)).toEqual({ outcome: 'done' });
    expect(await content(clone.folder, LATER)).toBe('{"v":1}\n');
  });
});

describe('a person who adds everything meanwhile', () => {
  test('stages no older content of what follows', async () => {
    const folder = await temporaryFolder();
    await git(folder, 'init', '--quiet', '-b', 'main');
    const paths = Array.from({ length: 400 }, (_, number) => `messages/2026-11/ann-${number}.jsonl`);
    const write = (content: string) => async (clone: string) => {
      await mkdir(join(clone, 'messages/2026-11'), { recursive: true });
      await Promise.all(paths.map((path) => writeFile(join(clone, path), content)));
      await git(clone, 'add', '--all');
      await git(clone, 'commit', '--quiet', '-m', 'many');
    };
    await write('{"v":1}\n')(folder);
    const from = await git(folder, 'rev-parse', 'main');
    const to = await moveBranch(folder, write('{"v":1}\n{"v":1}\n'));
    let goesOn = true;
    const adding = (async () => {
      // Where the index is held, git says so and the person tries again.
      while (goesOn) await git(folder, 'add', '--all').catch(() => undefined);
    })();
    await vi.waitUntil(
      async () => (await followPathByPath(contextOf(folder), 'main', from, to)).outcome === 'done',
      { timeout: 20_000, interval: 5 },
    );
    goesOn = false;
    await adding;
    expect(await status(folder)).toBe('');
    expect(await git(folder, 'write-tree')).toBe(await git(folder, 'rev-parse', `${to}^{tree}`));
  });
});

test('an index that another git holds is left alone, and so is one that a work was cut off at', async () => {
  const { folder, from, to } = await cloneBehind();
  const context = contextOf(folder);
  const lock = join(folder, '.git/index.lock');
  await writeFile(lock, '');
  expect(await followPathByPath(context, 'main', from, to)).toEqual({ outcome: 'locked' });
  await rm(lock);
  // A copy of ours, and its lock, from a work that was cut off.
  await mkdir(join(folder, '.git/gitpost'), { recursive: true });
  for (const name of ['index', 'index.lock']) await writeFile(join(folder, '.git/gitpost', name), 'cut off');
  expect(await followPathByPath(context, 'main', from, to)).toEqual({ outcome: 'done' });
  expect(await status(folder)).toBe('');
  expect(await readdir(join(folder, '.git/gitpost'))).toEqual([]);
});

test('a clone that takes the place of another one meanwhile gets nothing of the other in its index', async () => {
  const clone = await cloneBehind();
  const parent = await temporaryFolder();
  const [other, away] = [join(parent, 'other'), join(parent, 'away')];
  // The other one has the same commits, but is meant to be at the older one.
  await git(parent, 'clone', '--quiet', clone.folder, other);
  await git(other, 'reset', '--quiet', '--hard', clone.from);
  let isPlaced = false;
  const context = { ...contextOf(clone.folder), isHere: async () => !isPlaced };
  const outcome = await followPathByPath(context, 'main', clone.from, clone.to, () => {
    if (!isPlaced) {
      renameSync(clone.folder, away);
      renameSync(other, clone.folder);
      isPlaced = true;
    }
    return true;
  });
  expect(outcome).toEqual({ outcome: 'locked' });
  expect(await status(clone.folder)).toBe('');
  expect(await status(away)).not.toBe('');
  expect(await readdir(join(clone.folder, '.git'))).not.toContain('index.lock');
});
