import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { statusOf as changesIn, leaveLock } from '../../../support/clone-state.ts';
import { git, gitFailure } from '../../../support/git.ts';
import { journalPaths } from '../../../support/journal.ts';
import { startManager } from '../../../support/manager.ts';
import { preparedFolder } from '../../../support/prepared.ts';
import { isThere, lineNumber, textsOf } from '../../../support/repositories.ts';
import { eventually } from '../../../support/wait.ts';

const copy = preparedFolder(async (folder) => {
  const managed = await startManager(folder);
  const state = { folder, managed, clone: managed.clone(), number: 0 };
  await capture(state);
  await capture(state);
  await settled(state);
  await managed.close();
});

/** A gitpost with two messages that index and work tree have followed. */
async function scene() {
  const folder = await copy();
  const managed = await startManager(folder);
  return { folder, managed, clone: managed.clone(), number: 2 };
}

type Scene = Awaited<ReturnType<typeof scene>>;

async function capture(state: Scene): Promise<void> {
  state.number += 1;
  await state.managed.add(lineNumber(state.number));
}

/** Waits until index and work tree are what the branch holds. */
async function settled({ clone }: Scene, left: readonly string[] = []): Promise<void> {
  await eventually(async () => {
    expect(await changesIn(clone)).toEqual(left);
    return true;
  });
}

const follow = ({ managed }: Scene) => managed.manager.find('messages')?.refreshDetails();

async function restart(state: Scene): Promise<void> {
  await state.managed.close();
  state.managed = await startManager(state.folder);
}

/** Judges that every message is shown, and that a commit of everything takes none away. */
async function judge(state: Scene): Promise<void> {
  const { clone } = state;
  await writeFile(join(clone, 'mine.txt'), `mine ${state.number}\n`);
  await git(clone, 'add', 'mine.txt');
  await git(clone, 'commit', '-q', '-a', '-m', 'Mine');
  await expectAll(state);
  await capture(state);
  await settled(state);
  await expectAll(state);
}

async function expectAll({ managed, number }: Scene): Promise<void> {
  await managed.manager.find('messages')?.refresh();
  expect((await textsOf(managed)).length).toBe(number);
  expect(managed.troubles).toEqual([]);
}

/** What is started in `work` uses a git of which one command takes two seconds more. */
async function withSlow(command: string, folder: string, work: () => Promise<void>): Promise<void> {
  const [path, real] = [process.env.PATH, join(await git(folder, '--exec-path'), 'git')];
  const script = `#!/bin/sh\nfor word; do [ "$word" = ${command} ] && touch ${folder}/began && sleep 2; done\nexec ${real} "$@"\n`;
  await mkdir(join(folder, 'slow'));
  await writeFile(join(folder, 'slow/git'), script, { mode: 0o755 });
  process.env.PATH = `${join(folder, 'slow')}:${path}`;
  try {
    await work();
  } finally {
    process.env.PATH = path;
  }
}

const [lose, reset] = [
  ({ clone }: Scene) => rm(join(clone, '.git/index'), { force: true }),
  ({ clone }: Scene) => git(clone, 'reset', '-q'),
];
const elsewhere = async ({ clone, folder }: Scene) => {
  await git(clone, 'config', 'core.worktree', folder);
};
const back = ({ clone }: Scene) => git(clone, 'config', '--unset', 'core.worktree');

const orders = new Map<string, readonly ((state: Scene) => Promise<unknown> | undefined)[]>([
  ['the index is lost', [lose]],
  ['the index is lost, and followed', [lose, follow]],
  ['the index is lost before captures', [lose, capture, capture]],
  ['and git reset makes a new one before the capture', [lose, reset, capture]],
  ['and git reset makes a new one after captures', [lose, capture, capture, reset, capture]],
  ['and git reset makes a new one at the end', [lose, capture, capture, reset]],
  [
    'and git reset makes a new one while gitpost does not run',
    [lose, capture, (state) => state.managed.close(), reset, restart],
  ],
  ['and gitpost starts again without one', [lose, capture, restart]],
  ['and gitpost starts again, and then it is made', [lose, capture, restart, reset, capture]],
  ['twice', [lose, capture, lose, capture, reset, lose, capture]],
  ['the work tree is elsewhere for a while', [elsewhere, capture, capture, follow, back]],
  [
    'the work tree is elsewhere for a while, with a capture after it',
    [elsewhere, capture, follow, back, capture],
  ],
  ['the work tree is elsewhere over a restart', [elsewhere, capture, restart, capture, follow, back]],
  [
    'the work tree is elsewhere, and the index is lost',
    [elsewhere, capture, lose, capture, follow, back, capture],
  ],
  ['the index is lost, and the work tree is elsewhere', [lose, elsewhere, capture, follow, back, reset]],
]);

for (const [name, steps] of orders) {
  test(`the work tree follows again: ${name}`, async () => {
    const state = await scene();
    for (const step of steps) await step(state);
    await follow(state);
    await settled(state);
    await judge(state);
    await restart(state);
    await settled(state);
    await expectAll(state);
    await git(state.clone, 'fsck', '--strict', '--no-dangling');
  });
}

test('a commit that was made without the index takes no message away', async () => {
  const state = await scene();
  await lose(state);
  await writeFile(join(state.clone, 'mine.txt'), 'mine\n');
  await git(state.clone, 'add', 'mine.txt');
  await git(state.clone, 'commit', '-q', '-m', 'Mine');
  await expectAll(state);
  expect(await git(state.clone, 'show', 'main:mine.txt')).toBe('mine');
  await capture(state);
  await settled(state);
  await judge(state);
});

test('a commit that takes a journal out takes its file out as well, and that stays so', async () => {
  const state = await scene();
  const [path = ''] = (await git(state.clone, 'ls-files', 'messages')).split('\n');
  await git(state.clone, 'rm', '-q', '--', path);
  await git(state.clone, 'commit', '-q', '-m', 'Without');
  await state.managed.manager.find('messages')?.refresh();
  expect(await textsOf(state.managed)).toEqual([]);
});

test('a commit without the index between a capture and the follow takes no message away', async () => {
  const state = await scene();
  const lock = join(state.clone, '.git/index.lock');
  // As if git held the index all the time: nothing can follow meanwhile.
  await leaveLock(state.clone, 'index.lock');
  await capture(state);
  await capture(state);
  await lose(state);
  await rm(lock);
  await git(state.clone, 'commit', '-q', '-a', '--allow-empty', '-m', 'Nothing left');
  await expectAll(state);
  await settled(state);
  await judge(state);
});

test('a journal that an earlier version left behind follows after the start', async () => {
  const state = await scene();
  const [path = ''] = (await git(state.clone, 'ls-files', 'messages')).split('\n');
  await state.managed.close();
  // As it was: the mark says that everything was followed, and the file is from before the last message.
  const file = join(state.clone, path);
  const [first] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, `${first}\n`);
  const before = new Date(Date.now() - 3_600_000);
  await utimes(file, before, before);
  await restart(state);
  await settled(state);
  await judge(state);
});

test('what a person took out of a journal is theirs, and a damaged index is not followed', async () => {
  const state = await scene();
  const [path = ''] = (await git(state.clone, 'ls-files', 'messages')).split('\n');
  const file = join(state.clone, path);
  const [first] = (await readFile(file, 'utf8')).split('\n');
  // Whole seconds are what git notes of a commit.
  const later = new Date(Date.now() + 5000);
  await writeFile(file, `${first}\n`);
  await utimes(file, later, later);
  await follow(state);
  await capture(state);
  await follow(state);
  expect(await readFile(file, 'utf8')).toBe(`${first}\n`);
  await git(state.clone, 'checkout', '-q', '--', 'messages');
  await settled(state);

  await writeFile(join(state.clone, '.git/index'), 'no index');
  await capture(state);
  await follow(state);
  await gitFailure(state.clone, 'status');
  expect((await textsOf(state.managed)).length).toBe(state.number);
  await lose(state);
  await reset(state);
  await follow(state);
  await settled(state);
  state.managed.troubles.splice(0);
  await judge(state);
});

test('what a killed gitpost had not followed yet follows, while others write', async () => {
  const state = await scene();
  const [behind, before] = await Promise.all([
    git(state.clone, 'rev-parse', 'main'),
    readFile(join(state.clone, '.git/gitpost/followed.json'), 'utf8'),
  ]);
  await capture(state);
  await settled(state);
  await state.managed.close();
  // As a kill between the commit and the follow leaves it.
  await git(state.clone, 'read-tree', '-m', '-u', 'main', behind);
  await writeFile(join(state.clone, '.git/gitpost/followed.json'), before);
  const [journal = ''] = await journalPaths(state.clone);
  const written = new Date(Date.now() - 3_600_000);
  await utimes(join(state.clone, journal), written, written);
  // The commits come in the second before the file is written, as on a machine that is busy.
  await withSlow('checkout-index', state.folder, async () => {
    state.managed = await startManager(state.folder);
    await eventually(() => isThere(join(state.folder, 'began')));
  });
  await capture(state);
  await settled(state);
  await expectAll(state);
});
