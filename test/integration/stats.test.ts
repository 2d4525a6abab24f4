import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, expected, problemOf } from '../support/api.ts';
import { type Here, startHere } from '../support/here.ts';

let gitpost: Here;
let api: Api;

interface Stats {
  zone: string;
  messages: number;
  days: Array<{ day: string; messages: number }>;
  authors: Array<{ author: string; messages: number }>;
  repositories: Array<{ repository: string; messages: number }>;
}

const stats = async (query = ''): Promise<Stats> => expected<Stats>(await api.get(`/stats${query}`), 200);

beforeAll(async () => {
  gitpost = await startHere({ env: { AUTHOR_NAME: 'Ann', REPOSITORIES: 'second' } });
  api = gitpost.api;
  await api.bulk([
    { text: 'Before midnight in Berlin', createdAt: '2026-03-28T22:59:59.999Z', author: 'Ann' },
    { text: 'After it', createdAt: '2026-03-28T23:00:00.000Z', author: 'Ann' },
    // The clocks go forward in this night, so that the next day begins an hour earlier.
    { text: 'The next day', createdAt: '2026-03-29T22:00:00.000Z', author: 'Bo', repositories: 'all' },
    { text: 'In Kathmandu another one', createdAt: '2026-03-30T18:15:00.000Z', author: 'Bo' },
    { text: 'Elsewhere', createdAt: '2026-04-02T12:00:00.000Z', author: 'Ann', repositories: ['second'] },
  ]);
  const { id } = await api.create({ text: 'Deleted', createdAt: '2026-04-02T12:00:00.000Z' });
  await api.delete(id);
});
afterAll(() => gitpost.stop());

test('without a question all current messages count, by day in UTC, author and repository', async () => {
  expect(await stats()).toEqual({
    zone: 'UTC',
    messages: 5,
    days: [
      { day: '2026-03-28', messages: 2 },
      { day: '2026-03-29', messages: 1 },
      { day: '2026-03-30', messages: 1 },
      { day: '2026-04-02', messages: 1 },
    ],
    authors: [
      { author: 'Ann', messages: 3 },
      { author: 'Bo', messages: 2 },
    ],
    repositories: [
      { repository: 'messages', messages: 4 },
      { repository: 'second', messages: 2 },
    ],
  });
});

test('days are those of the zone that is named, when its clocks change too', async () => {
  const days = async (zone: string) => (await stats(`?zone=${encodeURIComponent(zone)}`)).days;
  expect(await days('Europe/Berlin')).toEqual([
    { day: '2026-03-28', messages: 1 },
    { day: '2026-03-29', messages: 1 },
    { day: '2026-03-30', messages: 2 },
    { day: '2026-04-02', messages: 1 },
  ]);
  expect((await days('Asia/Kathmandu')).map(({ day }) => day)).toContain('2026-03-31');
  expect((await days('Pacific/Kiritimati')).at(-1)).toEqual({ day: '2026-04-03', messages: 1 });
});

test('a span of days and a repository narrow it down', async () => {
  expect(await stats('?since=2026-03-29&until=2026-03-30&zone=Europe%2FBerlin')).toMatchObject({
    messages: 1,
  });
  expect(await stats('?since=2026-03-30&zone=Europe%2FBerlin')).toMatchObject({ messages: 3 });
  expect(await stats('?until=2026-03-29')).toMatchObject({ messages: 2, authors: [{ author: 'Ann' }] });
  expect(await stats('?repository=second')).toMatchObject({
    messages: 2,
    days: [{ day: '2026-03-29' }, { day: '2026-04-02' }],
  });
});

test('a new message and an edit of its author count at once', async () => {
  const before = await stats('?repository=second');
  const { id } = await api.create({ text: 'New', author: 'Cy', repositories: ['second'] });
  expect((await stats('?repository=second')).messages).toBe(before.messages + 1);
  await api.edit(id, { author: 'Dee' });
  const { authors } = await stats('?repository=second');
  expect(authors.map(({ author }) => author)).toContain('Dee');
  expect(authors.map(({ author }) => author)).not.toContain('Cy');
  await api.delete(id);
  expect((await stats('?repository=second')).messages).toBe(before.messages);
});

test.each([
  ['?zone=Middle%2FEarth', 400, 'zone'],
  ['?zone=', 400, 'zone'],
  ['?since=2026-02-30', 400, 'since'],
  ['?since=2026-02-03T00:00:00Z', 400, 'since'],
  ['?until=soon', 400, 'until'],
  ['?author=Ann', 400, 'author'],
])('%s is refused, and the field is named', async (query, status, field) => {
  const problem = problemOf(await api.get(`/stats${query}`), status);
  expect(problem.errors?.map((error) => error.field)).toEqual([field]);
});

test('an unknown repository is a 404', async () => {
  problemOf(await api.get('/stats?repository=nowhere'), 404);
});
