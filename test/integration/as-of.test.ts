import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Api, expected, type Message, problemOf } from '../support/api.ts';
import { statusOf } from '../support/clone-state.ts';
import { git } from '../support/git.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

/** What a reader sees of some messages, without where they are. */
const seen = (messages: readonly Message[]) =>
  messages.map(({ deliveries: _deliveries, ...message }) => message);

/** All messages of a query, page by page. */
async function paged(api: Api, query: string): Promise<Message[]> {
  const all: Message[] = [];
  for (let path: string | undefined = `/messages?limit=3&${query}`; path !== undefined; ) {
    const answer = await api.get(path);
    all.push(...expected<Message[]>(answer, 200));
    path = /<([^>]*)>/.exec(answer.headers.get('link') ?? '')?.[1];
    expect(all.length).toBeLessThan(1000);
  }
  return all;
}

/** Resolves once the clock shows another millisecond. */
async function nextMoment(): Promise<void> {
  const now = Date.now();
  while (Date.now() === now) await turn();
}

/** Writes, edits, deletes and brings back, and returns what was there after each, with when and at which commit. */
async function live(api: Api, clone: string) {
  const after: Array<{ commit: string; time: string; messages: Message[]; deleted: string[] }> = [];
  const ids: string[] = [];
  for (let step = 0; step < 24; step += 1) {
    const id = ids[(step * 7) % ids.length];
    if (id === undefined || step % 3 === 0)
      ids.push((await api.create({ text: `bread ${step} #tag${step % 2}` })).id);
    else if (step % 8 === 4) await api.delete(id);
    else await api.edit(id, { text: `butter ${step}`, pinned: step % 4 === 1 });
    const head = await git(clone, 'rev-parse', 'main');
    const deleted = (await api.messages('?q=is:deleted')).map((message) => message.id);
    after.push({
      commit: head,
      time: new Date().toISOString(),
      messages: await api.messages(),
      deleted,
    });
    await nextMoment();
  }
  return after;
}

test('a commit and a moment show what was there, with every filter and in pages', async () => {
  const folder = await temporaryFolder();
  const first = await startSmallApp(folder);
  const after = await live(first.api, join(folder, 'repos/messages'));
  await first.close();
  // Nothing is in memory any more.
  const { api, troubles } = await startSmallApp(folder);
  const ids = async (query: string) => (await api.messages(query)).map(({ id }) => id);
  for (const { commit, time, messages, deleted } of after) {
    for (const asOf of [commit, commit.slice(0, 12).toUpperCase(), time]) {
      expect(seen(await api.messages(`?asOf=${asOf}`)), asOf).toEqual(seen(messages));
      expect(seen(await paged(api, `asOf=${asOf}`))).toEqual(seen(messages));
      const butter = messages.filter(({ text }) => text.includes('butter')).map(({ id }) => id);
      expect(await ids(`?asOf=${asOf}&q=butter`)).toEqual(butter);
      const tagged = messages.filter(({ tags }) => tags.includes('tag1')).map(({ id }) => id);
      expect(await ids(`?asOf=${asOf}&tag=tag1`)).toEqual(tagged);
      expect(await ids(`?asOf=${asOf}&q=is:deleted`)).toEqual(deleted);
      const [one] = messages;
      if (one)
        expect(seen([expected<Message>(await api.get(`/messages/${one.id}?asOf=${asOf}`), 200)])).toEqual(
          seen([one]),
        );
      for (const id of deleted) problemOf(await api.get(`/messages/${id}?asOf=${asOf}`), 404);
    }
  }
  const { messages, commit } = after.at(-1) as (typeof after)[number];
  expect((await api.messages(`?asOf=${commit}`))[0]?.deliveries).toEqual(messages[0]?.deliveries);
  expect(await api.messages('?asOf=2000-01-01')).toEqual([]);
  expect(await api.messages('?asOf=2999-01-01')).toEqual(await api.messages());
  expect(troubles).toEqual([]);
}, 120_000);

test('a cursor is of one past only', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  for (const text of ['one', 'two', 'three']) await api.create({ text });
  const { head } = await api.repository();
  const time = new Date().toISOString();
  const cursorOf = async (query: string) =>
    /cursor=([^&>]*)/.exec((await api.get(`/messages?limit=1${query}`)).headers.get('link') ?? '')?.[1];
  const cursors = {
    '': await cursorOf(''),
    [`&asOf=${head}`]: await cursorOf(`&asOf=${head}`),
    [`&asOf=${time}`]: await cursorOf(`&asOf=${time}`),
  };
  for (const [query, cursor] of Object.entries(cursors)) {
    expect(cursor).toBeDefined();
    for (const other of Object.keys(cursors)) {
      const answer = await api.get(`/messages?limit=1${other}&cursor=${cursor}`);
      expect(answer.status, `${query} used in ${other}`).toBe(query === other ? 200 : 400);
    }
  }
});

test('what a person took out or moved later is still there then', async () => {
  const folder = await temporaryFolder();
  const { api } = await startSmallApp(folder);
  const [a, b, c] = [
    await api.create({ text: 'a', createdAt: '2026-01-01T00:00:00Z' }),
    await api.create({ text: 'b', createdAt: '2026-01-02T00:00:00Z' }),
    await api.create({ text: 'c', createdAt: '2026-01-03T00:00:00Z' }),
  ];
  await api.edit(a.id, { text: 'a again' });
  const { head: before } = await api.repository();
  const all = await api.messages();
  const clone = join(folder, 'repos', 'messages');
  // What they take out before it was followed would come back.
  await eventually(async () => (await statusOf(clone)).length === 0);
  const month = join(clone, 'messages', '2026-01');
  const journals = (await readdir(month)).sort();
  expect(journals).toHaveLength(3);
  // One is taken out, one loses its first line, one moves.
  const [first, second, third] = journals.map((name) => join(month, name)) as [string, string, string];
  await git(clone, 'rm', '--quiet', second);
  await writeFile(first, '');
  await mkdir(join(clone, 'messages', 'elsewhere'));
  await rename(third, join(clone, 'messages', 'elsewhere', 'moved.jsonl'));
  await git(clone, 'add', '--all');
  await git(clone, 'commit', '--quiet', '-m', 'Tidy up');
  const after = await git(clone, 'rev-parse', 'HEAD');
  // Whoever sees that commit as the head reads its messages, too.
  await expect.poll(async () => (await api.repository()).head).toBe(after);
  const now = await api.messages();
  expect(now.map(({ id }) => id)).toEqual([c.id, a.id]);
  for (let round = 0; round < 2; round += 1) {
    expect(seen(await api.messages(`?asOf=${before}`))).toEqual(seen(all));
    expect(seen(await paged(api, `asOf=${before}`))).toEqual(seen(all));
    expect(await api.messages(`?asOf=${after}`)).toEqual(now);
    expect((await api.get(`/messages/${b.id}?asOf=${before}`)).status).toBe(200);
    expect((await api.get(`/messages/${b.id}?asOf=${after}`)).status).toBe(404);
    // A commit more changes nothing of what was.
    if (round === 0) await api.delete((await api.create({ text: 'later' })).id);
  }
});

test('lines that others wrote with dates of any order count by their own', async () => {
  const folder = await temporaryFolder();
  const { api, close } = await startSmallApp(folder);
  await api.create({ text: 'ours', createdAt: '2026-03-01T00:00:00Z' });
  const clone = join(folder, 'repos', 'messages');
  const id = '0192f0c1-0000-7000-8000-000000000001';
  const lines = [
    {
      v: 1,
      id,
      revision: 1,
      author: 'Cy',
      type: 'text',
      text: 'early',
      createdAt: '2026-01-01T00:00:00.000Z',
    },
    {
      v: 1,
      id,
      revision: 2,
      author: 'Cy',
      type: 'text',
      text: 'and later',
      createdAt: '2026-06-01T00:00:00.000Z',
      updatedAt: '2026-02-01T00:00:00.000Z',
    },
  ];
  const journal = join(clone, 'messages', '2026-01', 'cy.jsonl');
  await mkdir(join(clone, 'messages', '2026-01'), { recursive: true });
  const commits: string[] = [];
  for (const line of lines) {
    const written = await readFile(journal, 'utf8').catch(() => '');
    await writeFile(journal, `${written}${JSON.stringify(line)}\n`);
    await git(clone, 'add', '--', journal);
    await git(clone, 'commit', '--quiet', '-m', 'By hand', '--', journal);
    commits.push(await git(clone, 'rev-parse', 'HEAD'));
  }
  await expect.poll(async () => (await api.repository()).head).toBe(commits[1]);
  const texts = async (asOf: string, from = api) =>
    (await from.messages(`?asOf=${asOf}`)).map(({ text }) => text).sort();
  const cases: Array<[string, string[]]> = [
    ['2026-01-15', ['early']],
    ['2026-02-15', ['and later']],
    ['2026-04-01', ['and later', 'ours']],
    [commits[0] as string, ['early', 'ours']],
    [commits[1] as string, ['and later', 'ours']],
  ];
  await expect.poll(() => texts('2026-01-15')).toEqual(['early']);
  for (const [asOf, expectedTexts] of cases) expect(await texts(asOf), asOf).toEqual(expectedTexts);
  await close();
  const { api: again } = await startSmallApp(folder);
  for (const [asOf, expectedTexts] of cases) expect(await texts(asOf, again), asOf).toEqual(expectedTexts);
});

test('a commit of one repository shows what that one held', async () => {
  const { api } = await startSmallApp(await temporaryFolder(), { REPOSITORIES: 'second' });
  const both = await api.create({ text: 'both', repositories: 'all' });
  const only = await api.create({ text: 'second', repositories: ['second'] });
  const { head } = await api.repository('second');
  await api.create({ text: 'later', repositories: 'all' });
  const then = await api.messages(`?asOf=${head}`);
  expect(then.map(({ id }) => id)).toEqual([only.id, both.id]);
  for (const { deliveries } of then)
    expect(deliveries.map(({ repository }) => repository)).toEqual(['second']);
  expect(await api.messages(`?asOf=${head}&repository=second`)).toEqual(then);
  expect(await api.messages(`?asOf=${head}&repository=messages`)).toEqual([]);
});

test('what is no commit of a branch here is refused, in words', async () => {
  const folder = await temporaryFolder();
  const { api } = await startSmallApp(folder);
  await api.create({ text: 'one' });
  await api.create({ text: 'two' });
  const clone = join(folder, 'repos', 'messages');
  await git(clone, 'branch', 'beef');
  await git(clone, 'tag', '-a', 'v1', '-m', 'A tag');
  const tree = await git(clone, 'rev-parse', 'main^{tree}');
  const tag = await git(clone, 'rev-parse', 'v1');
  const apart = await git(clone, 'commit-tree', '-m', 'Apart', tree);
  for (const asOf of [tree, tag, apart, '0'.repeat(40), 'f'.repeat(64), 'beef'])
    for (const path of ['/messages?', `/messages/${crypto.randomUUID()}?`]) {
      const problem = problemOf(await api.get(`${path}asOf=${asOf}`), 400);
      expect(problem.errors).toMatchObject([{ field: 'asOf', detail: expect.stringContaining(asOf) }]);
    }
  for (const asOf of [
    '',
    'HEAD',
    'main',
    'abc',
    'yesterday',
    '2026-02-30',
    '--all',
    '@%7B1%7D',
    'main~1',
    `${'a'.repeat(65)}`,
  ])
    expect(problemOf(await api.get(`/messages?asOf=${asOf}`), 400).errors?.[0]?.field).toBe('asOf');
  problemOf(await api.get('/messages?asOf=2026-01-01&asOf=2026-01-02'), 400);
});

test('digits that begin several commits are refused until there are enough of them', async () => {
  const folder = await temporaryFolder();
  const { api } = await startSmallApp(folder);
  await api.bulk(Array.from({ length: 700 }, (_, index) => ({ text: `${index}` })));
  const clone = join(folder, 'repos', 'messages');
  const commits = (await git(clone, 'rev-list', 'main')).split('\n');
  const startOf = (id: string) => id.slice(0, 4);
  const one = commits.find((id) => commits.some((other) => other !== id && startOf(other) === startOf(id)));
  if (one !== undefined) {
    expect(problemOf(await api.get(`/messages?asOf=${startOf(one)}`), 400).detail).toContain('several');
    expect((await api.get(`/messages?limit=1&asOf=${one.slice(0, 14)}`)).status).toBe(200);
  }
});

test('many who ask for a commit at once get the same, and the end is not held up', async () => {
  const { api, close, troubles } = await startSmallApp(await temporaryFolder());
  await api.bulk(Array.from({ length: 300 }, (_, index) => ({ text: `${index}` })));
  const { head } = await api.repository();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => api.get(`/messages?limit=300&asOf=${head}`)),
  );
  for (const { status, text } of answers) {
    expect(status).toBe(200);
    expect(text).toBe(answers[0]?.text);
  }
  const late = Promise.allSettled(
    answers.map((_, index) => api.get(`/messages?asOf=${head?.slice(0, 9 + index)}`)),
  );
  await close();
  await late;
  expect(troubles).toEqual([]);
});
