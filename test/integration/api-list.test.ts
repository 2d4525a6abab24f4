import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, expected, linesOfJson, type Message, problemOf } from '../support/api.ts';
import { type Here, startHere } from '../support/here.ts';

let gitpost: Here;
let api: Api;

/** What the whole file searches through; `n` stands in each text, so that a message is known by it. */
const seeds: Array<[n: number, createdAt: string, text: string, more?: object]> = [
  [1, '2026-01-01T00:00:00.000Z', 'Happy new year #party', { author: 'Ann' }],
  [2, '2026-01-01T00:00:00.001Z', 'The same to you', { author: 'Bo' }],
  [3, '2026-02-10T12:00:00.000Z', 'Bread and butter #food', { author: 'Ann' }],
  [4, '2026-02-10T12:00:00.000Z', 'Butter and bread #Food #fast', { author: 'Bo Li' }],
  [5, '2026-02-10T12:00:00.000Z', 'Breadcrumbs', { author: 'Ann' }],
  [6, '2026-03-05T08:00:00.000Z', '# Plan\n\nbuy bread', { author: 'Cy', type: 'markdown' }],
  [7, '2026-03-05T09:00:00.000Z', 'const bread = [];', { author: 'Cy', type: 'code', language: 'js' }],
  [8, '2026-03-06T09:00:00.000Z', 'Read this', { author: 'Cy', type: 'link', url: 'https://example.org/' }],
  [9, '2026-03-07T09:00:00.000Z', 'Call the baker', { author: 'Ann', type: 'task', done: false }],
  [10, '2026-03-08T09:00:00.000Z', 'Straße frei', { author: 'Jürgen' }],
  [11, '2026-03-09T09:00:00.000Z', 'ΟΔΥΣΣΕΥΣ came home', { author: 'Ann' }],
  [12, '2026-03-10T09:00:00.000Z', '明天十点开会 #会议', { author: '陈伟' }],
  [13, '2026-03-11T09:00:00.000Z', 'A regex: ^[a-z]+.*\\d$ (100%) a_b', { author: 'Ann' }],
  [14, '2026-03-12T09:00:00.000Z', 'from:nobody is a word', { author: 'Ann' }],
  [15, '2026-03-13T09:00:00.000Z', 'For both', { author: 'Ann', repositories: ['messages', 'second'] }],
  [16, '2026-03-14T09:00:00.000Z', 'For the second', { author: 'Ann', repositories: ['second'] }],
];
const numbers = new Map<string, number>();

beforeAll(async () => {
  gitpost = await startHere({ env: { AUTHOR_NAME: 'Ann', REPOSITORIES: 'second' } });
  api = gitpost.api;
  const drafts = seeds.map(([, createdAt, text, more]) => ({ createdAt, text, ...more }));
  const results = await api.bulk(drafts);
  results.forEach(({ message }, index) => {
    numbers.set((message as Message).id, seeds[index]?.[0] as number);
  });
  const { id } = await api.create({ text: 'Deleted bread', createdAt: '2026-03-15T09:00:00.000Z' });
  await api.delete(id);
});
afterAll(() => gitpost.stop());

/** The numbers of the messages that a query answers, oldest first. */
async function found(query: string): Promise<number[]> {
  const messages = await api.messages(query);
  return messages.map(({ id }) => numbers.get(id) ?? Number.NaN).sort((a, b) => a - b);
}

const all = seeds.map(([n]) => n);
const inQ = (q: string) => found(`?q=${encodeURIComponent(q)}`);

describe('the order', () => {
  test('is newest first, by createdAt and then by id', async () => {
    const keys = (await api.messages()).map(({ createdAt, id }) => `${createdAt} ${id}`);
    expect(keys).toHaveLength(seeds.length);
    expect(keys).toEqual([...keys].sort().reverse());
  });

  test('shows messages as they are now, and no deleted ones', async () => {
    const messages = await api.messages();
    for (const message of messages) expect(await api.message(message.id)).toEqual(message);
    expect(JSON.stringify(messages)).not.toContain('Deleted');
  });
});

describe('the filter', () => {
  const cases: Array<[string, number[]]> = [
    ['author=Ann', [1, 3, 5, 9, 11, 13, 14, 15, 16]],
    ['author=Bo', [2]],
    ['author=Bo%20Li', [4]],
    ['author=Nobody', []],
    ['type=text', [1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16]],
    ['type=code', [7]],
    ['type=task', [9]],
    ['tag=food', [3, 4]],
    ['tag=FOOD', [3, 4]],
    ['tag=%E4%BC%9A%E8%AE%AE', [12]],
    ['tag=foo', []],
    ['repository=messages', all.filter((n) => n !== 16)],
    ['repository=second', [15, 16]],
    ['since=2026-03-07T09:00:00.000Z', [9, 10, 11, 12, 13, 14, 15, 16]],
    ['since=2026-03-07T09:00:00.001Z', [10, 11, 12, 13, 14, 15, 16]],
    ['until=2026-02-10T12:00:00.000Z', [1, 2]],
    ['until=2026-02-10T12:00:00.001Z', [1, 2, 3, 4, 5]],
    ['since=2026-01-01T00:00:00.001Z&until=2026-02-10T12:00:00.000Z', [2]],
    ['since=2026-03-01T00:00:00.000Z&until=2026-02-01T00:00:00.000Z', []],
    ['author=Cy&type=code&q=bread', [7]],
    ['repository=second&author=Ann&since=2026-03-14T00:00:00.000Z', [16]],
    ['q=', all],
  ];
  test.each(cases)('%s', async (query, expectedNumbers) => {
    expect(await found(`?${query}`)).toEqual(expectedNumbers);
  });
});

describe('a search', () => {
  const cases: Array<[string, number[]]> = [
    ['bread', [3, 4, 5, 6, 7]],
    ['BREAD', [3, 4, 5, 6, 7]],
    ['bread butter', [3, 4]],
    ['butter bread', [3, 4]],
    ['"bread and butter"', [3]],
    ['rea', [3, 4, 5, 6, 7, 8]],
    ['bread -butter', [5, 6, 7]],
    ['-bread', [1, 2, 8, 9, 10, 11, 12, 13, 14, 15, 16]],
    ['bread -"and butter"', [4, 5, 6, 7]],
    ['from:Ann bread', [3, 5]],
    ['from:ann', [1, 3, 5, 9, 11, 13, 14, 15, 16]],
    ['from:"Bo Li"', [4]],
    ['from:Jürgen', [10]],
    ['-from:Ann bread', [4, 6, 7]],
    ['in:second', [15, 16]],
    ['in:second -in:messages', [16]],
    ['type:code', [7]],
    ['-type:text', [6, 7, 8, 9]],
    ['tag:food', [3, 4]],
    ['tag:food -tag:fast', [3]],
    ['before:2026-02-01', [1, 2]],
    ['after:2026-03-12', [14, 15, 16]],
    ['after:2026-02-01 before:2026-03-01', [3, 4, 5]],
    ['-after:2026-02-01', [1, 2]],
    ['STRASSE', [10]],
    ['straße', [10]],
    ['οδυσσευς', [11]],
    ['ὀδυσσεύς', []],
    ['开会', [12]],
    ['^[a-z]+.*\\d$', [13]],
    ['a_b', [13]],
    ['100%', [13]],
    ['a%b', []],
    ['.*', [13]],
    ['"from:nobody"', [14]],
    ['Plan buy', [6]],
    ['   bread    butter   ', [3, 4]],
    ['nowhere', []],
  ];
  test.each(cases)('for %s', async (q, expectedNumbers) => {
    expect(await inQ(q)).toEqual(expectedNumbers);
  });
});

describe('pages', () => {
  /** The address of the next page, as a browser would resolve it. */
  function next(link: string | null, from: string): string | undefined {
    if (link === null) return undefined;
    const target = /^<([^>]*)>;\s*rel="?next"?$/.exec(link)?.[1];
    expect(target, link).toBeDefined();
    const url = new URL(target as string, `${gitpost.url}${from}`);
    expect(url.origin).toBe(gitpost.url);
    return `${url.pathname}${url.search}`;
  }

  async function walk(path: string, between: (page: number) => Promise<unknown> = async () => undefined) {
    const pages: Message[][] = [];
    for (let at: string | undefined = path; at !== undefined; ) {
      const answer = await api.get(at);
      pages.push(expected<Message[]>(answer, 200));
      at = next(answer.headers.get('link'), at);
      expect(pages.length).toBeLessThan(100);
      await between(pages.length);
    }
    return pages;
  }

  test('of any size hold everything once, in order', async () => {
    const whole = await api.messages();
    for (const limit of [1, 2, 3, 5, 16, 17, 1000]) {
      const pages = await walk(`/messages?limit=${limit}`);
      expect(pages.flat(), `limit ${limit}`).toEqual(whole);
      for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
    }
  });

  test('name no next one if there is none', async () => {
    expect((await api.get('/messages?limit=16')).headers.get('link')).toBeNull();
    expect((await api.get('/messages?limit=15')).headers.get('link')).toMatch(/rel="next"/);
    expect((await api.get('/messages')).headers.get('link')).toBeNull();
    expect((await api.get('/messages?limit=1&author=Nobody')).headers.get('link')).toBeNull();
  });

  test('keep their filters', async () => {
    const q = encodeURIComponent('-from:Bo "a"');
    const whole = await api.messages(`?q=${q}&type=text&until=2026-03-12`);
    expect(whole.length).toBeGreaterThan(3);
    const pages = await walk(`/messages?q=${q}&type=text&until=2026-03-12&limit=2`);
    expect(pages.flat()).toEqual(whole);
  });

  test('stay right while messages are added, changed and deleted', async () => {
    const before = await api.messages('?author=Pager');
    expect(before).toEqual([]);
    const drafts = Array.from({ length: 20 }, (_, n) => ({
      text: `Page ${n}`,
      author: 'Pager',
      createdAt: `2026-05-${String(n + 1).padStart(2, '0')}T00:00:00.000Z`,
    }));
    const ids = (await api.bulk(drafts)).map(({ message }) => (message as Message).id);
    const [last] = await api.messages('?author=Pager&limit=1');
    expect(last?.id).toBe(ids[19]);

    const seen = await walk('/messages?author=Pager&limit=4', async (page) => {
      await api.create({ text: 'Newer', author: 'Pager', createdAt: '2026-06-01T00:00:00.000Z' });
      if (page === 1) {
        // The one that the cursor stands on, one that was shown, and one still to come.
        await api.delete(ids[16] as string);
        await api.edit(ids[18] as string, { text: 'Changed' });
        await api.create({ text: 'Older', author: 'Pager', createdAt: '2026-05-01T12:00:00.000Z' });
      }
    });
    const texts = seen.flat().map(({ text }) => text);
    expect(texts.filter((text) => text.startsWith('Page'))).toEqual(
      Array.from({ length: 20 }, (_, n) => `Page ${19 - n}`),
    );
    expect(texts).toContain('Older');
    expect(texts).not.toContain('Newer');
    expect(texts).not.toContain('Changed');
    for (const { id } of await api.messages('?author=Pager')) await api.delete(id);
  });

  test('a message that was just answered is seen', async () => {
    for (let n = 0; n < 10; n += 1) {
      const message = await api.create({ text: `Seen at once ${n}` });
      expect((await api.messages('?limit=1'))[0]).toEqual(message);
      await api.delete(message.id);
    }
  });
});

describe('the forms', () => {
  test('NDJSON gives one message a line', async () => {
    const whole = await api.messages();
    for (const path of ['/messages', '/messages?limit=1000']) {
      const answer = await api.get(path, { Accept: 'application/x-ndjson' });
      expect(answer.headers.get('content-type')).toMatch(/^application\/x-ndjson\b/);
      expect(answer.text.endsWith('\n')).toBe(true);
      expect(linesOfJson(answer.text)).toEqual(whole);
    }
    const none = await api.get('/messages?author=Nobody', { Accept: 'application/x-ndjson' });
    expect(none.text).toBe('');
  });

  test('JSON is what everybody else gets', async () => {
    for (const accept of ['*/*', 'application/json', 'text/html, */*;q=0.1']) {
      const answer = await api.get('/messages', { Accept: accept });
      expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/);
      expect(answer.json<Message[]>()).toHaveLength(seeds.length);
    }
  });

  test('everything comes without a limit, however much it is', async () => {
    const text = `Many ${'x'.repeat(300)}`;
    const drafts = Array.from({ length: 2500 }, (_, n) => ({ text: `${text} ${n}`, author: 'Many' }));
    await api.bulk(drafts);
    const messages = await api.messages('?author=Many');
    expect(new Set(messages.map((message) => message.text)).size).toBe(2500);
    const answer = await api.get('/messages?author=Many', { Accept: 'application/x-ndjson' });
    expect(linesOfJson(answer.text)).toEqual(messages);
  });
});

describe('what is refused', () => {
  test.each([
    'limit=0',
    'limit=1001',
    'limit=-1',
    'limit=1.5',
    'limit=x',
    'limit=',
    'cursor=x&limit=1',
    'cursor=bm9wZQ&limit=1',
    'since=yesterday',
    'until=2026-02-30',
    'unknown=1',
    'Limit=1',
    '__proto__=1',
    'constructor=1',
    'limit[]=1',
    'limit[a]=1',
    'limit=1&limit=2',
    'author=Ann&author=Ann',
    'q=a&q=b',
    'repository=messages&repository=second',
  ])('%s', async (query) => {
    problemOf(await api.get(`/messages?${query}`), 400);
  });

  test('an unknown repository is not found', async () => {
    for (const name of ['nowhere', 'MESSAGES', '..', '__proto__', 'messages%2f..', '%00']) {
      problemOf(await api.get(`/messages?repository=${name}`), 404);
      // A client takes `..` out of a path before it sends it.
      if (name !== '..') problemOf(await api.get(`/repositories/${name}`), 404);
    }
    expect(await inQ('in:nowhere')).toEqual([]);
  });
});
