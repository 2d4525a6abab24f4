import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Api, expected, problemOf } from '../support/api.ts';
import { statusOf } from '../support/clone-state.ts';
import { git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { lineOf } from '../support/journal.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const use = (api: Api, branch: string) => api.send('PATCH', '/repositories/messages', { json: { branch } });
const headOf = (clone: string) => git(clone, 'symbolic-ref', '--short', 'HEAD');
const branchesOf = (clone: string) => git(clone, 'for-each-ref', '--format=%(refname:short)', 'refs/heads');

/** A running gitpost whose clone has the branches `main` and `topic`, with a file of a person's that differs. */
async function startWithTopic() {
  const folder = await temporaryFolder();
  const here = await startHere({ folder });
  const clone = join(folder, 'repos/messages');
  await here.api.create({ text: 'First' });
  await eventually(async () => (await statusOf(clone)).length === 0);
  await writeFile(join(clone, 'notes.txt'), 'On main\n');
  await writeFile(join(clone, 'only-main.txt'), 'Only on main\n');
  await git(clone, 'add', '.');
  await git(clone, 'commit', '--quiet', '-m', 'Notes');
  await git(clone, 'checkout', '--quiet', '-b', 'topic');
  await git(clone, 'rm', '--quiet', 'only-main.txt');
  await writeFile(join(clone, 'notes.txt'), 'On the topic\n');
  await writeFile(join(clone, 'only-topic.txt'), 'Only on the topic\n');
  await git(clone, 'add', '.');
  await git(clone, 'commit', '--quiet', '-m', 'Notes on the topic');
  await git(clone, 'checkout', '--quiet', 'main');
  return { ...here, clone };
}

test('what a program has just appended is captured before another branch is checked out, both ways', async () => {
  const { api, folder, troubles } = await startHere();
  const clone = join(folder, 'repos/messages');
  await api.create({ text: 'First' });
  const append = async (name: string, text: string) => {
    const file = join(clone, 'messages/bots', name);
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, `${lineOf({ id: randomUUID(), text })}\n`);
  };
  const change = async (branch: string) => {
    expected(await use(api, branch), 200);
    expect(await headOf(clone)).toBe(branch);
  };
  await append('a.jsonl', 'On main');
  await change('topic');
  await append('a.jsonl', 'On the topic');
  await append('b.jsonl', 'On the topic, in a new file');
  await change('main');
  expect(await git(clone, 'show', 'main:messages/bots/a.jsonl')).not.toContain('topic');
  expect(await git(clone, 'show', 'topic:messages/bots/a.jsonl')).toContain('On the topic');
  expect(await git(clone, 'show', 'topic:messages/bots/b.jsonl')).toContain('in a new file');
  await eventually(async () => (await statusOf(clone)).length === 0);
  expect(troubles).toEqual([]);
});

describe('a switch that git refuses changes nothing, says why, and works afterwards:', () => {
  test('an uncommitted change', async () => {
    const { api, clone, troubles } = await startWithTopic();
    await writeFile(join(clone, 'notes.txt'), 'Not committed\n');
    const { title, detail } = problemOf(await use(api, 'topic'), 409);
    expect(title).toBe('Branch cannot be checked out');
    expect(detail).toContain('uncommitted changes in files that are different there (notes.txt)');
    expect(await headOf(clone)).toBe('main');
    expect(await readFile(join(clone, 'notes.txt'), 'utf8')).toBe('Not committed\n');
    expect((await api.repository()).branch).toBe('main');

    const { id } = await api.create({ text: 'Still on main' });
    expect(await git(clone, 'log', '-1', '--format=%B', 'main')).toContain(id);
    await git(clone, 'checkout', '--quiet', '--', 'notes.txt');
    expected(await use(api, 'topic'), 200);
    expect(await headOf(clone)).toBe('topic');
    expect(troubles).toEqual([]);
  });

  test('new files that are in the way, of which the first few are named', async () => {
    const { api, clone } = await startWithTopic();
    await git(clone, 'checkout', '--quiet', 'topic');
    const names = ['é.txt', 'with space.txt', 'c.txt', 'd.txt', 'e.txt'];
    for (const name of names) await writeFile(join(clone, name), 'committed\n');
    await git(clone, 'add', '.');
    await git(clone, 'commit', '--quiet', '-m', 'More');
    await git(clone, 'checkout', '--quiet', 'main');
    for (const name of names) await writeFile(join(clone, name), 'new\n');
    expect(problemOf(await use(api, 'topic'), 409).detail).toContain('(c.txt, d.txt, e.txt and 2 more)');
    await Promise.all(names.slice(2).map((name) => rm(join(clone, name))));
    expect(problemOf(await use(api, 'topic'), 409).detail).toContain('(with space.txt, é.txt)');
    expect(await headOf(clone)).toBe('main');
  });

  test('a line that a program has not finished', async () => {
    const { api, clone } = await startHere().then((here) => ({
      ...here,
      clone: join(here.folder, 'repos/messages'),
    }));
    await api.create({ text: 'First' });
    expected(await use(api, 'topic'), 200);
    const file = join(clone, 'messages/bots/a.jsonl');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${lineOf({ id: randomUUID(), text: 'On the topic' })}\n`);
    expected(await use(api, 'main'), 200);
    expected(await use(api, 'topic'), 200);
    const second = lineOf({ id: randomUUID(), text: 'Written in two parts' });
    await appendFile(file, second.slice(0, 20));
    expect(problemOf(await use(api, 'main'), 409).detail).toContain('messages/bots/a.jsonl');
    expect((await api.repository()).branch).toBe('topic');
    await appendFile(file, `${second.slice(20)}\n`);
    expected(await use(api, 'main'), 200);
    expect(await git(clone, 'show', 'topic:messages/bots/a.jsonl')).toContain('Written in two parts');
  });

  test('a merge with conflicts', async () => {
    const { api, clone } = await startWithTopic();
    await git(clone, 'checkout', '--quiet', '-b', 'third', 'main~1');
    await writeFile(join(clone, 'notes.txt'), 'On the third\n');
    await git(clone, 'add', '.');
    await git(clone, 'commit', '--quiet', '-m', 'Notes on the third');
    await git(clone, 'checkout', '--quiet', 'main');
    await expect(git(clone, 'merge', '--quiet', 'third')).rejects.toThrow();
    expect(problemOf(await use(api, 'topic'), 409).detail).toContain(
      'a merge with conflicts is not finished (notes.txt)',
    );
    await git(clone, 'merge', '--abort');
    expected(await use(api, 'topic'), 200);
  });

  test('another work tree that has the branch', async () => {
    const { api, clone, folder } = await startWithTopic();
    const other = join(folder, 'other tree');
    await git(clone, 'worktree', 'add', '--quiet', other, 'topic');
    expect(problemOf(await use(api, 'topic'), 409).detail).toContain(`another work tree, ${other}`);
    await git(clone, 'worktree', 'remove', other);
    expected(await use(api, 'topic'), 200);
  });

  test('a lock of another git, on the configuration or the index', async () => {
    const { api, clone } = await startWithTopic();
    for (const lock of ['config.lock', 'index.lock']) {
      await writeFile(join(clone, '.git', lock), '');
      expect(await use(api, 'topic'), lock).toMatchObject({ status: 503 });
      expect(await use(api, 'new'), lock).toMatchObject({ status: 503 });
      expect(await headOf(clone)).toBe('main');
      expect(await branchesOf(clone), lock).toBe('main\ntopic');
      await rm(join(clone, '.git', lock));
    }
    expected(await use(api, 'topic'), 200);
  });
});

describe('gitpost is killed while it switches the branch:', () => {
  test('after git has checked it out, it continues there', async () => {
    const { stop, folder, clone } = await startWithTopic();
    await stop();
    await git(clone, 'config', 'gitpost.nextBranch', 'topic');
    await git(clone, 'checkout', '--quiet', 'topic');
    const { api, troubles } = await startHere({ folder });
    const { id } = await api.create({ text: 'On the topic' });
    expect((await api.repository()).branch).toBe('topic');
    expect(await git(clone, 'log', '-1', '--format=%B', 'topic')).toContain(id);
    await eventually(async () => (await statusOf(clone)).length === 0);
    expect(await git(clone, 'config', 'gitpost.nextBranch')).toBe('');
    expect(troubles).toEqual([]);
  });

  test('while git writes the files, they are as they were, and changes of a person stay', async () => {
    const { stop, folder, clone } = await startWithTopic();
    await stop();
    await git(clone, 'config', 'gitpost.nextBranch', 'topic');
    await writeFile(join(clone, 'notes.txt'), 'On the topic\n');
    await writeFile(join(clone, 'only-topic.txt'), 'Only on');
    await rm(join(clone, 'only-main.txt'));
    await writeFile(join(clone, 'mine.txt'), 'Mine\n');
    const { api } = await startHere({ folder });
    await api.create({ text: 'On main' });
    expect((await api.repository()).branch).toBe('main');
    await eventually(async () => (await statusOf(clone)).length === 1);
    expect(await statusOf(clone)).toEqual(['?? mine.txt']);
    expected(await use(api, 'topic'), 200);
    expect(await headOf(clone)).toBe('topic');
  });
});
