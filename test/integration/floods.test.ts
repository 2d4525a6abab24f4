import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Api, apiAt, ndjson, problemOf } from '../support/api.ts';
import { listen } from '../support/events.ts';
import { startProcess } from '../support/process.ts';
import { exchange, requestHead } from '../support/raw-http.ts';
import { eventually } from '../support/wait.ts';

const MIB = 1024 * 1024;
const json = { 'Content-Type': 'application/json' };
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection that has sent so much of a request and then stays silent, with what was answered so far. */
function silent(url: string, sent: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('error', () => undefined).setEncoding('latin1');
  socket.on('data', (text: string) => {
    answer += text;
  });
  socket.write(sent);
  sockets.push(socket);
  return { socket, answer: () => answer };
}

const bulkHead = (url: string, length: number) =>
  requestHead(
    'POST /messages HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Content-Type: application/x-ndjson',
    `Content-Length: ${length}`,
  );

async function expectWell(api: Api): Promise<void> {
  const text = `Through all of it ${randomUUID()}`;
  const { id } = await api.create({ text });
  expect(await api.message(id)).toMatchObject({ text });
}

test('of who has no access, no body is taken', async () => {
  const { url } = await startProcess({ env: { ACCESS_TOKEN: 'correct-horse-battery' } });
  // The body never comes, so that an answer shows that nobody waits for it.
  problemOf(await exchange(url, bulkHead(url, 60 * MIB)), 401);
  const raw = JSON.stringify({ token: 'x'.repeat(20_000) });
  problemOf(await apiAt(url).send('POST', '/session', { raw, headers: json }), 413);
});

test('bulks that would be too much together are told to come again, and nobody else is', async () => {
  const { url } = await startProcess();
  const api = apiAt(url);
  const first = Array.from({ length: 8 }, () => silent(url, bulkHead(url, 64 * MIB)));
  const late = await eventually(async () => {
    const answer = await exchange(url, bulkHead(url, 64 * MIB), 1000);
    return answer.status === 503 && answer;
  });
  problemOf(late, 503);
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
  await expectWell(api);
  for (const { socket } of first) socket.destroy();
  await eventually(async () => {
    const answer = await api.send('POST', '/messages', { raw: '{"text":"Again"}\n', headers: ndjson });
    return answer.status === 200;
  });
});

test('hundreds of open event streams have an end, and disturb no one', async () => {
  const { url } = await startProcess();
  const api = apiAt(url);
  const streams = await Promise.all(Array.from({ length: 200 }, () => listen(url)));
  const refused = await api.get('/events');
  problemOf(refused, 503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await expectWell(api);
  await Promise.all(streams.map((stream) => stream.until(({ type }) => type === 'message')));
  for (const stream of streams.slice(100)) stream.close();
  await eventually(async () => {
    const again = await listen(url);
    again.close();
    return true;
  });
});

test('who takes forever with the head of a request is let go', async () => {
  const { url } = await startProcess();
  const slow = Array.from({ length: 100 }, () => silent(url, 'POST /messages HTTP/1.1\r\nHost: '));
  await expectWell(apiAt(url));
  // A minute and a half would be usual.
  await eventually(async () => slow.every(({ answer }) => answer().startsWith('HTTP/1.1 408')), 60_000);
});

test('many half-open connections keep nobody from writing', async () => {
  const { url } = await startProcess();
  for (let n = 0; n < 200; n += 1) silent(url, 'POST /messages HTTP/1.1\r\nHost: ');
  await expectWell(apiAt(url));
});
