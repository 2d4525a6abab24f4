import { mkdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Api, commitOf } from '../support/api.ts';
import {
  branchInConflict,
  leaveLock,
  personsState,
  settleConflict,
  statusOf,
} from '../support/clone-state.ts';
import { commitFile, git, gitFailure } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { journalLines } from '../support/journal.ts';
import { preparedFolder } from '../support/prepared.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { together } from '../support/together.ts';
import { eventually } from '../support/wait.ts';

/** A gitpost whose repository has some commits of a person, and one message. */
const copy = preparedFolder(async (folder) => {
  const { api, stop } = await startHere({ folder, env: { AUTHOR_NAME: 'Ann' } });
  const clone = join(folder, 'repos/messages');
  await api.create({ text: 'First' });
  await settled(clone);
  for (const version of ['one', 'two', 'three']) {
    await commitFile(clone, 'notes.txt', `${version}\n`, `Notes ${version}`);
  }
  expect((await api.sync('push')).status).toBe('pushed');
  await settled(clone);
  await stop();
});

async function scene() {
  const folder = await copy();
  const gitpost = await startHere({ folder, env: { AUTHOR_NAME: 'Ann' } });
  return { folder, gitpost, api: gitpost.api, clone: join(folder, 'repos/messages') };
}

type Scene = Awaited<ReturnType<typeof scene>>;

async function settled(clone: string, left: readonly string[] = []): Promise<void> {
  await eventually(async () => {
    expect(await statusOf(clone)).toEqual(left);
    return true;
  });
}

/** Captures one message, and judges that it is on the branch and on the list. */
async function capture(api: Api, clone: string): Promise<void> {
  const message = await api.create({ text: 'Meanwhile' });
  await git(clone, 'merge-base', '--is-ancestor', commitOf(message), 'refs/heads/main');
  expect((await api.messages()).map(({ id }) => id)).toContain(message.id);
  expect((await journalLines(clone)).map(({ value }) => value.id)).toContain(message.id);
}

interface State {
  prepare: (scene: Scene) => Promise<unknown>;
  finish: (scene: Scene) => Promise<unknown>;
  left?: string[];
}

describe('what a person is in the middle of', () => {
  const states = new Map<string, State>([
    [
      'a bisect',
      {
        prepare: ({ clone }) => git(clone, 'bisect', 'start', 'HEAD', 'HEAD~2'),
        finish: ({ clone }) => git(clone, 'bisect', 'reset'),
      },
    ],
    [
      'a revert',
      {
        prepare: ({ clone }) => gitFailure(clone, 'revert', '--no-edit', 'HEAD~1'),
        async finish({ clone }) {
          await settleConflict(clone);
          await git(clone, '-c', 'core.editor=true', 'revert', '--continue');
        },
      },
    ],
    [
      'applying patches',
      {
        async prepare({ clone }) {
          await branchInConflict(clone);
          const patch = await git(clone, 'format-patch', '-1', '--stdout', 'other');
          await writeFile(join(clone, '.git/patch'), `${patch}\n`);
          await gitFailure(clone, 'am', '-q', join(clone, '.git/patch'));
        },
        // It puts the branch back to where it was; what was captured meanwhile comes back by a choice.
        finish: ({ clone }) => git(clone, 'am', '--quit'),
      },
    ],
    [
      'a merge that would overwrite what is not committed',
      {
        async prepare({ clone }) {
          await branchInConflict(clone);
          await writeFile(join(clone, 'notes.txt'), 'mine, not committed\n');
          await gitFailure(clone, 'merge', 'other');
        },
        finish: async () => undefined,
        left: [' M notes.txt'],
      },
    ],
    [
      'a stash',
      {
        async prepare({ clone }) {
          await writeFile(join(clone, 'notes.txt'), 'for later\n');
          await git(clone, 'stash');
        },
        finish: ({ clone }) => git(clone, 'stash', 'pop'),
        left: [' M notes.txt'],
      },
    ],
    [
      'files that git is told not to look at',
      {
        async prepare({ clone }) {
          const [path = ''] = (await git(clone, 'ls-files', 'messages')).split('\n');
          await git(clone, 'update-index', '--assume-unchanged', 'notes.txt');
          await git(clone, 'update-index', '--skip-worktree', path);
          await writeFile(join(clone, 'notes.txt'), 'not looked at\n');
        },
        async finish({ clone }) {
          const [path = ''] = (await git(clone, 'ls-files', 'messages')).split('\n');
          await git(clone, 'update-index', '--no-assume-unchanged', 'notes.txt');
          await git(clone, 'update-index', '--no-skip-worktree', path);
          await git(clone, 'checkout', '-q', '--', path);
        },
        left: [' M notes.txt'],
      },
    ],
  ]);

  test('continues, and so do captures', async () => {
    await together(states, async ({ prepare, finish, left = [] }) => {
      const made = await scene();
      await prepare(made);
      const before = await personsState(made.clone);
      await capture(made.api, made.clone);
      await made.api.repository();
      expect(await personsState(made.clone)).toEqual(before);
      await finish(made);
      await settled(made.clone, left);
      await capture(made.api, made.clone);
      await git(made.clone, 'fsck', '--strict', '--no-dangling');
    });
  });
});

describe('a lock of another git', () => {
  const locks = new Map<string, { file: string; refuses: boolean }>([
    ['the index', { file: 'index.lock', refuses: false }],
    ['the branch', { file: 'refs/heads/main.lock', refuses: true }],
    ['HEAD', { file: 'HEAD.lock', refuses: true }],
    ['all other refs', { file: 'packed-refs.lock', refuses: false }],
    ['the configuration', { file: 'config.lock', refuses: false }],
  ]);

  test('is reported and left alone, and everything continues once it is gone', async () => {
    await together(locks, async ({ file, refuses }) => {
      const { api, clone } = await scene();
      const lock = join(clone, '.git', file);
      await leaveLock(clone, file, 'of another git');
      const answer = await api.post({ text: 'Meanwhile' });
      expect(answer.status, answer.text).toBe(refuses ? 503 : 201);
      if (refuses) expect(answer.text).toMatch(/not saved there/);
      await eventually(async () => {
        const { problems } = await api.repository();
        return problems.find(
          (problem) => problem.file === `.git/${file}` && /is a lock/.test(problem.reason),
        );
      });
      expect(await readFile(lock, 'utf8')).toBe('of another git');
      await rm(lock);
      await capture(api, clone);
      await settled(clone);
      expect((await api.sync('push')).status).toBe('pushed');
      const { problems } = await api.repository();
      expect(problems).toEqual([]);
    });
  });
});

describe('a clone of another form', () => {
  /** Makes the clone another one before gitpost starts. */
  async function changed(
    change: (place: Pick<Scene, 'folder' | 'clone'>) => Promise<unknown>,
  ): Promise<Scene> {
    const folder = await copy();
    const clone = join(folder, 'repos/messages');
    await change({ folder, clone });
    const gitpost = await startHere({ folder, env: { AUTHOR_NAME: 'Ann' } });
    return { folder, clone, gitpost, api: gitpost.api };
  }

  async function judge({ api, clone, folder }: Scene): Promise<void> {
    await capture(api, clone);
    await settled(clone);
    expect((await api.sync('push')).status).toBe('pushed');
    const bare = join(folder, 'data/remotes/messages.git');
    expect(await git(bare, 'rev-parse', 'main')).toBe(await git(clone, 'rev-parse', 'main'));
    await capture(api, clone);
  }

  const forms = new Map<string, (place: Pick<Scene, 'folder' | 'clone'>) => Promise<unknown>>([
    [
      'a shallow one',
      async ({ clone, folder }) => {
        const settings = await git(clone, 'config', '--get-regexp', '^gitpost');
        await rm(clone, { recursive: true });
        const url = `file://${join(folder, 'data/remotes/messages.git')}`;
        await git(folder, 'clone', '-q', '--depth=1', url, clone);
        await git(clone, 'remote', 'set-url', 'origin', join(folder, 'data/remotes/messages.git'));
        for (const line of settings.split('\n')) {
          const [key = '', value = ''] = line.split(' ');
          await git(clone, 'config', key, value);
        }
      },
    ],
    [
      'one whose .git is a file',
      async ({ clone, folder }) => {
        const apart = join(folder, 'apart.git');
        await rename(join(clone, '.git'), apart);
        await writeFile(join(clone, '.git'), `gitdir: ${apart}\n`);
      },
    ],
    [
      'one with a work tree beside it',
      async ({ clone, folder }) => {
        await git(clone, 'worktree', 'add', '-q', join(folder, 'beside'), '-b', 'beside');
        await writeFile(join(folder, 'beside', 'notes.txt'), 'beside\n');
      },
    ],
    [
      'one with packed refs and objects',
      async ({ clone }) => {
        await git(clone, 'pack-refs', '--all');
        await git(clone, 'gc', '-q', '--prune=now');
      },
    ],
    [
      'one with a split index and an untracked cache',
      async ({ clone }) => {
        await git(clone, 'update-index', '--split-index');
        await git(clone, 'update-index', '--untracked-cache', '--force-untracked-cache');
      },
    ],
    [
      'one that was moved with its index lost',
      ({ clone }) => rm(join(clone, '.git/index')).then(() => git(clone, 'reset', '-q')),
    ],
  ]);

  test('is captured to, followed, pushed and pulled', async () => {
    await together(forms, async (change) => judge(await changed(change)));
  });

  test('with a sparse checkout gets no file that its person does not want', async () => {
    const made = await changed(async ({ clone }) => {
      await mkdir(join(clone, 'wanted'));
      await commitFile(clone, 'wanted/file.txt', 'wanted\n', 'Wanted');
      await git(clone, 'sparse-checkout', 'set', '--cone', 'wanted');
    });
    await capture(made.api, made.clone);
    await settled(made.clone);
    await expect(stat(join(made.clone, 'messages'))).rejects.toThrow('ENOENT');
    expect((await made.api.sync('push')).status).toBe('pushed');
    await git(made.clone, 'sparse-checkout', 'disable');
    await settled(made.clone);
    await capture(made.api, made.clone);
  });

  test('whose index is cut short says so, and captures continue until it is fixed', async () => {
    const { api, clone } = await scene();
    // If gitpost is just updating the index, it replaces the one that was cut.
    await eventually(async () => {
      await truncate(join(clone, '.git/index'), 20);
      return gitFailure(clone, 'status');
    });
    await capture(api, clone);
    await rm(join(clone, '.git/index'));
    await git(clone, 'reset', '-q');
    await git(clone, 'checkout', '-q', '--', '.');
    await capture(api, clone);
    await settled(clone);
  });

  test('than its remote, by the kind of hash, is reported as such, and captured to', async () => {
    const folder = await temporaryFolder();
    const remote = join(folder, 'sha256.git');
    await git(folder, 'init', '-q', '--bare', '-b', 'main', '--object-format=sha256', remote);
    const gitpost = await startHere({ folder, env: { REPOSITORY_NAME: remote } });
    const api = gitpost.api;
    await api.create({ text: 'Safe here' });
    const result = await api.sync('push', 'sha256');
    expect(result).toMatchObject({ status: 'failed', detail: expect.stringMatching(/another kind of hash/) });
    expect(await api.messages()).toHaveLength(1);
  });
});
