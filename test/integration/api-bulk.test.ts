import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Api,
  commitOf,
  linesOfJson,
  type Message,
  ndjson,
  type Problem,
  problemOf,
} from '../support/api.ts';
import { git, log } from '../support/git.ts';
import { type Here, startHere } from '../support/here.ts';
import { journalLines, linesOfCommit } from '../support/journal.ts';
import { rounds } from '../support/rounds.ts';
import { chatLines, nastyTexts } from '../support/texts.ts';

interface Result {
  status: number;
  message?: Message;
  problem?: Problem;
}

let gitpost: Here;
let api: Api;
let clone: string;

beforeAll(async () => {
  gitpost = await startHere({ env: { AUTHOR_NAME: 'Ann', AUTHOR_EMAIL: 'ann@example.org' } });
  api = gitpost.api;
  clone = join(gitpost.folder, 'repos', 'messages');
  await api.create({ text: 'The first of all' });
});
afterAll(() => gitpost.stop());

const count = () => git(clone, 'rev-list', '--count', 'main').then(Number);

async function send(raw: string | Uint8Array): Promise<Result[]> {
  const answer = await api.send('POST', '/messages', { raw, headers: ndjson });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/x-ndjson\b/);
  return linesOfJson<Result>(answer.text);
}

/** Judges one result by itself: a message or a problem, whichever its status says. */
function judge({ status, message, problem, ...rest }: Result): void {
  expect(rest).toEqual({});
  if (status < 300) {
    expect(problem).toBeUndefined();
    expect(message).toMatchObject({ id: expect.any(String), revision: expect.any(Number) });
  } else {
    expect(message).toBeUndefined();
    const headers = new Headers({ 'Content-Type': 'application/problem+json' });
    problemOf({ status, headers, text: JSON.stringify(problem) }, status);
  }
}

describe('a bulk', () => {
  test('answers one result a line, in order, and a bad line spoils no other', async () => {
    const [id, taken] = [randomUUID(), (await api.create({ text: 'Taken' })).id];
    const lines: Array<[string, number]> = [
      ['{"text":"One","author":"Bo"}', 201],
      ['{"text":""}', 400],
      ['{"text":"Two"', 400],
      ['no JSON', 400],
      ['[]', 400],
      ['null', 400],
      [`{"text":"Three","id":"${id}"}`, 201],
      [`{"text":"Three","id":"${id}"}`, 200],
      [`{"text":"Another three","id":"${id}"}`, 409],
      [`{"text":"Taken","id":"${taken}"}`, 200],
      [`{"text":"Not taken","id":"${taken}"}`, 409],
      ['{"text":"x","unknown":1}', 400],
      ['{"text":"x","__proto__":{}}', 400],
      ['{"text":"x","repositories":["nowhere"]}', 404],
      [`{"text":"${'ghp'}_${'a1B2'.repeat(9)}"}`, 422],
      [`{"text":"${'ghp'}_${'a1B2'.repeat(9)}","confirm":true}`, 201],
      [`{"text":"${'x'.repeat(65_537)}"}`, 400],
      [`{"text":"${'['.repeat(5000)}","done":${'['.repeat(5000)}${']'.repeat(5000)}}`, 400],
      ['{"text":"Four","type":"link","url":"https://example.org/"}', 201],
    ];
    const before = await count();
    const results = await send(`${lines.map(([line]) => line).join('\n')}\n`);
    expect(results.map(({ status }) => status)).toEqual(lines.map(([, status]) => status));
    for (const result of results) judge(result);
    expect(results[0]?.message).toMatchObject({ text: 'One', author: 'Bo', revision: 1 });
    expect(results[7]?.message).toEqual(results[6]?.message);
    expect(await count()).toBe(before + 4);
    for (const { status, message } of results) {
      if (message && status < 300) expect(await api.message(message.id)).toEqual(message);
    }
  });

  test('knows invalid UTF-8 in one line', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"text":"Good"}\n{"text":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}\n{"text":"'),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from('"}\n{"text":"Gut, schön"}\n'),
    ]);
    const results = await send(bytes);
    expect(results.map(({ status }) => status)).toEqual([201, 400, 400, 201]);
    for (const result of results) judge(result);
    expect(results[3]?.message?.text).toBe('Gut, schön');
  });

  test('passes over blank lines, takes CRLF, and needs no line end at the end', async () => {
    const results = await send('\n\r\n{"text":"One"}\r\n   \n\n{"text":"Two"}');
    expect(results.map(({ status, message }) => [status, message?.text])).toEqual([
      [201, 'One'],
      [201, 'Two'],
    ]);
  });

  test('keeps every odd text as it came', async () => {
    const texts = [...nastyTexts, ...chatLines].map(([, text]) => text);
    const results = await send(texts.map((text) => `${JSON.stringify({ text })}\n`).join(''));
    expect(results.map(({ message }) => message?.text)).toEqual(texts);
    const lines = new Map((await journalLines(clone)).map(({ value }) => [value.id, value.text]));
    expect(results.map(({ message }) => lines.get(message?.id as string))).toEqual(texts);
    await git(clone, 'fsck', '--strict');
  });

  test('may be larger than one message may', async () => {
    const line = `${JSON.stringify({ text: 'y'.repeat(60_000), author: 'Large' })}\n`;
    const results = await send(line.repeat(40));
    expect(results.map(({ status }) => status)).toEqual(Array(40).fill(201));
    expect(await api.messages('?author=Large')).toHaveLength(40);
  });
});

describe('the limit of a bulk', () => {
  const MIB = 1024 * 1024;

  test('is 64 MiB', async () => {
    const last = Buffer.from('{"text":"Just fits","author":"Limit"}\n');
    const most = Buffer.concat([Buffer.alloc(64 * MIB - last.length - 1, ' '), Buffer.from('\n'), last]);
    const results = await send(most);
    expect(results.map(({ status }) => status)).toEqual([201]);

    const before = await count();
    const tooMuch = await api.send('POST', '/messages', {
      raw: Buffer.concat([last, most]),
      headers: ndjson,
    });
    problemOf(tooMuch, 413);
    expect(await count()).toBe(before);
    await api.create({ text: 'Still here' });
  });

  test('holds without a Content-Length', async () => {
    const part = Buffer.alloc(MIB, '\n');
    const body = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 65; n += 1) controller.enqueue(part);
        controller.enqueue(Buffer.from('{"text":"Too late"}\n'));
        controller.close();
      },
    });
    const before = await count();
    const options = { method: 'POST', headers: ndjson, body, duplex: 'half' } as const;
    const status = await fetch(`${gitpost.url}/messages`, options).then(
      (response) => response.status,
      // The server may close the connection while the client still sends.
      () => 413,
    );
    expect(status).toBe(413);
    expect(await count()).toBe(before);
  });
});

describe('very many lines', () => {
  const MANY = rounds(800, 2000);

  test('are as many commits, each with its own author, date and subject', async () => {
    const drafts = Array.from({ length: MANY }, (_, n) => ({
      id: randomUUID(),
      text: `Line ${n}\nand more of it`,
      author: `Author ${n % 7}`,
      createdAt: new Date(Date.UTC(2025, n % 12, (n % 28) + 1, n % 24, n % 60, n % 59)).toISOString(),
    }));
    const before = await git(clone, 'rev-parse', 'main');
    const results = await send(drafts.map((draft) => `${JSON.stringify(draft)}\n`).join(''));
    expect(results.map(({ status }) => status)).toEqual(Array(MANY).fill(201));
    expect(results.map(({ message }) => message?.id)).toEqual(drafts.map(({ id }) => id));

    expect(await git(clone, 'rev-list', '--count', `${before}..main`)).toBe(String(MANY));
    expect(await git(clone, 'rev-list', '--count', '--min-parents=2', `${before}..main`)).toBe('0');
    const format = '%H%x1f%an%x1f%ae%x1f%at%x1f%cn%x1f%ce%x1f%s%x1f%(trailers:key=Message-Id,valueonly)';
    const commits = (await log(clone, format, `${before}..main`)).map((entry) => entry.trim().split('\x1f'));
    const byId = new Map(commits.map((commit) => [commit[7], commit]));
    expect(byId.size).toBe(MANY);
    results.forEach(({ message }, index) => {
      const draft = drafts[index] as (typeof drafts)[number];
      expect(byId.get(draft.id)).toEqual([
        commitOf(message as Message),
        draft.author,
        'ann@example.org',
        String(Math.floor(Date.parse(draft.createdAt) / 1000)),
        'Ann',
        'ann@example.org',
        `Line ${index}`,
        draft.id,
      ]);
    });
    for (const index of [0, 1, MANY / 2 - 1, MANY / 2, MANY - 1]) {
      const [line, ...more] = await linesOfCommit(clone, commitOf(results[index]?.message as Message));
      expect([line?.value.id, more]).toEqual([drafts[index]?.id, []]);
    }
    const lines = (await journalLines(clone)).filter(({ value }) => byId.has(value.id));
    expect(lines).toHaveLength(MANY);
    await git(clone, 'fsck', '--strict');
  });
});
