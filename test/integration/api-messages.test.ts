import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, commitOf, deliveryTo, expected, type Message, problemOf } from '../support/api.ts';
import { git } from '../support/git.ts';
import { type Here, startHere } from '../support/here.ts';
import { linesOfCommit } from '../support/journal.ts';
import { chatLines, nastyTexts } from '../support/texts.ts';

let gitpost: Here;
let api: Api;
let clone: string;

beforeAll(async () => {
  gitpost = await startHere({
    env: { AUTHOR_NAME: 'Ann', AUTHOR_EMAIL: 'ann@example.org', REPOSITORIES: 'second' },
  });
  api = gitpost.api;
  clone = join(gitpost.folder, 'repos', 'messages');
  await api.create({ text: 'The first of all' });
});
afterAll(() => gitpost.stop());

const head = () => git(clone, 'rev-parse', 'main');
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Sends what must be refused, and judges that nothing was saved; answers the fields that were named. */
async function refusedFields(draft: unknown): Promise<string[]> {
  const before = await head();
  const problem = problemOf(await api.post(draft), 400);
  expect(await head()).toBe(before);
  return (problem.errors ?? []).map(({ field }) => field).sort();
}
describe('a new message', () => {
  test('of text alone gets the defaults', async () => {
    const start = Date.now();
    const answer = await api.post({ text: 'Hello #Idea and #idea, not#this' });
    const message = expected<Message>(answer, 201);
    expect(message).toEqual({
      id: expect.stringMatching(UUID_V7),
      revision: 1,
      author: 'Ann',
      type: 'text',
      text: 'Hello #Idea and #idea, not#this',
      createdAt: expect.stringMatching(ISO),
      tags: ['idea'],
      deliveries: [
        { repository: 'messages', commit: expect.stringMatching(/^[0-9a-f]{40}$/), state: 'committed' },
      ],
    });
    expect(Date.parse(message.createdAt)).toBeGreaterThanOrEqual(start);
    expect(Date.parse(message.createdAt)).toBeLessThanOrEqual(Date.now());
    expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/);
    expect(answer.headers.get('etag')).toMatch(/^"[^"]+"$/);

    const location = answer.headers.get('location') ?? '';
    expect(new URL(location, gitpost.url).pathname).toBe(`/messages/${message.id}`);
    const again = await api.get(new URL(location, gitpost.url).pathname);
    expect(again.json()).toEqual(message);
    expect(again.headers.get('etag')).toBe(answer.headers.get('etag'));

    const [line, ...more] = await linesOfCommit(clone, commitOf(message));
    expect(more).toEqual([]);
    expect(line?.value).toMatchObject({ id: message.id, text: message.text });
  });

  const types: Array<[string, object, object]> = [
    ['text', {}, {}],
    ['markdown', { text: '# Title\n\n*x*' }, {}],
    ['code', { language: 'typescript', text: 'const a = 1;' }, { language: 'typescript' }],
    ['link', { url: 'https://example.org/a?b=c#d' }, { url: 'https://example.org/a?b=c#d' }],
    ['link', { url: 'http://example.org/', text: '' }, { url: 'http://example.org/', text: '' }],
    ['task', { done: true }, { done: true }],
    ['task', { done: false }, { done: false }],
  ];
  test.each(types)('of the type %s with %j', async (type, fields, shown) => {
    const message = await api.create({ text: 'Something', type, ...fields });
    expect(message).toMatchObject({ type, ...shown });
    const extras = ['language', 'url', 'done'].filter((key) => key in message);
    expect(extras.sort()).toEqual(['language', 'url', 'done'].filter((key) => key in fields).sort());
    expect(await api.message(message.id)).toEqual(message);
  });

  test('with all fields', async () => {
    const draft = {
      id: randomUUID(),
      text: 'All of it',
      author: 'Bo Li',
      type: 'task',
      done: true,
      replyTo: randomUUID(),
      createdAt: '2024-02-29T23:59:59.999Z',
    };
    const message = await api.create({ ...draft, repositories: ['messages', 'second'], confirm: false });
    expect(message).toMatchObject({ ...draft, revision: 1, tags: [] });
    expect(message.deliveries.map(({ repository }) => repository).sort()).toEqual(['messages', 'second']);
  });

  test('takes an id in capitals and a time of another zone, and stores neither', async () => {
    const id = randomUUID();
    const message = await api.create({
      id: id.toUpperCase(),
      text: 'x',
      createdAt: '2026-03-01T01:30:00+02:00',
    });
    expect(message).toMatchObject({ id, createdAt: '2026-02-28T23:30:00.000Z' });
  });

  test.each([...nastyTexts, ...chatLines])('keeps %s as it came', async (_what, text) => {
    const message = await api.create({ text });
    expect(message.text).toBe(text);
    expect((await api.message(message.id)).text).toBe(text);
    const [line] = await linesOfCommit(clone, commitOf(message));
    expect(line?.value.text).toBe(text);
  });

  test('keeps an odd author as it came', async () => {
    for (const author of [
      'A <b@c> d',
      '<>',
      '陈伟',
      "O'Neil; rm",
      '.,;:',
      '=?utf-8?q?x?=',
      '👩🏽‍💻'.repeat(10),
    ]) {
      expect((await api.create({ text: 'x', author })).author).toBe(author);
    }
  });

  test('has its tags found', async () => {
    const cases: Array<[string, string[]]> = [
      ['#a', ['a']],
      ['x #A-b_c9 #Ünï', ['a-b_c9', 'ünï']],
      ['a\n#b\t#c\u00a0#d', ['b', 'c', 'd']],
      ['no#tag (#none) # none ##none', []],
      ['#会议 #встреча, #اجتماع', ['会议', 'встреча', 'اجتماع']],
      ['#same #SAME', ['same']],
    ];
    for (const [text, tags] of cases) expect((await api.create({ text })).tags, text).toEqual(tags);
  });
});

describe('the bounds of a new message', () => {
  const most = '𝔸'.repeat(65_536);

  test('of text are counted in code points', async () => {
    const message = await api.create({ text: most });
    expect((await api.message(message.id)).text).toBe(most);
    expect(await refusedFields({ text: `${most}x` })).toEqual(['text']);
    expect((await api.create({ text: 'x' })).text).toBe('x');
  });

  test.each([
    ['nothing', ''],
    ['blanks', ' \t\n\r'],
    ['wide blanks', '\u00a0\u2003\u3000\u2028\ufeff'],
  ])('let no text be %s', async (_what, text) => {
    expect(await refusedFields({ text })).toEqual(['text']);
    expect(await refusedFields({ text, type: 'markdown' })).toEqual(['text']);
  });

  test('let the text of a link be empty, and not blank', async () => {
    const url = 'https://example.org/';
    expect(await api.create({ text: '', type: 'link', url })).toMatchObject({ text: '', url });
    expect(await refusedFields({ text: '  ', type: 'link', url })).toEqual(['text']);
    expect(await refusedFields({ type: 'link', url })).toEqual(['text']);
  });

  test('of author', async () => {
    const author = '👤'.repeat(80);
    expect((await api.create({ text: 'x', author })).author).toBe(author);
    expect((await api.create({ text: 'x', author: 'A' })).author).toBe('A');
    for (const bad of [`${author}x`, '', 'a\nb', 'a\u0000', 'a\u007f', 'a\u0085b', 5, null]) {
      expect(await refusedFields({ text: 'x', author: bad }), JSON.stringify(bad)).toEqual(['author']);
    }
  });

  test('of createdAt', async () => {
    for (const createdAt of ['1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z']) {
      const message = await api.create({ text: 'An edge of time', createdAt });
      expect(message.createdAt).toBe(createdAt);
      const [line] = await linesOfCommit(clone, commitOf(message));
      expect(line?.path).toContain(`messages/${createdAt.slice(0, 7)}/`);
    }
    const bad = [
      '1969-12-31T23:59:59.999Z',
      '+010000-01-01T00:00:00.000Z',
      '1970-01-01T00:00:00.000+00:01',
      '2026-02-30T00:00:00.000Z',
      '2026-13-01T00:00:00.000Z',
      '2026-01-01T25:00:00.000Z',
      'yesterday',
      '',
      0,
      null,
    ];
    for (const createdAt of bad) {
      expect(await refusedFields({ text: 'x', createdAt }), String(createdAt)).toEqual(['createdAt']);
    }
  });

  test('of type and what it needs', async () => {
    for (const type of ['poem', 'TEXT', '', null, 1, '__proto__']) {
      expect(await refusedFields({ text: 'x', type }), String(type)).toEqual(['type']);
    }
    for (const url of [
      'ftp://example.org/',
      'javascript:alert(1)',
      'example.org',
      '//example.org',
      'https://',
      '',
      1,
    ]) {
      expect(await refusedFields({ text: 'x', type: 'link', url }), String(url)).toEqual(['url']);
    }
    expect(await refusedFields({ text: 'x', type: 'link' })).toEqual(['url']);
    for (const done of ['yes', 1, null])
      expect(await refusedFields({ text: 'x', type: 'task', done })).toEqual(['done']);
    expect(await refusedFields({ text: 'x', type: 'code', language: 5 })).toEqual(['language']);
  });

  test('of ids', async () => {
    for (const bad of ['x', '', '__proto__', '00000000-0000-4000-8000-00000000000', '../../etc', 5, null]) {
      expect(await refusedFields({ text: 'x', id: bad }), String(bad)).toEqual(['id']);
      expect(await refusedFields({ text: 'x', replyTo: bad }), String(bad)).toEqual(['replyTo']);
    }
  });

  test('of repositories and confirm', async () => {
    for (const repositories of [[], 'messages', [1], {}, null]) {
      expect(await refusedFields({ text: 'x', repositories }), JSON.stringify(repositories)).toHaveLength(1);
    }
    expect(await refusedFields({ text: 'x', confirm: 'yes' })).toEqual(['confirm']);
    const before = await head();
    problemOf(await api.post({ text: 'x', repositories: ['messages', 'nowhere'] }), 404);
    expect(await head()).toBe(before);
  });

  test('are all named at once, each bad field once', async () => {
    const bad = {
      id: 'x',
      text: ' ',
      author: 'x'.repeat(81),
      type: 'poem',
      language: 5,
      url: 'ftp://x',
      done: 'yes',
      replyTo: 'x',
      createdAt: 'x',
      confirm: 1,
      tags: 'x',
      pinned: 1,
    };
    expect(await refusedFields(bad)).toEqual(Object.keys(bad).sort());
    expect(await refusedFields({ text: ' ', type: 'link' })).toEqual(['text', 'url']);
    expect(await refusedFields({ author: '' })).toEqual(['author', 'text']);
  });

  test('hold no key that is not known', async () => {
    for (const key of ['revision', 'commits', 'updatedAt', 'constructor', 'toString', '']) {
      expect(await refusedFields({ text: 'x', [key]: 'y' }), key).toEqual([key]);
    }
    const before = await head();
    for (const raw of ['{"text":"x","__proto__":{"author":"Evil"}}', '{"__proto__":{"text":"x"}}']) {
      const headers = { 'Content-Type': 'application/json' };
      problemOf(await api.send('POST', '/messages', { raw, headers }), 400);
    }
    expect(await head()).toBe(before);
  });

  test('need an object', async () => {
    for (const body of [[], null, 'x', 5, true, [{ text: 'x' }]]) await refusedFields(body);
    const deep = `{"text":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const headers = { 'Content-Type': 'application/json' };
    problemOf(await api.send('POST', '/messages', { raw: deep, headers }), 400);
    problemOf(await api.send('POST', '/messages'), 400);
    await api.create({ text: 'Still here' });
  });
});

describe('what looks like a credential', () => {
  // In two parts, so that nobody takes this file for a leak.
  const secret = `My token is ${'ghp'}_${'a1B2'.repeat(9)}, keep it`;

  test('is named and not saved, unless that is meant', async () => {
    const before = await head();
    const problem = problemOf(await api.post({ text: secret }), 422);
    expect(problem.detail).toMatch(/token/i);
    expect(JSON.stringify(problem)).not.toContain('a1B2a1B2');
    expect(await head()).toBe(before);
    const message = await api.create({ text: secret, confirm: true });
    expect(message.text).toBe(secret);
    expect(message).not.toHaveProperty('confirm');
    expect((await api.post({ id: message.id, text: secret, confirm: true })).status).toBe(200);
  });

  test('is asked about in an edit, too', async () => {
    const { id } = await api.create({ text: 'Harmless' });
    problemOf(await api.patch(id, { text: secret }), 422);
    expect((await api.message(id)).revision).toBe(1);
    expect((await api.edit(id, { text: secret, confirm: true })).text).toBe(secret);
  });
});

describe('the same id again', () => {
  test('is the same message, and no second commit', async () => {
    const draft = { id: randomUUID(), text: 'Once', author: 'Bo', type: 'task', done: false };
    const first = expected<Message>(await api.post(draft), 201);
    const before = await head();
    const same = [
      draft,
      { id: draft.id, text: 'Once' },
      { id: draft.id.toUpperCase(), text: 'Once', createdAt: first.createdAt },
      { ...draft, confirm: true },
      { ...draft, repositories: ['messages'] },
    ];
    for (const again of same) expect(expected<Message>(await api.post(again), 200)).toEqual(first);
    expect(await head()).toBe(before);
  });

  test('with other fields is refused', async () => {
    const first = await api.create({ id: randomUUID(), text: 'Once', type: 'task', done: false });
    const before = await head();
    const others = [
      { text: 'Twice' },
      { text: 'Once', author: 'Somebody else' },
      { text: 'Once', type: 'text' },
      { text: 'Once', type: 'task', done: true },
      { text: 'Once', createdAt: '2020-01-01T00:00:00.000Z' },
      { text: 'Once', replyTo: first.id },
    ];
    for (const other of others) problemOf(await api.post({ id: first.id, ...other }), 409);
    expect(await head()).toBe(before);
    expect(await api.message(first.id)).toEqual(first);
  });

  test('compares with the first revision and answers the message as it is now', async () => {
    const id = randomUUID();
    await api.create({ id, text: 'Before' });
    const edited = await api.edit(id, { text: 'After' });
    expect(expected<Message>(await api.post({ id, text: 'Before' }), 200)).toEqual(edited);
    problemOf(await api.post({ id, text: 'After' }), 409);

    expect((await api.delete(id)).status).toBe(204);
    const before = await head();
    const deleted = expected<Message>(await api.post({ id, text: 'Before' }), 200);
    expect(deleted).toMatchObject({ id, revision: 3, deletedAt: expect.stringMatching(ISO) });
    expect(await head()).toBe(before);
    problemOf(await api.get(`/messages/${id}`), 404);
  });

  test('from many at once makes one', async () => {
    const id = randomUUID();
    const before = await head();
    const answers = await Promise.all(Array.from({ length: 12 }, () => api.post({ id, text: 'Race' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(11).fill(200), 201]);
    expect(await git(clone, 'rev-list', '--count', `${before}..main`)).toBe('1');
  });

  test('brings all lines to a repository that is named newly', async () => {
    const second = join(gitpost.folder, 'repos', 'second');
    const id = randomUUID();
    await api.create({ id, text: 'For one' });
    await api.edit(id, { text: 'For both' });
    const [before, old] = [await head(), await git(second, 'rev-parse', '--verify', 'main').catch(() => '')];
    const answer = await api.post({ id, text: 'For one', repositories: ['second'] });
    const message = expected<Message>(answer, 200);
    expect(message).toMatchObject({ revision: 2, text: 'For both' });
    expect(deliveryTo(message, 'messages').state).toBe('committed');
    expect(deliveryTo(message, 'second').state).toBe('committed');
    expect(await head()).toBe(before);

    const range = old === '' ? 'main' : `${old}..main`;
    const commits = (await git(second, 'rev-list', '--reverse', range)).split('\n');
    const lines = (await Promise.all(commits.map((commit) => linesOfCommit(second, commit)))).flat();
    expect(lines.map(({ value }) => value.revision)).toEqual([1, 2]);
    const own = await Promise.all(
      (await api.history(id)).map(async ({ commits: places }) => {
        const commit = places.find(({ repository }) => repository === 'messages')?.commit as string;
        return (await linesOfCommit(clone, commit))[0]?.raw;
      }),
    );
    expect(lines.map(({ raw }) => raw)).toEqual(own);
    expect(commitOf(message, 'second')).toBe(commits[1]);
  });
});
