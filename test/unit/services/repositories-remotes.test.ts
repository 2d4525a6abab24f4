import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bareRepository, cloneOf, commitFile, git } from '../../support/git.ts';
import { startManager } from '../../support/manager.ts';
import {
  isThere,
  lineNumber,
  otherRemote,
  push,
  rawsIn,
  restOf,
  statusOf,
  textsOf,
} from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/tmp.ts';

describe('an empty remote', () => {
  test('is filled by the first push', async () => {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'empty.git'));
    const managed = await startManager(folder, [remote]);
    expect(statusOf(managed)).toMatchObject({ name: 'empty', branch: 'main', state: 'ready', head: null });
    expect(await push(managed)).toMatchObject({ status: 'up-to-date', pushed: 0, head: null });
    const commit = await managed.add(lineNumber(1));
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await git(remote, 'rev-parse', 'main')).toBe(commit);
  });

  test('that somebody else fills first is joined', async () => {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'empty.git'));
    const managed = await startManager(folder, [remote]);
    const commit = await managed.add(lineNumber(1));
    const other = await cloneOf(remote, join(folder, 'other'));
    await git(other, 'checkout', '--quiet', '-b', 'main');
    await commitFile(other, 'README.md', '# Notes\n', 'a readme');
    await git(other, 'push', '--quiet', 'origin', 'main');
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 1 });
    await git(remote, 'merge-base', '--is-ancestor', commit, 'main');
    expect(await git(remote, 'show', 'main:README.md')).toBe('# Notes');
  });
});

describe('a remote with other content and another default branch', () => {
  test('is taken as it is: branch, files and all', async () => {
    const folder = await temporaryFolder();
    const remote = await otherRemote(folder);
    const before = await restOf(remote, 'trunk');
    const managed = await startManager(folder, [remote]);
    expect(statusOf(managed)).toMatchObject({ branch: 'trunk', state: 'ready', messages: 0 });
    const line = lineNumber(1);
    const commit = await managed.add(line);
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 1, head: commit });
    expect(await git(remote, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/trunk');
    expect(await restOf(remote, 'trunk')).toEqual(before);
    expect(await rawsIn(remote, 'trunk')).toEqual([line.raw]);
    await managed.close();
    expect(await git(managed.clone(), 'symbolic-ref', 'HEAD')).toBe('refs/heads/trunk');
    expect(await readFile(join(managed.clone(), 'README.md'), 'utf8')).toContain('# Notes');
  });

  test('keeps what a person changes there, committed or not', async () => {
    const folder = await temporaryFolder();
    const remote = await otherRemote(folder, 'main');
    const managed = await startManager(folder, [remote]);
    await managed.add(lineNumber(1));
    await push(managed);
    await managed.manager.find('remote')?.refresh();
    const clone = managed.clone();
    await expect.poll(() => isThere(join(clone, 'run.sh')), { timeout: 4000 }).toBe(true);
    await writeFile(join(clone, 'run.sh'), '#!/bin/sh\necho edited\n');
    await writeFile(join(clone, 'mine.txt'), 'mine\n');
    const other = await cloneOf(remote, join(folder, 'other'));
    const theirs = await commitFile(other, 'b.txt', 'b\n', 'by another person');
    await git(other, 'push', '--quiet', 'origin', 'main');
    await managed.add(lineNumber(2));
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 1 });
    await git(remote, 'merge-base', '--is-ancestor', theirs, 'main');
    await managed.close();
    expect(await readFile(join(clone, 'run.sh'), 'utf8')).toBe('#!/bin/sh\necho edited\n');
    expect(await git(clone, 'status', '--porcelain')).toBe(' M run.sh\n?? mine.txt');
    expect(await readFile(join(clone, 'b.txt'), 'utf8')).toMatch(/^b\r?\n$/);
  });

  test("is not pushed to if both changed one of a person's files, and captures continue", async () => {
    const folder = await temporaryFolder();
    const remote = await otherRemote(folder, 'main');
    const managed = await startManager(folder, [remote]);
    const clone = managed.clone();
    const mine = await cloneOf(clone, join(folder, 'mine'));
    await commitFile(mine, 'README.md', '# Mine\n', 'mine');
    await git(clone, 'fetch', '--quiet', mine, 'main:refs/mine');
    await git(clone, 'update-ref', 'refs/heads/main', 'refs/mine');
    const other = await cloneOf(remote, join(folder, 'other'));
    const theirs = await commitFile(other, 'README.md', '# Theirs\n', 'theirs');
    await git(other, 'push', '--quiet', 'origin', 'main');
    expect(await push(managed)).toMatchObject({
      status: 'conflicted',
      pushed: 0,
      detail: expect.stringContaining('README.md'),
      action: expect.stringMatching(/\S/),
    });
    expect(await git(remote, 'rev-parse', 'main')).toBe(theirs);
    const commit = await managed.add(lineNumber(1));
    expect(await git(clone, 'rev-parse', 'main')).toBe(commit);
    expect(statusOf(managed)).toMatchObject({ state: 'conflicted', error: { detail: expect.any(String) } });
  });
});

describe('a remote that cannot be reached', () => {
  test('is never made by the app, and captures continue', async () => {
    const folder = await temporaryFolder();
    const remote = join(folder, 'not', 'there.git');
    const managed = await startManager(folder, [remote]);
    expect(statusOf(managed)).toMatchObject({ name: 'there', state: 'offline', branch: 'main' });
    await managed.add(lineNumber(1));
    expect(await push(managed)).toMatchObject({ status: 'offline', pushed: 0, pulled: 0 });
    expect(statusOf(managed)).toMatchObject({ state: 'offline', ahead: 1, messages: 1 });
    expect(await isThere(join(folder, 'not'))).toBe(false);
  });

  test('is joined once it comes, under its own branch, and nothing is lost', async () => {
    const folder = await temporaryFolder();
    const place = join(folder, 'later.git');
    const managed = await startManager(folder, [place]);
    const commits = [await managed.add(lineNumber(1)), await managed.add(lineNumber(2))];
    const remote = await otherRemote(folder);
    const work = await cloneOf(remote, join(folder, 'again'));
    const foreign = lineNumber(9);
    await commitFile(work, 'messages/other.jsonl', `${foreign.raw}\n`, 'another program');
    await git(work, 'push', '--quiet', 'origin', 'trunk');
    const before = await restOf(remote, 'trunk');
    const tip = await git(remote, 'rev-parse', 'trunk');
    await rename(remote, place);
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 2, pulled: 1 });
    expect(statusOf(managed)).toMatchObject({ branch: 'trunk', state: 'ready', ahead: 0, behind: 0 });
    expect(await git(place, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/trunk');
    expect(await restOf(place, 'trunk')).toEqual(before);
    for (const commit of [...commits, tip]) await git(place, 'merge-base', '--is-ancestor', commit, 'trunk');
    expect(new Set(await rawsIn(place, 'trunk'))).toEqual(
      new Set([lineNumber(1), lineNumber(2), foreign].map(({ raw }) => raw)),
    );
    expect(await textsOf(managed)).toEqual(['message 9', 'message 2', 'message 1']);
    const next = await managed.add(lineNumber(3));
    expect(await git(managed.clone(), 'rev-parse', 'trunk')).toBe(next);
    await managed.close();
    expect(await git(managed.clone(), 'symbolic-ref', 'HEAD')).toBe('refs/heads/trunk');
    expect(await git(managed.clone(), 'status', '--porcelain')).toBe('');
    expect(await git(managed.clone(), 'branch', '--format=%(refname)')).toBe('refs/heads/trunk');
  });

  test('is not joined if the clone has another branch of that name', async () => {
    const folder = await temporaryFolder();
    const place = join(folder, 'later.git');
    const managed = await startManager(folder, [place]);
    const commit = await managed.add(lineNumber(1));
    await git(managed.clone(), 'branch', 'trunk', commit);
    const remote = await otherRemote(folder);
    const tip = await git(remote, 'rev-parse', 'trunk');
    await rename(remote, place);
    expect(await push(managed)).toMatchObject({
      status: 'conflicted',
      detail: expect.stringContaining('trunk'),
      action: expect.stringContaining('trunk'),
    });
    expect(statusOf(managed)).toMatchObject({ branch: 'main', state: 'conflicted' });
    expect(await git(place, 'rev-parse', 'trunk')).toBe(tip);
    expect(await git(managed.clone(), 'branch', '--format=%(refname:short)')).toBe('main\ntrunk');
    await git(managed.clone(), 'branch', '-m', 'trunk', 'something');
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 1 });
  });
});

describe('someone who begins with nothing and names a repository later', () => {
  async function begun(root: string): Promise<string[]> {
    const managed = await startManager(root);
    const commits = [await managed.add(lineNumber(1)), await managed.add(lineNumber(2))];
    await push(managed);
    await managed.close();
    return commits;
  }

  test('takes the messages along under the new name', async () => {
    const root = await temporaryFolder();
    const commits = await begun(root);
    const remote = await otherRemote(root, 'main');
    const theirs = await git(remote, 'rev-parse', 'main');
    const place = join(root, 'notes.git');
    await rename(remote, place);
    const managed = await startManager(root, [place]);
    expect(managed.manager.names()).toEqual(['notes']);
    expect(await readdir(join(root, 'repos'))).toEqual(['notes']);
    expect(await git(managed.clone(), 'remote', 'get-url', 'origin')).toBe(place);
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 2 });
    for (const commit of [...commits, theirs])
      await git(place, 'merge-base', '--is-ancestor', commit, 'main');
    expect(await textsOf(managed)).toEqual(['message 2', 'message 1']);
    expect(statusOf(managed)).toMatchObject({ primary: true, messages: 2, state: 'ready' });
    expect(managed.mirror.countIn('messages')).toBe(0);
  });

  test('takes them along under the same name, too', async () => {
    const root = await temporaryFolder();
    const commits = await begun(root);
    const place = await bareRepository(join(root, 'github', 'messages.git'));
    const managed = await startManager(root, [place]);
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 2 });
    expect(await git(place, 'rev-parse', 'main')).toBe(commits[1]);
    expect(statusOf(managed)).toMatchObject({ url: place, state: 'ready', ahead: 0 });
  });

  test('keeps an existing clone of that name, and the old one next to it', async () => {
    const root = await temporaryFolder();
    await begun(root);
    const remote = await bareRepository(join(root, 'notes.git'));
    await (await startManager(root, ['messages', remote])).close();
    const managed = await startManager(root, [remote]);
    expect(managed.manager.names().sort()).toEqual(['messages', 'notes']);
    expect(await rawsIn(managed.clone('messages'))).toHaveLength(2);
    expect(statusOf(managed)).toMatchObject({ name: 'notes', messages: 0, primary: true });
    expect(statusOf(managed, 'messages')).toMatchObject({ messages: 2, primary: false });
  });

  test('leaves a clone alone whose remote is none of the app', async () => {
    const root = await temporaryFolder();
    const [one, two] = [
      await bareRepository(join(root, 'one.git')),
      await bareRepository(join(root, 'two.git')),
    ];
    const before = await startManager(root, [one]);
    await before.add(lineNumber(1));
    await before.close();
    const managed = await startManager(root, [two]);
    expect(managed.manager.names().sort()).toEqual(['one', 'two']);
    expect(statusOf(managed, 'one')).toMatchObject({ messages: 1, primary: false });
  });
});

describe('a clone whose remote becomes another', () => {
  test('joins both, and nothing of the old remote is taken for the new one', async () => {
    const root = await temporaryFolder();
    const one = await bareRepository(join(root, 'one', 'notes.git'));
    const before = await startManager(root, [one]);
    const commit = await before.add(lineNumber(1));
    await push(before);
    const work = await cloneOf(one, join(root, 'work'));
    await git(work, 'push', '--quiet', 'origin', 'HEAD:other');
    await git(before.clone(), 'fetch', '--quiet');
    await before.close();
    const two = await bareRepository(join(root, 'two', 'notes.git'));
    const elsewhere = await cloneOf(two, join(root, 'elsewhere'));
    await git(elsewhere, 'checkout', '--quiet', '-b', 'main');
    await commitFile(elsewhere, 'messages/other.jsonl', `${lineNumber(7).raw}\n`, 'another');
    await git(elsewhere, 'push', '--quiet', 'origin', 'main');
    const managed = await startManager(root, [two]);
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 1 });
    await git(two, 'merge-base', '--is-ancestor', commit, 'main');
    expect(await textsOf(managed)).toEqual(['message 7', 'message 1']);
    expect(statusOf(managed)).toMatchObject({ state: 'ready', url: two });
    expect(await git(managed.clone(), 'for-each-ref', '--format=%(refname)', 'refs/remotes')).toBe(
      'refs/remotes/origin/main',
    );
  });
});
