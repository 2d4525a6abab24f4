import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, apiAt, type Message } from '../support/api.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';
import { nastyTexts } from '../support/texts.ts';

let gitpost: GitpostProcess;
let api: Api;

beforeAll(async () => {
  gitpost = await startProcess();
  api = apiAt(gitpost.url);
});
afterAll(() => gitpost.stop());

/** Sends bytes and then the end, and answers all that came back until the other side closed. */
function converse(request: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(gitpost.url);
    const socket = connect(Number(port), hostname, () => socket.end(request));
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    // What is cut off in the middle is answered or not; it only must not stay open.
    socket.setTimeout(20_000, () => socket.destroy(new Error('still open')));
    socket.on('error', () => undefined).on('close', () => resolve(answer));
  });
}

const odd = fc.constantFrom(...nastyTexts.map(([, text]) => text));
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), odd);
const path = fc.oneof(
  fc.constantFrom('/', '/messages', '/messages/x', '/events?x', '/push', '/repositories', '/session', '*'),
  text.map((part) => `/${part}`),
  fc.webPath(),
  fc.webQueryParameters().map((query) => `/messages?${query}`),
);
const header = fc.oneof(
  fc.constantFrom(
    'Content-Type: application/json',
    'Content-Type: application/x-ndjson',
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
    'Expect: 100-continue',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Origin: null',
    'If-Match: *',
    'Accept: application/x-ndjson;q=x',
    'Cookie: gitpost_session',
    'Authorization: Bearer',
    'Last-Event-ID: \u00ff',
    'Range: bytes=0-',
  ),
  fc.tuple(fc.string(), text).map(([name, value]) => `${name}: ${value}`),
);
const method = fc.constantFrom(
  'GET',
  'POST',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'PUT',
  'TRACE',
  'CONNECT',
  'get',
);

test('no request, however it is made, gets more than an answer', { timeout: 120_000 }, async () => {
  const request = fc
    .record({ method, path, headers: fc.array(header, { maxLength: 5 }), body: text, isOurs: fc.boolean() })
    .map(({ method, path, headers, body, isOurs }) => {
      const host = isOurs ? [`Host: ${new URL(gitpost.url).host}`] : [];
      return Buffer.from([`${method} ${path} HTTP/1.1`, ...host, ...headers, '', body].join('\r\n'));
    });
  const bytes = fc.oneof(
    request,
    fc.uint8Array({ maxLength: 200 }).map((one) => Buffer.from(one)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 10, maxLength: 30 }), async (requests) => {
      const answers = await Promise.all(requests.map(converse));
      for (const answer of answers) {
        const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
        for (const status of statuses) expect([500, 501], answer).not.toContain(status);
        expect(answer).not.toMatch(/\bat \S+ \(|node_modules|node:internal/);
      }
      expect((await api.get('/health')).status).toBe(200);
    }),
    { numRuns: 40 },
  );
});

test('no body, whatever it holds, does more than be taken or refused', { timeout: 120_000 }, async () => {
  const value = fc.oneof(text, fc.jsonValue(), fc.constantFrom(null, true, -1, 1e308, [], {}, '2026-01-01'));
  const key = fc.oneof(
    fc.constantFrom('text', 'author', 'type', 'language', 'url', 'done', 'replyTo', 'createdAt', 'id'),
    fc.constantFrom('repositories', 'confirm', '__proto__', 'constructor', 'toString', 'v'),
  );
  const likely = fc.record(
    {
      text,
      author: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      type: fc.constantFrom('text', 'markdown', 'code', 'task'),
      id: fc.uuid(),
      createdAt: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    },
    { requiredKeys: ['text'] },
  );
  // Written by hand, since a key __proto__ is none for an object that is made here.
  const written = fc
    .array(fc.tuple(key, value), { maxLength: 6 })
    .map((members) => `{${members.map((one) => one.map((part) => JSON.stringify(part)).join(':')).join()}}`);
  const body = fc.oneof(
    likely.map((draft) => JSON.stringify(draft)),
    written,
    fc.json(),
    text,
    fc.constantFrom('['.repeat(100_000), `{"text":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(body, { minLength: 5, maxLength: 20 }), async (bodies) => {
      await Promise.all(
        bodies.map(async (raw) => {
          const headers = { 'Content-Type': 'application/json' };
          const answer = await api.send('POST', '/messages', { raw, headers });
          expect([200, 201, 400, 404, 409, 422], `${raw}: ${answer.text}`).toContain(answer.status);
          if (answer.status !== 201) return;
          const message = answer.json<Message>();
          const again = await api.message(message.id);
          expect({ ...again, deliveries: [] }).toEqual({ ...message, deliveries: [] });
          expect(again.text).toBe((JSON.parse(raw) as { text: string }).text);
        }),
      );
    }),
    { numRuns: 40 },
  );
  expect(({} as { admin?: unknown }).admin).toBeUndefined();
  expect(gitpost.stderr()).toBe('');
});

test('no query and no cursor does more than be answered or refused', { timeout: 60_000 }, async () => {
  const name = fc.constantFrom(
    'q',
    'cursor',
    'limit',
    'since',
    'until',
    'author',
    'tag',
    'type',
    '__proto__',
  );
  const likely = fc.constantFrom('from:', '-"', 'before:2026', '"a', '-', 'tag:#', '1', '-1', '1e3', 'MSBh');
  const query = fc.array(fc.tuple(name, fc.oneof(text, likely)), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(query, { minLength: 10, maxLength: 20 }), async (queries) => {
      for (const answer of await Promise.all(
        queries.map((pairs) => api.get(`/messages?${new URLSearchParams(pairs)}`)),
      ))
        expect([200, 400], answer.text.slice(0, 300)).toContain(answer.status);
    }),
    { numRuns: 20 },
  );
});
