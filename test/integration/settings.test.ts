import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expected, problemOf } from '../support/api.ts';
import { git } from '../support/git.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';

interface Settings {
  author: string;
  defaultTarget: string;
  syncInterval: number;
  searches: Array<{ name: string; q: string }>;
}

const start = async (folder: string, environment: Record<string, string> = {}) => {
  const app = await startSmallApp(folder, environment);
  const patch = (json: unknown) => app.api.send('PATCH', '/settings', { json });
  return {
    ...app,
    patch,
    read: async () => expected<Settings>(await app.api.get('/settings'), 200),
    change: async (json: unknown) => expected<Settings>(await patch(json), 200),
  };
};

test('settings are in the clone, and survive a restart and the loss of data/', async () => {
  const folder = await temporaryFolder();
  const first = await start(folder, { DEFAULT_TARGET: 'all' });
  expect(await first.read()).toEqual({ author: 'Ann', defaultTarget: 'all', syncInterval: 0, searches: [] });
  const searches = [
    { name: 'Mine', q: 'from:Ann "a \\"b" -c' },
    { name: '☃ #; = [x]', q: 'in:messages é\n# comment' },
  ];
  const changed = await first.change({ searches, syncInterval: 600 });
  expect(changed).toEqual({ author: 'Ann', defaultTarget: 'all', syncInterval: 600, searches });
  expect(await first.change({})).toEqual(changed);
  expect(await first.change({ syncInterval: 0 })).toMatchObject({ syncInterval: 0, searches });
  await first.change({ syncInterval: 600 });
  await first.close();
  const clone = join(folder, 'repos', 'messages');
  expect(await git(clone, 'config', '--local', 'gitpost.syncInterval')).toBe('600');
  expect(JSON.parse(await git(clone, 'config', '--local', 'gitpost.searches'))).toEqual(searches);

  await rm(join(folder, 'data'), { recursive: true });
  const second = await start(folder);
  expect(await second.read()).toMatchObject({ syncInterval: 600, searches });
  // A person may edit them too; what cannot be read counts as not set.
  await git(clone, 'config', '--local', 'gitpost.syncInterval', '-5');
  await git(clone, 'config', '--local', 'gitpost.searches', '[{"name":"a","q":"b"},7,{"name":1}]');
  expect(await second.read()).toMatchObject({ syncInterval: 0, searches: [{ name: 'a', q: 'b' }] });
  await git(clone, 'config', '--local', 'gitpost.searches', '{');
  expect(await second.read()).toMatchObject({ searches: [] });
});

test('an interval that the environment sets is fixed', async () => {
  const app = await start(await temporaryFolder(), { SYNC_INTERVAL: '120' });
  const problem = problemOf(await app.patch({ syncInterval: 60, searches: [{ name: 'a', q: 'b' }] }), 409);
  expect(problem.detail).toContain('SYNC_INTERVAL');
  expect(await app.read()).toMatchObject({ syncInterval: 120, searches: [] });
  expect(await app.change({ syncInterval: 120, searches: [{ name: 'a', q: 'b' }] })).toMatchObject({
    syncInterval: 120,
    searches: [{ name: 'a', q: 'b' }],
  });
});

test('a new interval counts at once', async () => {
  const app = await start(await temporaryFolder());
  const { id } = await app.api.create({ text: 'Goes out on its own' });
  await app.change({ syncInterval: 1 });
  await expect
    .poll(async () => (await app.api.message(id)).deliveries[0]?.state, { timeout: 60_000, interval: 200 })
    .toBe('pushed');
});

test('wrong settings are refused, the field is named and nothing changes', async () => {
  const app = await start(await temporaryFolder());
  const search = (name: unknown, q: unknown) => ({ searches: [{ name, q }] });
  const wrong: Array<[unknown, string]> = [
    [{ syncInterval: -1 }, 'syncInterval'],
    [{ syncInterval: 1.5 }, 'syncInterval'],
    [{ syncInterval: 86_401 }, 'syncInterval'],
    [{ syncInterval: '60' }, 'syncInterval'],
    [{ author: 'Bo' }, 'author'],
    [{ defaultTarget: 'all' }, 'defaultTarget'],
    [{ searches: {} }, 'searches'],
    [{ searches: ['a'] }, 'searches'],
    [search('', 'q'), 'searches'],
    [search(' ', 'q'), 'searches'],
    [search('a\nb', 'q'), 'searches'],
    [search('x'.repeat(81), 'q'), 'searches'],
    [search('a', ''), 'searches'],
    [search('a', 'x'.repeat(1001)), 'searches'],
    [search('a\ud800', 'q'), 'searches'],
    [{ searches: [{ name: 'a', q: 'b', more: 1 }] }, 'searches'],
    [{ searches: Array.from({ length: 51 }, (_, index) => ({ name: `${index}`, q: 'b' })) }, 'searches'],
    [
      { searches: Array.from({ length: 50 }, (_, index) => ({ name: `${index}`, q: '字'.repeat(1000) })) },
      'searches',
    ],
  ];
  for (const [body, field] of wrong) {
    const problem = problemOf(await app.patch(body), 400);
    expect(problem.errors?.map((error) => error.field)).toEqual([field]);
  }
  const searches = Array.from({ length: 50 }, (_, index) => ({ name: `${index}`, q: '"'.repeat(1000) }));
  expect((await app.change({ searches })).searches).toEqual(searches);
  expect(app.troubles).toEqual([]);
});

test('tags are counted, most used first, in all repositories or one', async () => {
  const { api } = await startSmallApp(await temporaryFolder(), { REPOSITORIES: 'second' });
  const tags = async (query = '') =>
    expected<Array<{ tag: string; messages: number }>>(await api.get(`/tags${query}`), 200);
  expect(await tags()).toEqual([]);
  const both = await api.create({ text: '#Idea and #idea', tags: ['plan'], repositories: 'all' });
  await api.create({ text: 'another #idea', repositories: ['second'] });
  await api.create({ text: 'no #2026 tag' });
  const { id } = await api.create({ text: '#gone' });
  expect(await tags()).toEqual([
    { tag: 'idea', messages: 2 },
    { tag: 'gone', messages: 1 },
    { tag: 'plan', messages: 1 },
  ]);
  await api.delete(id);
  await api.edit(both.id, { text: 'now a #list' });
  expect(await tags('?repository=messages')).toEqual([
    { tag: 'list', messages: 1 },
    { tag: 'plan', messages: 1 },
  ]);
  expect(await tags('?repository=second')).toHaveLength(3);
  problemOf(await api.get('/tags?repository=nowhere'), 404);
  problemOf(await api.get('/tags?author=Ann'), 400);
});
