import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, ndjson, problemOf } from '../support/api.ts';
import { type Here, startHere } from '../support/here.ts';
import { exchange, requestHead } from '../support/raw-http.ts';
import { sendBody, sendHead, unchanged as unchangedIn } from '../support/requests.ts';

let gitpost: Here;
let api: Api;
let host: string;

beforeAll(async () => {
  gitpost = await startHere();
  api = gitpost.api;
  host = new URL(gitpost.url).host;
});
afterAll(() => gitpost.stop());

const json = { 'Content-Type': 'application/json' };
const unchanged = <Value>(work: () => Promise<Value>) => unchangedIn(gitpost, work);
const _raw = (line: string, ...headers: string[]) => sendHead(gitpost, line, headers);
const post = (path: string, body: string | Uint8Array, ...headers: string[]) =>
  sendBody(gitpost, path, body, headers);

describe('a body', () => {
  const types = [
    'text/plain',
    'text/plain;application/json',
    'text/plain; charset=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/json-patch+json',
    'text/json',
    'application/json; charset=utf-16le',
    'application/json; charset=latin1',
    '*/*',
    '',
  ];
  test.each(types)('of the type %j is refused', async (type) => {
    const { id } = await api.create({ text: 'Left as it is' });
    await unchanged(async () => {
      const lines = type === '' ? [] : [`Content-Type: ${type}`];
      problemOf(await post('/messages', '{"text":"x"}', ...lines), 415);
      problemOf(await post('/push', '{}', ...lines), 415);
      const patch = { raw: '{"text":"x"}', headers: { 'Content-Type': type || 'text/plain' } };
      problemOf(await api.send('PATCH', `/messages/${id}`, patch), 415);
    });
  });

  test('of a delete is refused if it is no JSON, too', async () => {
    const { id } = await api.create({ text: 'Left as it is' });
    const headers = { 'Content-Type': 'text/plain' };
    problemOf(await api.send('DELETE', `/messages/${id}`, { raw: 'x', headers }), 415);
    expect((await api.message(id)).revision).toBe(1);
  });

  test.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
  ])('of the type %s is taken', async (type) => {
    expect((await post('/messages', '{"text":"x"}', `Content-Type: ${type}`)).status).toBe(201);
  });

  const invalid: Array<[string, Buffer]> = [
    ['a byte that is none', Buffer.from('{"text":"\xff"}', 'latin1')],
    ['Latin-1', Buffer.from('{"text":"M\xfcller"}', 'latin1')],
    ['an overlong slash', Buffer.from('{"text":"\xc0\xaf"}', 'latin1')],
    ['a surrogate in three bytes', Buffer.from('{"text":"\xed\xa0\x80"}', 'latin1')],
    ['a cut character', Buffer.from('{"text":"\xe2\x82"}', 'latin1')],
    ['UTF-16', Buffer.from('{"text":"x"}', 'utf16le')],
  ];
  test.each(invalid)('with %s is refused', async (_what, bytes) => {
    await unchanged(async () => {
      problemOf(await api.send('POST', '/messages', { raw: bytes, headers: json }), 400);
    });
  });

  test.each([
    '',
    ' ',
    '{',
    '{"text":"x"',
    '{"text":"x"}}',
    "{'text':'x'}",
    '{"text":"x",}',
    '{"text":NaN}',
    '"',
    'x',
  ])('of %j is refused', async (text) => {
    await unchanged(async () => {
      problemOf(await api.send('POST', '/messages', { raw: text, headers: json }), 400);
    });
  });

  const MIB = 1024 * 1024;
  test('may have 1 MiB and no byte more', async () => {
    const most = '{"text":"Just fits"}'.padEnd(MIB);
    expect((await api.send('POST', '/messages', { raw: most, headers: json })).status).toBe(201);
    const { id } = await api.create({ text: 'x' });
    await unchanged(async () => {
      const tooMuch = { raw: `${most} `, headers: json };
      problemOf(await api.send('POST', '/messages', tooMuch), 413);
      problemOf(await api.send('PATCH', `/messages/${id}`, tooMuch), 413);
      problemOf(await api.send('POST', '/push', tooMuch), 413);
    });
  });

  test('may have no more without a Content-Length', async () => {
    await unchanged(async () => {
      const chunk = `${MIB.toString(16)}\r\n${'{"text":"x"}'.padEnd(MIB)}\r\n`;
      const lines = [`Host: ${host}`, 'Content-Type: application/json', 'Transfer-Encoding: chunked'];
      const request = `${requestHead('POST /messages HTTP/1.1', ...lines)}${chunk}1\r\n \r\n0\r\n\r\n`;
      problemOf(await exchange(gitpost.url, request), 413);
    });
  });

  test('may not be compressed', async () => {
    await unchanged(async () => {
      const body = gzipSync('{"text":"x"}');
      for (const encoding of ['gzip', 'deflate', 'br', 'x-unknown']) {
        const headers = { ...json, 'Content-Encoding': encoding };
        problemOf(await api.send('POST', '/messages', { raw: body, headers }), 415);
      }
      const bomb = gzipSync(Buffer.alloc(100 * MIB, ' '));
      const headers = { ...ndjson, 'Content-Encoding': 'gzip' };
      problemOf(await api.send('POST', '/messages', { raw: bomb, headers }), 415);
    });
  });
});
