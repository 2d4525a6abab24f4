import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { commitOf, expected, type Message } from '../support/api.ts';
import {
  branchInConflict,
  leaveLock,
  personsState,
  settleConflict,
  statusOf,
} from '../support/clone-state.ts';
import { commitFile, git, gitFailure } from '../support/git.ts';
import { rounds } from '../support/rounds.ts';
import { together } from '../support/together.ts';
import { eventually } from '../support/wait.ts';
import { clean, idsOnMain, only, personsScenes } from '../support/writing-scene.ts';

const personsScene = personsScenes();

describe('a person at work in the clone', () => {
  interface State {
    /** Brings the clone into the state. */
    prepare: (clone: string) => Promise<unknown>;
    /** Whether the journals in index and work tree stay as they are, too. */
    journals?: boolean;
    /** Ends the state, as the person would. */
    finish: (clone: string) => Promise<unknown>;
    /** What `git status` says in the end. */
    left?: string[];
  }

  const states = new Map<string, State>([
    [
      'with a left-over index.lock',
      {
        prepare: (clone) => leaveLock(clone, 'index.lock'),
        journals: true,
        finish: (clone) => rm(join(clone, '.git', 'index.lock')),
      },
    ],
    [
      'with a dirty tree',
      {
        async prepare(clone) {
          await writeFile(join(clone, 'notes.txt'), 'changed\n');
          await writeFile(join(clone, 'new.txt'), 'new\n');
          await writeFile(join(clone, 'messages', 'mine.txt'), 'mine\n');
        },
        finish: async () => undefined,
        left: [' M notes.txt', '?? messages/mine.txt', '?? new.txt'],
      },
    ],
    [
      'with staged edits',
      {
        async prepare(clone) {
          await writeFile(join(clone, 'notes.txt'), 'staged\n');
          await writeFile(join(clone, 'new.txt'), 'new\n');
          await git(clone, 'add', '.');
          await writeFile(join(clone, 'notes.txt'), 'and changed again\n');
        },
        finish: (clone) => git(clone, 'commit', '-q', '-m', 'Mine'),
        left: [' M notes.txt'],
      },
    ],
    [
      'with a deleted file',
      {
        async prepare(clone) {
          await rm(join(clone, 'notes.txt'));
        },
        finish: (clone) => git(clone, 'commit', '-q', '-a', '-m', 'Mine'),
      },
    ],
    [
      'in a half-done merge that is committed then',
      {
        async prepare(clone) {
          await branchInConflict(clone);
          await gitFailure(clone, 'merge', 'other');
        },
        async finish(clone) {
          await settleConflict(clone);
          await git(clone, 'commit', '-q', '--no-edit');
          expect((await git(clone, 'log', '-1', '--format=%p')).split(' ')).toHaveLength(2);
          expect(await git(clone, 'diff', '--name-only', 'HEAD^1', 'HEAD')).toBe('notes.txt');
        },
      },
    ],
    [
      'in a half-done merge that is given up then',
      {
        async prepare(clone) {
          await branchInConflict(clone);
          await gitFailure(clone, 'merge', 'other');
        },
        finish: (clone) => git(clone, 'merge', '--abort'),
      },
    ],
    [
      'in a half-done cherry-pick',
      {
        async prepare(clone) {
          await branchInConflict(clone);
          await gitFailure(clone, 'cherry-pick', 'other');
        },
        async finish(clone) {
          await settleConflict(clone);
          await git(clone, '-c', 'core.editor=true', 'cherry-pick', '--continue');
          expect(await git(clone, 'diff', '--name-only', 'HEAD^', 'HEAD')).toBe('notes.txt');
        },
      },
    ],
    [
      'on another branch',
      {
        async prepare(clone) {
          await git(clone, 'checkout', '-q', '-b', 'feature');
          await commitFile(clone, 'feature.txt', 'f\n', 'Feature');
          await writeFile(join(clone, 'feature.txt'), 'more\n');
        },
        journals: true,
        async finish(clone) {
          await git(clone, 'commit', '-q', '-a', '-m', 'More');
          await git(clone, 'checkout', '-q', 'main');
        },
      },
    ],
    [
      'on a detached HEAD',
      {
        prepare: (clone) => git(clone, 'checkout', '-q', '--detach'),
        journals: true,
        finish: (clone) => git(clone, 'checkout', '-q', 'main'),
      },
    ],
  ]);

  test('captures continue in any state, and nothing of theirs is touched', async () => {
    await together(states, judgeState);
  });

  async function judgeState(state: State): Promise<void> {
    const { prepare, finish, journals = false, left = [] } = state;
    const { api, clone, first } = await personsScene();
    await prepare(clone);
    await delay(700);
    const before = await personsState(clone, { journals });
    const draft = { id: randomUUID(), text: 'Meanwhile' };
    const meanwhile = expected<Message>(await api.post(draft), 201);
    const edited = await api.edit(first.id, { text: 'Edited meanwhile' });
    for (const message of [meanwhile, edited]) {
      await git(clone, 'merge-base', '--is-ancestor', commitOf(message), 'refs/heads/main');
      await only(clone, commitOf(message));
    }
    await delay(1200);
    expect(await personsState(clone, { journals })).toEqual(before);
    expect(await api.message(meanwhile.id)).toEqual(meanwhile);

    await finish(clone);
    await eventually(async () => {
      expect((await statusOf(clone)).sort()).toEqual([...left].sort());
      return true;
    });
    expect((await idsOnMain(clone)).sort()).toEqual([first.id, first.id, meanwhile.id].sort());
    expect((await api.messages()).map(({ id }) => id).sort()).toEqual([first.id, meanwhile.id].sort());
    const after = await api.create({ text: 'Afterwards' });
    expect(await idsOnMain(clone)).toContain(after.id);
    await git(clone, 'fsck');
  }

  test('in a half-done rebase that is given up then: no captured commit is out of reach', async () => {
    const { api, clone, first } = await personsScene();
    await branchInConflict(clone);
    await gitFailure(clone, 'rebase', 'other');
    await delay(700);
    const before = await personsState(clone, { journals: true });
    const meanwhile = await api.create({ text: 'Meanwhile' });
    await git(clone, 'merge-base', '--is-ancestor', commitOf(meanwhile), 'refs/heads/main');
    await delay(1200);
    expect(await personsState(clone, { journals: true })).toEqual(before);

    // git puts the branch back to where it was, without a look at where it is now.
    await git(clone, 'rebase', '--abort');
    await delay(2000);
    expect((await api.messages()).map(({ id }) => id)).toContain(first.id);
    const holders = await git(
      clone,
      'for-each-ref',
      '--contains',
      commitOf(meanwhile),
      '--format=%(refname)',
    );
    expect(holders).toMatch(/^refs\/(heads\/main|gitpost\/backup\/.*)$/m);
    if (!(await idsOnMain(clone)).includes(meanwhile.id)) {
      expect(await api.repository()).toMatchObject({ state: 'rewritten' });
    }
  });

  test('in a half-done rebase that continues: nothing captured is lost', async () => {
    const { api, clone, first } = await personsScene();
    await branchInConflict(clone);
    await gitFailure(clone, 'rebase', 'other');
    const meanwhile = await api.create({ text: 'Meanwhile' });
    await settleConflict(clone);
    // git sees that the branch has moved, and refuses to overwrite it.
    await git(clone, '-c', 'core.editor=true', 'rebase', '--continue').catch(() => undefined);
    await delay(1000);
    const ids = (await api.messages()).map(({ id }) => id);
    expect(ids.sort()).toEqual([first.id, meanwhile.id].sort());
  });

  test.each([
    ['at once', 0],
    ['after a second', 1000],
  ])('a plain git commit %s does not take the line out again', async (_when, pause) => {
    const { api, clone, first } = await personsScene();
    await writeFile(join(clone, 'notes.txt'), 'mine\n');
    await git(clone, 'add', 'notes.txt');
    const message = await api.create({ text: 'Just captured' });
    await delay(pause);
    await git(clone, 'commit', '-q', '-m', 'Mine');
    const mine = await git(clone, 'rev-parse', 'HEAD');
    if (pause > 0) expect(await git(clone, 'diff', '--name-only', `${mine}^`, mine)).toBe('notes.txt');
    // Where git had only the older index to commit, the line comes back by a commit on top.
    await eventually(async () => {
      expect((await idsOnMain(clone)).sort()).toEqual([first.id, message.id].sort());
      return true;
    });
    expect(await api.message(message.id)).toEqual(message);
    expect(await git(clone, 'show', 'main:notes.txt')).toBe('mine');
    await git(clone, 'merge-base', '--is-ancestor', mine, 'main');
    await clean(clone);
    expect((await idsOnMain(clone)).sort()).toEqual([first.id, message.id].sort());
  });

  test('never sees their own commit taken back in index or work tree, not even for a moment', async () => {
    const { api, clone } = await personsScene();
    for (let n = 0; n < rounds(4, 12); n += 1) {
      await api.create({ text: `Captured ${n}` });
      await delay(n * rounds(45, 15));
      await eventually(async () => commitFile(clone, 'notes.txt', `version ${n}\n`, `Mine ${n}`));
      for (let sample = 0; sample < 12; sample += 1) {
        expect(await readFile(join(clone, 'notes.txt'), 'utf8')).toBe(`version ${n}\n`);
        expect(await git(clone, 'diff', '--cached', '--name-only', 'HEAD', '--', 'notes.txt')).toBe('');
      }
    }
  });

  test.each([
    ['git commit of a path', ['commit', '-q', '-m', 'Mine', '--', 'notes.txt']],
    ['git commit -a', ['commit', '-q', '-a', '-m', 'Mine']],
    ['git commit --amend', ['commit', '-q', '-a', '--amend', '-m', 'Mine']],
  ])('a %s after a second does not, either', async (_what, args) => {
    const { api, clone, first } = await personsScene();
    const message = await api.create({ text: 'Just captured' });
    await delay(1000);
    await writeFile(join(clone, 'notes.txt'), 'mine\n');
    await git(clone, ...args);
    expect((await idsOnMain(clone)).sort()).toEqual([first.id, message.id].sort());
    await clean(clone);
    expect((await api.messages()).map(({ id }) => id).sort()).toEqual([first.id, message.id].sort());
  });

  test('many commits of both at once lose nothing of either', async () => {
    const { api, clone } = await personsScene();
    const mine: string[] = [];
    const person = async () => {
      for (let n = 0; n < 12; n += 1) {
        // As a person does: once more where git was busy or the branch moved on.
        await eventually(async () => {
          mine[n] = await commitFile(clone, `mine-${n}.txt`, `${n}\n`, `Mine ${n}`);
          return true;
        });
      }
    };
    const writer = async () => {
      const messages: Message[] = [];
      for (let n = 0; n < 40; n += 1) messages.push(await api.create({ text: `Captured ${n}` }));
      return messages;
    };
    const [messages] = await Promise.all([writer(), person()]);
    await eventually(async () => {
      expect(await statusOf(clone)).toEqual([]);
      return true;
    });
    const tree = (await git(clone, 'ls-tree', '-r', '--name-only', 'main')).split('\n');
    for (let n = 0; n < 12; n += 1) expect(tree).toContain(`mine-${n}.txt`);
    const ids = await idsOnMain(clone);
    for (const { id } of messages) expect(ids).toContain(id);
    expect(await api.messages()).toHaveLength(41);
    for (const message of messages)
      await git(clone, 'merge-base', '--is-ancestor', commitOf(message), 'refs/heads/main');
  });
});
