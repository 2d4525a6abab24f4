import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitOf } from '../support/api.ts';
import { locksIn } from '../support/clone-state.ts';
import { git, log } from '../support/git.ts';
import { hashOfLine, journalLines, journalPaths } from '../support/journal.ts';
import { chatLines, nastyTexts } from '../support/texts.ts';
import { clean, idsOnMain, only, scene } from '../support/writing-scene.ts';

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
      expect(path).toBe(`messages/${day.slice(0, 7)}/${device}.${day}.jsonl`);
      const edited = await api.edit(message.id, { text: 'Today' });
      const today = edited.updatedAt?.slice(0, 10) as string;
      const later = await only(clone, commitOf(edited));
      expect(later.path).toBe(`messages/${today.slice(0, 7)}/${device}.${today}.jsonl`);
    }
    const tree = await git(clone, 'ls-tree', '-r', '--name-only', 'main');
    expect(tree.split('\n').every((path) => path.startsWith('messages/'))).toBe(true);
  });

  test('continues in the next segment, and a line beyond the limit has one to itself', async () => {
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

  test('is in the work tree within a second, for cat, git grep and git blame', async () => {
    const { api, clone } = await scene();
    const message = await api.create({ text: 'Find me by hand', author: 'Bo' });
    const edited = await api.edit(message.id, { text: 'Find me again by hand' });
    await clean(clone);
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
    await clean(clone);
    await git(clone, 'fsck', '--strict');
    expect(await locksIn(clone)).toEqual([]);
  });
});
