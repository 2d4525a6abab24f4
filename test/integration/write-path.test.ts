import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Api, apiAt, commitOf, expected, type Message } from '../support/api.ts';
import { leaveLock, locksIn, personsState, statusOf } from '../support/clone-state.ts';
import { commitFile, git, gitFailure, log } from '../support/git.ts';
import {
  hashOfLine,
  type JournalLine,
  journalLines,
  journalPaths,
  linesOfCommit,
} from '../support/journal.ts';
import { type GitpostProcess, type ProcessOptions, startProcess } from '../support/process.ts';
import { chatLines, nastyTexts } from '../support/texts.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { together } from '../support/together.ts';
import { eventually } from '../support/wait.ts';

interface Scene {
  gitpost: GitpostProcess;
  api: Api;
  clone: string;
}

async function scene(options: ProcessOptions = {}): Promise<Scene> {
  const env = { AUTHOR_NAME: 'Ann', AUTHOR_EMAIL: 'ann@example.org', ...options.env };
  const gitpost = await startProcess({ ...options, env });
  const clone = join(gitpost.folder, 'repos', 'messages');
  const api = apiAt(gitpost.url);
  // A read is answered once the clone is there.
  await api.messages();
  return { gitpost, api, clone };
}

/** A scene in which a person has committed a file of their own beside the messages. */
async function personsScene(): Promise<Scene & { first: Message }> {
  const made = await scene();
  const first = await made.api.create({ text: 'Before all' });
  await clean(made.clone);
  await commitFile(made.clone, 'notes.txt', 'one\ntwo\nthree\n', 'Notes');
  await made.api.message(first.id);
  await delay(300);
  await clean(made.clone);
  return { ...made, first };
}

const clean = (clone: string, limit = 2000) =>
  eventually(async () => {
    expect(await statusOf(clone)).toEqual([]);
    return true;
  }, limit);

async function idsOnMain(clone: string): Promise<string[]> {
  return (await journalLines(clone, 'refs/heads/main')).map(({ value }) => value.id);
}

const only = async (clone: string, commit: string): Promise<JournalLine> => {
  const lines = await linesOfCommit(clone, commit);
  expect(lines).toHaveLength(1);
  return lines[0] as JournalLine;
};

describe('a commit', () => {
  const format = [
    '%an',
    '%ae',
    '%at',
    '%cn',
    '%ce',
    '%s',
    '%(trailers:key=Message-Id,valueonly,separator=%x2C)',
    '%(trailers:key=Device,valueonly,separator=%x2C)',
  ].join('%x1f');

  test('is made for each revision, and reads like the chat', async () => {
    const { api, clone } = await scene();
    const start = Math.floor(Date.now() / 1000);
    const createdAt = '2024-05-06T07:08:09.123Z';
    const { id } = await api.create({ text: '\n  Hello there \nand more', author: 'Bo Li', createdAt });
    const edited = await api.edit(id, { text: 'Hello again' });
    await api.delete(id);
    const back = await api.edit(id, {});
    const commits = (await log(clone, format, '--reverse', 'main')).map((entry) => entry.split('\x1f'));
    const device = commits[0]?.[7] as string;
    expect(device).toMatch(/^[a-z0-9-]{1,32}$/);
    expect(device).toMatch(/[a-z0-9]{6}$/);
    const seconds = (iso?: string) => String(Math.floor(Date.parse(iso as string) / 1000));
    const deleted = (await api.history(id))[2];
    const rest = ['Ann', 'ann@example.org'];
    expect(commits).toEqual([
      ['Bo Li', 'ann@example.org', seconds(createdAt), ...rest, 'Hello there', id, device],
      ['Bo Li', 'ann@example.org', seconds(edited.updatedAt), ...rest, 'Edit: Hello again', id, device],
      ['Bo Li', 'ann@example.org', seconds(deleted?.deletedAt), ...rest, `Delete ${id}`, id, device],
      ['Bo Li', 'ann@example.org', seconds(back.updatedAt), ...rest, 'Edit: Hello again', id, device],
    ]);
    for (const time of await log(clone, '%ct', 'main')) {
      expect(Number(time)).toBeGreaterThanOrEqual(start);
      expect(Number(time)).toBeLessThanOrEqual(Date.now() / 1000);
    }
    expect(await git(clone, 'rev-parse', 'main')).toBe(commitOf(back));
    expect((await journalPaths(clone)).every((path) => path.includes(device))).toBe(true);
    await git(clone, 'fsck', '--strict');
  });

  test('has a subject of one line, whatever the text is, and no text forges a trailer', async () => {
    const { api, clone } = await scene();
    const texts = [...nastyTexts, ...chatLines].map(([, text]) => text);
    for (const { status } of await api.bulk(texts.map((text) => ({ text })))) expect(status).toBe(201);
    const link = await api.create({ text: '', type: 'link', url: 'https://example.org/' });
    const commits = (await log(clone, `%H%x1f${format}%x1f%B`, 'main')).map((entry) => entry.split('\x1f'));
    expect(commits).toHaveLength(texts.length + 1);
    for (const [commit = '', , , , , , subject = '', ids, device, body = ''] of commits) {
      const line = await only(clone, commit);
      expect(ids, body).toBe(line.value.id);
      expect(device).toMatch(/^[a-z0-9-]{1,32}$/);
      const [first] = body.split('\n');
      expect(first).toBe(subject);
      expect([...subject].length, subject).toBeLessThanOrEqual(72);
      expect([...subject].length, body).toBeGreaterThan(0);
      expect(subject).not.toMatch(/\p{Cc}/u);
    }
    const { value } = await only(clone, commitOf(link));
    expect(value.text).toBe('');
    expect(await git(clone, 'log', '-1', '--format=%s', commitOf(link))).toBe('(no text)');
    await git(clone, 'fsck', '--strict');
  });

  test('has an author that git can take, cleaned in the commit only', async () => {
    const { api, clone } = await scene();
    const names = [
      'A <b@c> d',
      '<>',
      '< >',
      ' a ',
      '.',
      '陈伟',
      'a\u2028b',
      '👩🏽‍💻 dev',
      "O'Neil",
      '"q"',
      '\\n',
    ];
    for (const author of names) {
      const message = await api.create({ text: 'x', author });
      const line = await only(clone, commitOf(message));
      expect(line.value.author).toBe(author);
      const name = await git(clone, 'log', '-1', '--format=%an', commitOf(message));
      expect(name, author).not.toMatch(/[<>\n]/);
      expect(name, author).not.toBe('');
      if (!/[<>]|^\s|\s$|\u2028/.test(author)) expect(name).toBe(author);
    }
    await git(clone, 'fsck', '--strict');
  });
});

describe('the journal', () => {
  test('has the keys of a line in order, absent ones left out', async () => {
    const { api, clone } = await scene();
    const replyTo = randomUUID();
    const createdAt = '2026-01-02T03:04:05.678Z';
    const text = 'A "quoted" \\ tab\t ünï 👍\nline';
    const draft = { id: randomUUID(), text, author: 'Bo', type: 'task', done: false, replyTo, createdAt };
    const message = await api.create(draft);
    const edited = await api.edit(message.id, { type: 'code', language: 'js' });
    await api.delete(message.id);
    const head = await git(clone, 'rev-parse', 'main');
    const lines = [
      await only(clone, commitOf(message)),
      await only(clone, commitOf(edited)),
      await only(clone, head),
    ];
    const { id } = message;
    const deletedAt = lines[2]?.value.deletedAt;
    const updatedAt = edited.updatedAt;
    const [first, second] = lines.map(({ raw }) => hashOfLine(raw));
    const bytes = [
      { v: 1, id, revision: 1, author: 'Bo', type: 'task', done: false, text, replyTo, createdAt },
      {
        v: 1,
        id,
        revision: 2,
        parents: [first],
        author: 'Bo',
        type: 'code',
        language: 'js',
        text,
        replyTo,
        createdAt,
        updatedAt,
      },
      {
        v: 1,
        id,
        revision: 3,
        parents: [second],
        author: 'Bo',
        type: 'code',
        language: 'js',
        text: '',
        replyTo,
        createdAt,
        updatedAt: deletedAt,
        deletedAt,
      },
    ].map((line) => JSON.stringify(line));
    expect(lines.map(({ raw }) => raw)).toEqual(bytes);
    const link = await api.create({ text: 'x', type: 'link', url: 'https://example.org/' });
    expect((await only(clone, commitOf(link))).raw).toBe(
      JSON.stringify({
        v: 1,
        id: link.id,
        revision: 1,
        author: 'Ann',
        type: 'link',
        url: link.url,
        text: 'x',
        createdAt: link.createdAt,
      }),
    );
  });

  test('is filed under the day of each revision', async () => {
    const { api, clone } = await scene();
    const device = await git(clone, 'config', 'gitpost.device');
    const days = ['1970-01-01', '2024-02-29', '2025-12-31', '2026-01-01', '9999-12-31'];
    for (const day of [...days, ...days]) {
      const message = await api.create({ text: day, createdAt: `${day}T23:59:59.999Z` });
      const { path } = await only(clone, commitOf(message));
      expect(path).toBe(`messages/${day.slice(0, 4)}/${day.slice(5, 7)}/${device}.${day}.jsonl`);
      const edited = await api.edit(message.id, { text: 'Today' });
      const today = edited.updatedAt?.slice(0, 10) as string;
      const later = await only(clone, commitOf(edited));
      expect(later.path).toBe(`messages/${today.slice(0, 4)}/${today.slice(5, 7)}/${device}.${today}.jsonl`);
    }
    const tree = await git(clone, 'ls-tree', '-r', '--name-only', 'main');
    expect(tree.split('\n').every((path) => path.startsWith('messages/'))).toBe(true);
  });

  test('goes on in the next segment, and a line beyond the limit has one to itself', async () => {
    const { api, clone } = await scene();
    const createdAt = '2026-04-05T06:07:08.000Z';
    const size = (text: string, more = '') => ({ text: `${text} ${'z'.repeat(9000)}${more}`, createdAt });
    const drafts = [
      ...Array.from({ length: 12 }, (_, n) => size(`Line ${n}`)),
      { text: '👍'.repeat(65_536), createdAt },
    ];
    for (const draft of [...drafts, size('After')]) await api.create(draft);
    const device = await git(clone, 'config', 'gitpost.device');
    const base = `messages/2026-04/${device}.2026-04-05`;
    const lines = await journalLines(clone);
    const order = (path: string) => Number(/\.(\d+)\.jsonl$/.exec(path.slice(base.length))?.[1] ?? 1);
    const paths = [...new Set(lines.map(({ path }) => path))].sort((a, b) => order(a) - order(b));
    expect(paths.length).toBeGreaterThan(2);
    expect(paths).toEqual(paths.map((_, n) => (n === 0 ? `${base}.jsonl` : `${base}.${n + 1}.jsonl`)));
    const sorted = [...lines].sort((a, b) => order(a.path) - order(b.path));
    expect(sorted.map(({ value }) => value.text)).toEqual([...drafts, size('After')].map(({ text }) => text));
    const large = lines.find(({ value }) => value.text.startsWith('👍'));
    expect(lines.filter(({ path }) => path === large?.path)).toHaveLength(1);
    expect(sorted.at(-1)?.path).not.toBe(large?.path);
  });

  test('lies in the work tree within a second, where cat, git grep and git blame show it', async () => {
    const { api, clone } = await scene();
    const message = await api.create({ text: 'Find me by hand', author: 'Bo' });
    const edited = await api.edit(message.id, { text: 'Find me again by hand' });
    await clean(clone, 1000);
    const line = await only(clone, commitOf(edited));
    expect(await readFile(join(clone, line.path), 'utf8')).toContain(`${line.raw}\n`);
    expect(await git(clone, 'grep', '-h', 'Find me again')).toBe(line.raw);
    const blame = await git(clone, 'blame', '--line-porcelain', 'main', '--', line.path);
    expect(blame).toContain(commitOf(edited));
    expect(blame).toContain('author Bo');
    expect(await git(clone, 'diff', 'HEAD')).toBe('');
  });
});

describe('64 writers at once', () => {
  test('get 64 commits in one line, and nothing is lost', async () => {
    const { api, clone } = await scene();
    const first = await api.create({ text: 'First' });
    const messages = await Promise.all(
      Array.from({ length: 64 }, (_, n) => api.create({ text: `Writer ${n}`, author: `W${n}` })),
    );
    const commits = messages.map((message) => commitOf(message));
    expect(new Set(commits).size).toBe(64);
    const range = `${commitOf(first)}..main`;
    expect((await git(clone, 'rev-list', '--first-parent', range)).split('\n').sort()).toEqual(
      commits.sort(),
    );
    for (const message of messages) {
      const line = await only(clone, commitOf(message));
      expect([line.value.id, line.value.text]).toEqual([message.id, message.text]);
    }
    expect((await idsOnMain(clone)).sort()).toEqual([first, ...messages].map(({ id }) => id).sort());
    await clean(clone, 1000);
    await git(clone, 'fsck', '--strict');
    expect(await locksIn(clone)).toEqual([]);
  });
});

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

  /** A branch whose `notes.txt` does not go together with that of main. */
  async function conflict(clone: string): Promise<void> {
    await git(clone, 'checkout', '-q', '-b', 'other', 'HEAD~1');
    await commitFile(clone, 'notes.txt', 'another\n', 'Other notes');
    await git(clone, 'checkout', '-q', 'main');
  }
  const settle = async (clone: string) => {
    await writeFile(join(clone, 'notes.txt'), 'settled\n');
    await git(clone, 'add', 'notes.txt');
  };

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
          await conflict(clone);
          await gitFailure(clone, 'merge', 'other');
        },
        async finish(clone) {
          await settle(clone);
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
          await conflict(clone);
          await gitFailure(clone, 'merge', 'other');
        },
        finish: (clone) => git(clone, 'merge', '--abort'),
      },
    ],
    [
      'in a half-done cherry-pick',
      {
        async prepare(clone) {
          await conflict(clone);
          await gitFailure(clone, 'cherry-pick', 'other');
        },
        async finish(clone) {
          await settle(clone);
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

  test('captures go on in any state, and nothing of theirs is touched', async () => {
    await together(states, judgeState);
  }, 60_000);

  async function judgeState(state: State): Promise<void> {
    const { prepare, finish, journals = false, left = [] } = state;
    const { api, clone, first } = await personsScene();
    await prepare(clone);
    await delay(700);
    const before = await personsState(clone, { journals });
    const start = Date.now();
    const draft = { id: randomUUID(), text: 'Meanwhile' };
    const meanwhile = expected<Message>(await api.post(draft), 201);
    const edited = await api.edit(first.id, { text: 'Edited meanwhile' });
    expect(Date.now() - start).toBeLessThan(4000);
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
    }, 3000);
    expect((await idsOnMain(clone)).sort()).toEqual([first.id, first.id, meanwhile.id].sort());
    expect((await api.messages()).map(({ id }) => id).sort()).toEqual([first.id, meanwhile.id].sort());
    const after = await api.create({ text: 'Afterwards' });
    expect(await idsOnMain(clone)).toContain(after.id);
    await git(clone, 'fsck');
  }

  test('in a half-done rebase that is given up then: no captured commit is out of reach', async () => {
    const { api, clone, first } = await personsScene();
    await conflict(clone);
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

  test('in a half-done rebase that goes on: nothing captured is lost', async () => {
    const { api, clone, first } = await personsScene();
    await conflict(clone);
    await gitFailure(clone, 'rebase', 'other');
    const meanwhile = await api.create({ text: 'Meanwhile' });
    await settle(clone);
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
    }, 2000);
    expect(await api.message(message.id)).toEqual(message);
    expect(await git(clone, 'show', 'main:notes.txt')).toBe('mine');
    await git(clone, 'merge-base', '--is-ancestor', mine, 'main');
    await clean(clone);
    expect((await idsOnMain(clone)).sort()).toEqual([first.id, message.id].sort());
  });

  test('never sees their own commit taken back in index or work tree, not even for a moment', async () => {
    const { api, clone } = await personsScene();
    for (let n = 0; n < 12; n += 1) {
      await api.create({ text: `Captured ${n}` });
      await delay(n * 15);
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
    }, 3000);
    const tree = (await git(clone, 'ls-tree', '-r', '--name-only', 'main')).split('\n');
    for (let n = 0; n < 12; n += 1) expect(tree).toContain(`mine-${n}.txt`);
    const ids = await idsOnMain(clone);
    for (const { id } of messages) expect(ids).toContain(id);
    expect(await api.messages()).toHaveLength(41);
    for (const message of messages)
      await git(clone, 'merge-base', '--is-ancestor', commitOf(message), 'refs/heads/main');
  });
});

describe('settings of a person', () => {
  const HOOKS = [
    'pre-commit',
    'commit-msg',
    'prepare-commit-msg',
    'post-commit',
    'pre-push',
    'post-checkout',
    'post-merge',
    'reference-transaction',
    'post-index-change',
    'pre-auto-gc',
  ];

  test('and variables of the environment change nothing', async () => {
    const home = await temporaryFolder();
    const hooks = join(home, 'hooks');
    await mkdir(hooks);
    for (const name of HOOKS) {
      await writeFile(join(hooks, name), `#!/bin/sh\ntouch '${home}/ran-${name}'\nexit 1\n`, { mode: 0o755 });
    }
    await writeFile(join(home, 'template'), 'Template of a commit\n');
    await writeFile(join(home, 'ignored'), '*.jsonl\nmessages/\n');
    await writeFile(
      join(home, 'attributes'),
      '*.jsonl text eol=crlf filter=evil ident working-tree-encoding=UTF-16\n',
    );
    const config = `
[user]
  name = Somebody From Config
  email = config@example.org
  signingKey = none
[commit]
  gpgSign = true
  template = ${home}/template
  cleanup = scissors
  verbose = true
[tag]
  gpgSign = true
[push]
  gpgSign = if-asked
  default = nothing
  followTags = true
[gpg]
  program = /nonexistent/gpg
[core]
  autocrlf = true
  safecrlf = true
  eol = crlf
  hooksPath = ${hooks}
  excludesFile = ${home}/ignored
  attributesFile = ${home}/attributes
  editor = false
  pager = false
  quotePath = true
  fsmonitor = ${hooks}/pre-commit
  commentChar = H
  fileMode = false
  logAllRefUpdates = false
[filter "evil"]
  clean = tr a-z A-Z
  smudge = tr a-z A-Z
  required = true
[init]
  defaultBranch = trunk
  templateDir = ${hooks}
[i18n]
  commitEncoding = ISO-8859-1
  logOutputEncoding = ISO-8859-1
[merge]
  ff = only
  verifySignatures = true
[pull]
  rebase = true
[fetch]
  prune = true
[gc]
  auto = 1
[log]
  date = relative
  showSignature = true
[color]
  ui = always
[diff]
  external = false
  noprefix = true
[status]
  showUntrackedFiles = no
[index]
  version = 4
[advice]
  detachedHead = false
`;
    await writeFile(join(home, 'gitconfig'), config);
    const { gitpost, api, clone } = await scene({
      env: {
        GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
        GIT_DIR: join(home, 'nowhere.git'),
        GIT_WORK_TREE: home,
        GIT_INDEX_FILE: join(home, 'index'),
        GIT_OBJECT_DIRECTORY: join(home, 'objects'),
        GIT_NAMESPACE: 'evil',
        GIT_AUTHOR_NAME: 'Somebody Else',
        GIT_AUTHOR_DATE: '2001-01-01T00:00:00Z',
        GIT_COMMITTER_NAME: 'Somebody Else',
        GIT_COMMITTER_DATE: '2001-01-01T00:00:00Z',
        GIT_EDITOR: 'false',
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'core.bare',
        GIT_CONFIG_VALUE_0: 'true',
        EDITOR: 'false',
        VISUAL: 'false',
        PAGER: 'false',
        LANG: 'de_DE.UTF-8',
        LC_ALL: 'C.UTF-8',
        LANGUAGE: 'de',
        TZ: 'Pacific/Kiritimati',
      },
    });
    const text = 'Grüße\r\naus #Köln $Id$\n';
    const message = await api.create({ text, author: 'Jürgen', createdAt: '2026-02-03T23:30:00.000Z' });
    const edited = await api.edit(message.id, { text: `${text}!` });
    const line = await only(clone, commitOf(message));
    expect(line.value.text).toBe(text);
    expect(line.path).toContain('.2026-02-03.jsonl');
    await clean(clone);
    const path = (await only(clone, commitOf(edited))).path;
    const bytes = await readFile(join(clone, path), 'utf8');
    expect(bytes).toContain(`${(await only(clone, commitOf(edited))).raw}\n`);
    expect(bytes).not.toContain('\r\n');

    const [commit] = await log(clone, '%an|%ae|%cn|%ce|%G?|%e|%ai|%s', '-1', commitOf(message));
    expect(commit).toBe('Jürgen|ann@example.org|Ann|ann@example.org|N||2026-02-03 23:30:00 +0000|Grüße');
    expect(await git(clone, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(await api.sync('push')).toMatchObject({ status: 'pushed', pushed: 1, detail: expect.any(String) });
    expect(await api.sync('pull')).toMatchObject({ status: 'up-to-date' });
    expect(await git(join(gitpost.folder, 'data/remotes/messages.git'), 'rev-parse', 'main')).toBe(
      await git(clone, 'rev-parse', 'main'),
    );
    expect((await readdir(home)).sort()).toEqual(['attributes', 'gitconfig', 'hooks', 'ignored', 'template']);
    await git(clone, 'fsck', '--strict');
  });

  test("tell the author where the environment doesn't", async () => {
    const home = await temporaryFolder();
    const config = join(home, 'gitconfig');
    await writeFile(config, '[user]\n  name = Config Name\n  email = config@example.org\n');
    const env = { GIT_CONFIG_GLOBAL: config, AUTHOR_NAME: undefined, AUTHOR_EMAIL: undefined };
    const { api, clone } = await scene({ env });
    const message = await api.create({ text: 'x' });
    expect(message.author).toBe('Config Name');
    expect(await log(clone, '%an %ae %cn %ce')).toEqual([
      'Config Name config@example.org Config Name config@example.org',
    ]);
  });
});
