import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, commitOf, expected, type Message, problemOf } from '../support/api.ts';
import { git } from '../support/git.ts';
import { type Here, startHere } from '../support/here.ts';
import { hashOfLine, type JournalLine, linesOfCommit } from '../support/journal.ts';

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

describe('an edit', () => {
  test('is a new revision', async () => {
    const first = await api.post({ text: 'Before #a', author: 'Bo' });
    const message = first.json<Message>();
    const answer = await api.patch(message.id, { text: 'After #b' });
    const edited = expected<Message>(answer, 200);
    expect(edited).toEqual({
      ...message,
      revision: 2,
      text: 'After #b',
      tags: ['b'],
      updatedAt: expect.stringMatching(ISO),
      deliveries: [
        { repository: 'messages', commit: expect.stringMatching(/^[0-9a-f]{40}$/), state: 'committed' },
      ],
    });
    expect(commitOf(edited)).not.toBe(commitOf(message));
    expect(answer.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(answer.headers.get('etag')).not.toBe(first.headers.get('etag'));
    expect(await api.message(message.id)).toEqual(edited);
  });

  test('that changes nothing makes no revision', async () => {
    const message = await api.create({ text: 'Same', type: 'task', done: true, author: 'Bo' });
    const before = await head();
    const same = [{}, { text: 'Same' }, { done: true, author: 'Bo', type: 'task' }, { confirm: true }];
    for (const edit of same) expect(await api.edit(message.id, edit)).toEqual(message);
    expect(await head()).toBe(before);
  });

  test('may change the type, with what belongs to it', async () => {
    const { id } = await api.create({ text: 'x', type: 'code', language: 'js' });
    const extras = (message: Message) => [message.language, message.url, message.done];
    const task = await api.edit(id, { type: 'task', done: true });
    expect([task.type, ...extras(task)]).toEqual(['task', undefined, undefined, true]);
    const open = await api.edit(id, { done: false });
    expect(open.done).toBe(false);
    problemOf(await api.patch(id, { type: 'link' }), 400);
    const link = await api.edit(id, { type: 'link', url: 'https://example.org/', text: '' });
    expect([link.type, link.text, ...extras(link)]).toEqual([
      'link',
      '',
      undefined,
      'https://example.org/',
      undefined,
    ]);
    expect(problemOf(await api.patch(id, { type: 'text' }), 400).errors?.[0]?.field).toBe('text');
    const text = await api.edit(id, { type: 'text', text: 'Words again' });
    expect([text.type, ...extras(text)]).toEqual(['text', undefined, undefined, undefined]);
    expect(text.revision).toBe(5);
  });

  test('may change the author and keeps what it does not name', async () => {
    const replyTo = randomUUID();
    const message = await api.create({ text: 'x', author: 'Bo', type: 'task', done: true, replyTo });
    expect(await api.edit(message.id, { author: 'Cy' })).toMatchObject({
      author: 'Cy',
      text: 'x',
      type: 'task',
      done: true,
      replyTo,
      createdAt: message.createdAt,
    });
  });

  test('is refused out of bounds, all bad fields at once', async () => {
    const message = await api.create({ text: 'x' });
    const before = await head();
    const fieldsOf = async (edit: object) =>
      (problemOf(await api.patch(message.id, edit), 400).errors ?? []).map(({ field }) => field).sort();
    expect(await fieldsOf({ text: 'x'.repeat(65_537), author: '', done: 1 })).toEqual([
      'author',
      'done',
      'text',
    ]);
    expect(await fieldsOf({ text: '  ' })).toEqual(['text']);
    for (const key of ['id', 'createdAt', 'repositories', 'replyTo', 'revision', 'constructor']) {
      expect(await fieldsOf({ [key]: 'x' }), key).toEqual([key]);
    }
    const raw = '{"__proto__":{"text":"y"}}';
    const headers = { 'Content-Type': 'application/json' };
    problemOf(await api.send('PATCH', `/messages/${message.id}`, { raw, headers }), 400);
    for (const body of [[], null, 'x']) problemOf(await api.patch(message.id, body), 400);
    expect(await head()).toBe(before);
  });

  test('counts only for the revision that If-Match names', async () => {
    const created = await api.post({ text: 'One' });
    const { id } = created.json<Message>();
    const old = created.headers.get('etag') as string;
    const second = await api.patch(id, { text: 'Two' }, { 'If-Match': old });
    expect(second.status).toBe(200);
    const before = await head();
    problemOf(await api.patch(id, { text: 'Three' }, { 'If-Match': old }), 412);
    problemOf(await api.patch(id, { text: 'Three' }, { 'If-Match': '"nonsense"' }), 412);
    expect(await head()).toBe(before);
    expect((await api.message(id)).text).toBe('Two');
    const now = second.headers.get('etag') as string;
    expect((await api.patch(id, { text: 'Three' }, { 'If-Match': `"x", ${now}` })).status).toBe(200);
    expect((await api.patch(id, { text: 'Four' }, { 'If-Match': '*' })).status).toBe(200);
  });

  test('of many at once with one If-Match happens once', async () => {
    const created = await api.post({ text: 'One' });
    const { id } = created.json<Message>();
    const match = { 'If-Match': created.headers.get('etag') as string };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => api.patch(id, { text: `Edit ${n}` }, match)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)]);
    expect(await api.message(id)).toMatchObject({ revision: 2 });
    expect(await api.message(id)).not.toHaveProperty('conflict');
  });

  test('of many at once without If-Match makes a chain and no conflict', async () => {
    const { id } = await api.create({ text: 'One' });
    await Promise.all(Array.from({ length: 8 }, (_, n) => api.edit(id, { text: `Edit ${n}` })));
    const history = await api.history(id);
    expect(history.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(history.filter((entry) => entry.head)).toHaveLength(1);
  });
});

describe('a delete', () => {
  test('is a revision that repeats the fields without text, once', async () => {
    const message = await api.create({ text: 'Gone #soon', author: 'Bo', type: 'task', done: true });
    const answer = await api.delete(message.id);
    expect([answer.status, answer.text]).toEqual([204, '']);
    problemOf(await api.get(`/messages/${message.id}`), 404);
    expect((await api.messages()).map(({ id }) => id)).not.toContain(message.id);

    const before = await head();
    expect((await api.delete(message.id)).status).toBe(204);
    expect(await head()).toBe(before);

    const [line] = await linesOfCommit(clone, before);
    expect(line?.value).toMatchObject({
      id: message.id,
      revision: 2,
      author: 'Bo',
      type: 'task',
      done: true,
      text: '',
      createdAt: message.createdAt,
    });
    expect(line?.value.deletedAt).toMatch(ISO);
    expect(line?.value.updatedAt).toBe(line?.value.deletedAt);
  });

  test('is undone by an edit, an empty one too', async () => {
    const message = await api.create({ text: 'Back', author: 'Bo', type: 'code', language: 'c' });
    await api.edit(message.id, { text: 'Back again' });
    await api.delete(message.id);
    const back = await api.edit(message.id, {});
    expect(back).toMatchObject({
      revision: 4,
      text: 'Back again',
      author: 'Bo',
      type: 'code',
      language: 'c',
      updatedAt: expect.stringMatching(ISO),
    });
    expect(back).not.toHaveProperty('deletedAt');
    expect((await api.messages()).map(({ id }) => id)).toContain(message.id);

    await api.delete(message.id);
    expect(await api.edit(message.id, { language: 'd' })).toMatchObject({
      revision: 6,
      text: 'Back again',
      language: 'd',
    });
  });
});

describe('the history', () => {
  test('lists every revision, oldest first, with its commit', async () => {
    const message = await api.create({ text: 'One' });
    const { id } = message;
    await api.edit(id, { text: 'Two' });
    await api.delete(id);
    const history = await api.history(id);
    expect(history.map(({ revision, text, head: isHead }) => [revision, text, isHead])).toEqual([
      [1, 'One', undefined],
      [2, 'Two', undefined],
      [3, '', true],
    ]);
    let before: string | undefined;
    for (const revision of history) {
      const [place, ...more] = revision.commits;
      expect([place?.repository, more]).toEqual(['messages', []]);
      const line = (await linesOfCommit(clone, place?.commit as string))[0] as JournalLine;
      const { v: _v, ...fields } = line.value;
      const { commits: _commits, head: _head, ...told } = revision;
      expect(told).toEqual(fields);
      expect(revision.parents).toEqual(before === undefined ? undefined : [before]);
      before = hashOfLine(line.raw);
    }
    expect(history[2]?.deletedAt).toBe(history[2]?.updatedAt);
  });

  test('says who committed each revision, when and on which device', async () => {
    const { id } = await api.create({ text: 'By Bo', author: 'Bo', createdAt: '2020-01-01T10:00:00.000Z' });
    await api.edit(id, { text: 'By Bo, edited' });
    const device = await git(clone, 'config', 'gitpost.device');
    for (const { commits } of await api.history(id)) {
      const [place] = commits;
      const time = Number(await git(clone, 'show', '--no-patch', '--format=%ct', place?.commit as string));
      expect(place).toMatchObject({
        committer: 'Ann',
        committedAt: new Date(time * 1000).toISOString(),
        device,
      });
    }
  });
});

describe('paths and methods', () => {
  test('an id that nobody has is not found', async () => {
    for (const id of [randomUUID(), 'x', '__proto__', 'constructor', '%00', '..%2f..', 'a'.repeat(300)]) {
      problemOf(await api.get(`/messages/${id}`), 404);
      problemOf(await api.get(`/messages/${id}/history`), 404);
      problemOf(await api.patch(id, { text: 'x' }), 404);
      problemOf(await api.delete(id), 404);
    }
    problemOf(await api.get('/nothing'), 404);
    problemOf(await api.get('/messages/x/y/z'), 404);
  });

  test('an id may be written in capitals', async () => {
    const message = await api.create({ text: 'x' });
    expect(await api.message(message.id.toUpperCase())).toEqual(message);
  });

  test('other methods are refused by name', async () => {
    const { id } = await api.create({ text: 'x' });
    const cases: Array<[string, string, string[]]> = [
      ['PUT', '/messages', ['GET', 'POST']],
      ['DELETE', '/messages', ['GET', 'POST']],
      ['POST', `/messages/${id}`, ['GET', 'PATCH', 'DELETE']],
      ['POST', `/messages/${id}/history`, ['GET']],
      ['GET', '/push', ['POST']],
      ['GET', '/pull', ['POST']],
      ['POST', '/events', ['GET']],
      ['DELETE', '/health', ['GET']],
      ['PATCH', '/openapi.json', ['GET']],
    ];
    for (const [method, path, allowed] of cases) {
      const answer = await api.send(method, path);
      problemOf(answer, 405);
      const allow = (answer.headers.get('allow') ?? '').split(',').map((one) => one.trim());
      expect(allow, `${method} ${path}`).toEqual(expect.arrayContaining(allowed));
    }
  });

  test('HEAD answers as GET does, without a body', async () => {
    const created = await api.post({ text: 'x' });
    const { id } = created.json<Message>();
    const one = await api.send('HEAD', `/messages/${id}`);
    expect([one.status, one.text, one.headers.get('etag')]).toEqual([200, '', created.headers.get('etag')]);
    for (const path of ['/messages', '/messages?limit=1', '/', '/health', '/repositories', '/openapi.json']) {
      const [got, asked] = [await api.get(path), await api.send('HEAD', path)];
      expect([asked.status, asked.text], path).toEqual([200, '']);
      expect(asked.headers.get('content-type'), path).toBe(got.headers.get('content-type'));
    }
    expect((await api.send('HEAD', `/messages/${randomUUID()}`)).status).toBe(404);
  });
});
