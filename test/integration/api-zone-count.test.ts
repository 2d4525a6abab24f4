import { expect, test } from 'vitest';
import { type Api, expected, problemOf } from '../support/api.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';

const texts = async (api: Api, query: string) => (await api.messages(`?${query}`)).map(({ text }) => text);
const count = async (api: Api, query: string) =>
  expected<{ messages: number; more?: true }>(await api.get(`/count?${query}`), 200);

test('days begin in the zone of the call, wherever they are named', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const { id } = await api.create({ text: 'late', createdAt: '2026-06-30T22:30:00.000Z' });
  await api.create({ text: 'early', createdAt: '2026-07-01T04:30:00.000Z' });
  const berlin = 'zone=Europe/Berlin';
  const cases: Array<[string, string[]]> = [
    ['q=after:2026-07-01', ['early']],
    [`q=after:2026-07-01&${berlin}`, ['early', 'late']],
    ['q=before:2026-07', ['late']],
    [`q=before:2026-07&${berlin}`, []],
    ['since=2026-07-01', ['early']],
    [`since=2026-07-01&${berlin}`, ['early', 'late']],
    [`until=2026-07-01&${berlin}`, []],
    [`until=2026-07-01T00:00:00Z&${berlin}`, ['late']],
    ['asOf=2026-07-01', ['late']],
    [`asOf=2026-07-01&${berlin}`, []],
    ['asOf=2026-07-02&zone=America/New_York', ['early', 'late']],
  ];
  for (const [query, found] of cases) {
    expect(await texts(api, query), query).toEqual(found);
    expect(await count(api, query), query).toEqual({ messages: found.length });
    const exported = await api.get(`/export?format=json&${query}`);
    expect(
      exported.json<Array<{ text: string }>>().map(({ text }) => text),
      query,
    ).toEqual(found);
  }
  expect((await api.get(`/messages/${id}?asOf=2026-07-01`)).status).toBe(200);
  expect((await api.get(`/messages/${id}?asOf=2026-07-01&${berlin}`)).status).toBe(404);
  for (const path of ['/messages', '/count', '/export', `/messages/${id}`]) {
    const { errors } = problemOf(await api.get(`${path}?zone=Mars/Olympus`), 400);
    expect(errors).toMatchObject([{ field: 'zone' }]);
  }
});

test('a count takes the filters of the list, and refuses what it refuses', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  await api.bulk(
    Array.from({ length: 30 }, (_, n) => ({
      text: `bread ${n}`,
      author: n % 3 ? 'Ann' : 'Bo',
      ...(n < 5 && { pinned: true }),
    })),
  );
  expect(await count(api, '')).toEqual({ messages: 30 });
  expect(await count(api, 'author=Bo')).toEqual({ messages: 10 });
  expect(await count(api, 'q=is:pinned')).toEqual({ messages: 5 });
  expect(await count(api, 'q=bread -is:pinned&author=Ann')).toEqual({ messages: 17 });
  expect(await count(api, 'q=nowhere')).toEqual({ messages: 0 });
  problemOf(await api.get('/count?q=after:soon'), 400);
  problemOf(await api.get('/count?limit=5'), 400);
  problemOf(await api.get('/count?repository=nowhere'), 404);
});

test('an export is of a moment or a commit, in every format', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const { id } = await api.create({ text: 'At first' });
  const gone = await api.create({ text: 'Gone later' });
  const { head } = await api.repository();
  await api.edit(id, { text: 'In the end' });
  await api.delete(gone.id);
  await api.create({ text: 'Later still' });
  for (const format of ['ndjson', 'json', 'markdown', 'html', 'csv', 'mbox', 'atom']) {
    const { text } = await api.get(`/export?format=${format}&asOf=${head}`);
    expect(text).toContain('At first');
    expect(text).toContain('Gone later');
    expect(text).not.toMatch(/In the end|Later still/);
  }
  const all = await api.get(`/export?revisions=all&asOf=${head}`);
  expect(all.text.split('\n').filter(Boolean)).toHaveLength(2);
  problemOf(await api.get('/export?asOf=ffffffff'), 400);
});
