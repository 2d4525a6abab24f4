import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { refuse } from '../../../src/http/guards.ts';
import { type BodyLimits, letMove, slowBodies } from '../../../src/http/slow-bodies.ts';

/** Pieces come so often, in milliseconds. */
const EVERY = 25;

/** Sends pieces of a body for as long as it is let; resolves with the status of the answer. */
async function send(
  path: string,
  pieceBytes: number,
  limits: BodyLimits,
  pieces = Number.POSITIVE_INFINITY,
  ends = true,
) {
  const app = express();
  app.use(slowBodies(limits));
  app.post('/upload', async (incoming, response) => {
    const moved = letMove(incoming);
    incoming.on('data', (chunk: Buffer) => moved(chunk.length)).on('end', () => response.end('taken'));
  });
  app.post('/plain', (incoming, response) => {
    incoming.on('data', () => undefined).on('end', () => response.end('taken'));
  });
  app.post('/refused', (incoming, response) => {
    refuse(incoming, response, { code: 'too-large', detail: 'Nothing was saved.' });
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const headers = { 'Transfer-Encoding': 'chunked' };
  const sending: ClientRequest = request({ port, path, method: 'POST', headers });
  sending.on('error', () => undefined);
  let sent = 0;
  const timer = setInterval(() => {
    if (sent === pieces) return ends ? void sending.end() : undefined;
    sent += 1;
    sending.write(Buffer.alloc(pieceBytes));
  }, EVERY);
  onTestFinished(() => clearInterval(timer));
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  clearInterval(timer);
  return { status: answer.statusCode, words: await text(answer), socket: answer.socket };
}

const PATIENT = 60_000;
const LARGE = 32 * 1024;

test('an upload that moves may take longer than any other body', async () => {
  const limits = { whole: 200, still: PATIENT, longest: PATIENT };
  expect(await send('/upload', LARGE, limits, 20)).toMatchObject({ status: 200, words: 'taken' });
  const refused = await send('/plain', LARGE, limits);
  expect(refused.status).toBe(408);
  expect(JSON.parse(refused.words)).toMatchObject({
    status: 408,
    detail: expect.stringContaining('Nothing was saved'),
  });
});

test('an upload that stands still is ended, and so is one that sends a byte now and then', async () => {
  const limits = { whole: PATIENT, still: 300, longest: PATIENT };
  expect((await send('/upload', LARGE, limits, 1, false)).status).toBe(408);
  expect((await send('/upload', 1, limits)).status).toBe(408);
});

test('an upload has an end, however it moves', async () => {
  const limits = { whole: PATIENT, still: PATIENT, longest: 300 };
  expect((await send('/upload', LARGE, limits)).status).toBe(408);
});

test('a body that was refused does not hold its connection once it stands still', async () => {
  const { status, socket } = await send('/refused', LARGE, { whole: PATIENT, still: 300, longest: PATIENT });
  expect(status).toBe(413);
  if (!socket.destroyed) await once(socket, 'close');
});
