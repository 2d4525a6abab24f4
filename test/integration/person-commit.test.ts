import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { leaveLock } from '../support/clone-state.ts';
import { startDevice } from '../support/device.ts';
import { bareRepository, cloneOf, commitFile, git } from '../support/git.ts';
import { whileThere } from '../support/git-wrapper.ts';
import { rounds } from '../support/rounds.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

test("a person's commit before anything was checked out leaves no message out of the next one", async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const trouble: unknown[] = [];
  const device = await startDevice(folder, [remote], trouble);
  onTestFinished(() => device.stop());
  const [clone] = device.clones;
  const { status, json } = await device.request('POST', '/messages', { text: 'Captured' });
  expect(status).toBe(201);
  // The index does not hold the journal yet, and this commit leaves it so.
  await commitFile(clone, 'own.txt', 'own', 'A file of my own');
  await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');

  await commitFile(clone, 'other.txt', 'other', 'Another');
  await git(clone, 'add', '--all');
  await git(clone, 'commit', '--quiet', '--allow-empty', '-m', 'All that there is');
  expect((await device.request('POST', '/push')).status).toBe(200);
  expect((await device.request('GET', `/messages/${(json as { id: string }).id}`)).status).toBe(200);
  expect(await git(remote, 'grep', '-c', 'Captured', 'main')).toMatch(/:1$/);
  expect(trouble).toEqual([]);
});

test.each([
  ['at the first contact', 0],
  ['later on', 1],
])('a plain commit right after a pull takes nothing out that came in: %s', async (_, earlier) => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const trouble: unknown[] = [];
  const [ann, bob] = await Promise.all(
    ['ann', 'bob'].map(async (name) => {
      await mkdir(join(folder, name));
      const device = await startDevice(join(folder, name), [remote], trouble);
      onTestFinished(() => device.stop());
      return device;
    }),
  );
  if (!ann || !bob) throw new Error('Both were started');
  for (let number = 0; number < earlier; number += 1) {
    expect((await bob.request('POST', '/messages', { text: `Before ${number}` })).status).toBe(201);
    await eventually(async () => (await git(bob.clones[0], 'status', '--porcelain')) === '');
    expect((await bob.request('POST', '/push')).status).toBe(200);
  }
  expect((await ann.request('POST', '/messages', { text: 'From Ann' })).status).toBe(201);
  expect((await ann.request('POST', '/push')).status).toBe(200);

  expect((await bob.request('POST', '/pull')).status).toBe(200);
  await writeFile(join(bob.clones[0], 'own.txt'), 'own');
  await git(bob.clones[0], 'add', 'own.txt');
  await git(bob.clones[0], 'commit', '--quiet', '-m', 'Mine');
  for (const device of [bob, ann]) {
    expect((await device.request('POST', '/push')).status).toBe(200);
    const { json } = await device.request('GET', '/messages');
    expect((json as { text: string }[]).map(({ text }) => text)).toContain('From Ann');
  }
  expect(await git(remote, 'show', 'main:own.txt')).toBe('own');
  expect(trouble).toEqual([]);
});

test("a plain commit right after a pull takes back none of the person's own files that came in", async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const elsewhere = await cloneOf(remote, join(folder, 'elsewhere'));
  await commitFile(elsewhere, 'folder/changed.txt', 'before', 'A file');
  await commitFile(elsewhere, 'removed.txt', 'before', 'Another');
  await git(elsewhere, 'push', '--quiet', 'origin', 'HEAD:main');
  const trouble: unknown[] = [];
  const device = await startDevice(folder, [remote], trouble);
  onTestFinished(() => device.stop());
  const [clone] = device.clones;
  await eventually(async () => (await git(clone, 'ls-files')) === 'folder/changed.txt\nremoved.txt');

  // What the person will commit: all as it is now, and a folder where a file will be.
  await git(elsewhere, 'checkout', '--quiet', '-b', 'later');
  await commitFile(elsewhere, 'replaced/own.txt', 'own', 'Mine');
  await git(clone, 'fetch', '--quiet', elsewhere, 'later');
  const tree = await git(clone, 'rev-parse', 'FETCH_HEAD^{tree}');
  await git(elsewhere, 'checkout', '--quiet', 'main');

  await commitFile(elsewhere, 'folder/changed.txt', 'after', 'Changed');
  await commitFile(elsewhere, 'folder/new ä.txt', 'new', 'New');
  await commitFile(elsewhere, 'replaced', 'new', 'Replaced');
  await git(elsewhere, 'rm', '--quiet', 'removed.txt');
  await git(elsewhere, 'commit', '--quiet', '-m', 'Removed');
  await git(elsewhere, 'push', '--quiet', 'origin', 'HEAD:main');
  expect((await device.request('POST', '/pull')).status).toBe(200);
  // As a git does that has read the index before the pull and writes its commit after it.
  const commit = await git(clone, 'commit-tree', '-p', 'HEAD', '-m', 'Mine', tree);
  await git(clone, 'update-ref', '-m', 'commit: Mine', 'HEAD', commit);

  expect((await device.request('POST', '/push')).status).toBe(200);
  const files = ['folder/changed.txt', 'folder/new ä.txt', 'replaced/own.txt'];
  expect(
    (await git(remote, 'ls-tree', '-r', '-z', '--name-only', 'main')).split('\0').filter(Boolean),
  ).toEqual(files);
  expect(await git(remote, 'show', 'main:folder/changed.txt')).toBe('after');
  expect(await git(remote, 'show', 'main:replaced/own.txt')).toBe('own');
  expect(await git(remote, 'log', '-1', '--format=%s%n%P', 'main')).toBe(
    `Keep files that a commit left out\n${commit}`,
  );
  expect(trouble).toEqual([]);
});

test('a line that is taken out and put back before index and work tree can follow is there', async () => {
  const folder = await temporaryFolder();
  const trouble: unknown[] = [];
  const device = await startDevice(folder, [await bareRepository(join(folder, 'shared.git'))], trouble);
  onTestFinished(device.stop);
  const [clone] = device.clones;
  await device.request('POST', '/messages', { text: 'Captured' });
  await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
  const shown = async () => ((await device.request('GET', '/messages')).json as unknown[]).length;
  const commit = async (tree: string) => {
    const id = await git(clone, 'commit-tree', '-p', 'HEAD', '-m', 'By hand', tree);
    await git(clone, 'update-ref', '-m', 'commit: By hand', 'HEAD', id);
    return id;
  };
  const [without, withIt] = [
    await git(clone, 'hash-object', '-t', 'tree', '-w', '/dev/null'),
    'HEAD~1^{tree}',
  ];
  await leaveLock(clone, 'index.lock');
  await rename(join(clone, 'messages'), join(clone, '.git/aside'));
  await commit(without);
  await eventually(async () => (await shown()) === 0);
  await rename(join(clone, '.git/aside'), join(clone, 'messages'));
  const last = await commit(withIt);
  await eventually(async () => (await shown()) === 1);
  expect(await git(clone, 'rev-parse', 'main')).toBe(last);
  await rm(join(clone, '.git/index.lock'));
  expect((await device.request('POST', '/push')).status).toBe(200);
  expect(await git(clone, 'rev-parse', 'main')).toBe(last);
  expect(await shown()).toBe(1);
  expect(trouble).toEqual([]);
});

test('a line that moves to another journal stays, whatever the settings for grep, and one that moves elsewhere goes', async () => {
  const folder = await temporaryFolder();
  const device = await startDevice(folder, [await bareRepository(join(folder, 'shared.git'))], []);
  onTestFinished(device.stop);
  const [clone] = device.clones;
  await device.request('POST', '/messages', { text: 'Moved' });
  await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
  const journal = await git(clone, 'ls-files', 'messages');
  const settings = [
    ['grep.lineNumber', 'true'],
    ['grep.column', 'true'],
    ['grep.fullName', 'true'],
    ['color.grep', 'always'],
  ] as const;
  for (const [name, value] of settings) await git(clone, 'config', name, value);
  const shownAtHead = async () => {
    const head = await git(clone, 'rev-parse', 'HEAD');
    await eventually(async () => {
      const { json } = await device.request('GET', '/repositories/shared');
      return (json as { head: string }).head === head;
    });
    return ((await device.request('GET', '/messages')).json as unknown[]).length;
  };
  await mkdir(join(clone, 'messages/two'));
  await copyFile(join(clone, journal), join(clone, 'messages/two/copy.jsonl'));
  await git(clone, 'add', '--all');
  await git(clone, 'commit', '--quiet', '-m', 'A copy');
  expect(await shownAtHead()).toBe(1);
  await git(clone, 'rm', '--quiet', journal);
  await git(clone, 'commit', '--quiet', '-m', 'The copy alone');
  expect(await shownAtHead()).toBe(1);
  await git(clone, 'mv', 'messages/two/copy.jsonl', 'messages/two/copy.jsonl.bak');
  await git(clone, 'commit', '--quiet', '-m', 'No journal any more');
  // The new head is shown a moment before its journals have been read.
  await eventually(async () => (await shownAtHead()) === 0);
});

// Several at once, each with another pause, so that one commit comes while the one before it is looked at.
test.each(Array.from({ length: rounds(1, 2) }, (_, n) => n))(
  'two commits in a row in the moment after a message take nothing out (%i)',
  async () => {
    const trouble: unknown[] = [];
    const all = await Promise.all(
      Array.from({ length: rounds(3, 5) }, async () => {
        const folder = await temporaryFolder();
        const device = await startDevice(folder, [await bareRepository(join(folder, 'shared.git'))], trouble);
        onTestFinished(device.stop);
        return device;
      }),
    );
    await Promise.all(
      all.map(async ({ request, clones: [clone] }, index) => {
        expect((await request('POST', '/messages', { text: 'First' })).status).toBe(201);
        expect((await request('POST', '/messages', { text: 'Second' })).status).toBe(201);
        await commitFile(clone, 'notes.txt', 'mine', 'Notes');
        await delay(index * rounds(50, 30));
        await writeFile(join(clone, 'notes.txt'), 'mine, and more');
        await git(clone, 'add', '--all');
        await git(clone, 'commit', '--quiet', '-m', 'All');
        expect((await request('POST', '/pull')).status).toBe(200);
        const { json } = await request('GET', '/messages');
        expect((json as { text: string }[]).map(({ text }) => text).sort()).toEqual(['First', 'Second']);
      }),
    );
    expect(trouble).toEqual([]);
  },
);

test('what a commit left out comes back, although a program commits again and again', async () => {
  const folder = await temporaryFolder();
  const trouble: unknown[] = [];
  const remote = await bareRepository(join(folder, 'shared.git'));
  const calls = join(folder, 'calls');
  // Before gitpost makes the commit that puts the line back, the branch moves on. That happens three times.
  await whileThere(
    join(folder, 'busy'),
    'commit-tree|mktree',
    folder,
    `echo $word >> ${calls}
      if [ $word = commit-tree ] && [ $(grep -c commit-tree ${calls}) -le 3 ]; then
        tree=$($git rev-parse 'main^{tree}')
        $git update-ref refs/heads/main $($git -c user.name=Bot -c user.email=bot@example.org commit-tree -p main -m Bot $tree)
      fi`,
  );
  const device = await startDevice(folder, [remote], trouble);
  onTestFinished(device.stop);
  const [clone] = device.clones;
  await device.request('POST', '/messages', { text: 'In the index' });
  await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
  await leaveLock(clone, 'index.lock');
  await device.request('POST', '/messages', { text: 'Left out' });
  const commit = await git(clone, 'commit-tree', '-p', 'main', '-m', 'Mine', 'main~1^{tree}');
  await writeFile(join(folder, 'busy'), '');
  await git(clone, 'update-ref', 'refs/heads/main', commit);

  expect((await device.request('POST', '/messages', { text: 'Later' })).status).toBe(201);
  const journal = await git(clone, 'grep', '-h', 'text', 'main', '--', 'messages');
  for (const text of ['In the index', 'Left out', 'Later']) expect(journal).toContain(text);
  expect((await git(clone, 'log', '-6', '--format=%s', 'main')).split('\n')).toEqual([
    'Later',
    'Keep messages that a commit left out',
    'Bot',
    'Bot',
    'Bot',
    'Mine',
  ]);
  expect((await readFile(calls, 'utf8')).match(/mktree/g)).toHaveLength(3);
  expect(trouble).toEqual([]);
});
