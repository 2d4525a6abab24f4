import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expected, linesOfJson, type Message, problemOf } from '../support/api.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';

const DAY_MS = 86_400_000;

test('operators find what they say, in files too, and their values are checked', async () => {
  const folder = await temporaryFolder();
  const first = await startSmallApp(folder);
  const at = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
  const { id } = await first.api.create({ text: 'first', createdAt: at(40) });
  const results = await first.api.bulk([
    { text: 'pinned', pinned: true, createdAt: at(20) },
    { text: 'open', type: 'task', done: false, createdAt: at(10) },
    { text: 'done', type: 'task', done: true, createdAt: at(9) },
    { text: 'reply', replyTo: id, createdAt: at(8) },
    { text: 'page', type: 'link', url: 'https://example.org', createdAt: at(7) },
    { text: 'see HTTPS://example.org/address', createdAt: at(6) },
  ]);
  expect(results.every(({ status }) => status === 201)).toBe(true);
  const find = async ({ api }: typeof first, q: string) =>
    (await api.messages(`?q=${encodeURIComponent(q)}`)).map(({ text }) => text.split('/').at(-1)).reverse();
  const cases: Array<[string, string[]]> = [
    ['is:pinned', ['pinned']],
    ['is:open', ['open']],
    ['-is:open type:task', ['done']],
    ['is:reply', ['reply']],
    ['has:link', ['page', 'address']],
    ['has:attachment', []],
    ['is:pinned OR is:open OR reply', ['pinned', 'open', 'reply']],
    ['pinned OR open type:task', ['open']],
    ['is:deleted', []],
    ['after:"2 weeks ago" before:"1 week ago"', ['open', 'done', 'reply']],
    ['before:"1 month ago"', ['first']],
    ['after:yesterday', []],
    ['is:pinned OR nowhere', ['pinned']],
  ];
  for (const [q, texts] of cases) expect(await find(first, q), q).toEqual(texts);
  for (const named of ['is:lost', 'has:money', 'after:soon', 'before:"next week"']) {
    for (const path of ['/messages', '/export']) {
      const problem = problemOf(await first.api.get(`${path}?q=${encodeURIComponent(`a ${named}`)}`), 400);
      expect(problem.detail).toContain(named);
      expect(problem.errors).toMatchObject([{ field: 'q', detail: expect.stringContaining(named) }]);
    }
  }
  await first.close();
  const second = await startSmallApp(folder);
  for (const [q, texts] of cases) expect(await find(second, q), q).toEqual(texts);
});

test('is:deleted lists deleted messages with what they said, and nothing else does', async () => {
  const folder = await temporaryFolder();
  const { api, close } = await startSmallApp(folder);
  const kept = await api.create({ text: 'bread stays' });
  const gone = await api.create({ text: 'old', author: 'Bo', type: 'task', done: false });
  await api.edit(gone.id, { text: 'bread #gone' });
  const back = await api.create({ text: 'bread comes back' });
  for (const { id } of [gone, back]) await api.delete(id);
  await api.edit(back.id, {});
  const find = async (q: string, from = api) => from.messages(`?q=${encodeURIComponent(q)}`);
  const ids = (messages: Message[]) => messages.map(({ id }) => id);

  const [deleted, ...others] = await find('is:deleted');
  expect(others).toEqual([]);
  expect(deleted).toMatchObject({
    id: gone.id,
    text: 'bread #gone',
    author: 'Bo',
    type: 'task',
    tags: ['gone'],
    revision: 3,
    deletedAt: expect.any(String),
    deliveries: [{ repository: 'messages', state: 'committed' }],
  });
  expect(ids(await find('is:deleted bread from:bo is:open tag:gone'))).toEqual([gone.id]);
  expect(await find('is:deleted old')).toEqual([]);
  expect(await find('is:deleted -bread')).toEqual([]);
  expect(ids(await find('bread'))).toEqual([back.id, kept.id]);
  expect(ids(await find('bread -is:deleted'))).toEqual([back.id, kept.id]);
  expect(ids(await find('is:deleted OR stays bread')).sort()).toEqual([gone.id, kept.id].sort());
  problemOf(await api.get(`/messages/${gone.id}`), 404);
  for (const [format, said] of [
    ['json', 'bread #gone'],
    ['csv', 'bread #gone'],
    ['ndjson', 'deletedAt'],
  ] as const) {
    const answer = await api.get(`/export?format=${format}&q=is:deleted`);
    expect(answer.text).toContain(said);
    expect(answer.text).not.toContain('stays');
  }
  const { text } = await api.get('/messages?q=is:deleted', { Accept: 'application/x-ndjson' });
  expect(linesOfJson(text)).toEqual([deleted]);

  await close();
  await rm(join(folder, 'data', 'mirror'), { recursive: true });
  const { api: again } = await startSmallApp(folder);
  expect(ids(await find('is:deleted bread', again))).toEqual([gone.id]);
  expect(expected<Message[]>(await again.get('/messages?q=is:deleted&limit=1'), 200)).toHaveLength(1);
});
