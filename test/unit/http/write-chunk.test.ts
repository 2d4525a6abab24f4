import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { endStream, writeChunk } from '../../../src/http/write-chunk.ts';

const ends: Array<() => void> = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** One request whose answer is written by hand, and the socket of its client. */
async function exchange() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  ends.push(() => {
    client.destroy();
    server.close();
  });
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  return { client, response };
}

const CHUNK = 'x'.repeat(1024 * 1024);
const MOST_BUFFERED = 200;

test('a client that reads is sent everything', async () => {
  const { client, response } = await exchange();
  client.resume();
  for (let n = 0; n < 20; n += 1) expect(await writeChunk(response, CHUNK, 5000)).toBe(true);
  endStream(response, 'the end');
  await once(response, 'finish');
});

test('a client that takes nothing is let go while an answer is written', async () => {
  const { client, response } = await exchange();
  client.pause();
  let sent = 0;
  while (await writeChunk(response, CHUNK, 200)) {
    sent += 1;
    expect(sent).toBeLessThan(MOST_BUFFERED);
  }
  expect(response.destroyed).toBe(true);
});

test('a client that takes nothing is let go at the end of an answer', async () => {
  const { client, response } = await exchange();
  client.pause();
  endStream(response, CHUNK.repeat(50), 200);
  await once(response, 'close');
  expect(client.bytesRead).toBeLessThan(50 * CHUNK.length);
});
