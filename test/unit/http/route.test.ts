import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { fail, ok } from '../../../src/domain/result.ts';
import { addRoutes } from '../../../src/http/add-routes.ts';
import { bodyReaders } from '../../../src/http/body.ts';
import { openApiDocument } from '../../../src/http/openapi.ts';
import { answer, json, raw, route, written } from '../../../src/http/route.ts';
import type { Services } from '../../../src/http/services.ts';

const MIB = 1024 * 1024;
const counted = z.object({ bytes: z.int() });

const ROUTES = [
  route({
    method: 'post',
    path: '/files',
    operationId: 'addFile',
    summary: 'Take a file',
    query: z.strictObject({ name: z.string() }),
    body: raw,
    answers: { 201: answer('Its size', counted) },
    failures: ['busy'],
    handle: async ({ query, request }) => {
      if (query.name === 'refused') return fail('busy', 'Not now.');
      let bytes = 0;
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      return ok({ bytes });
    },
  }),
  route({
    method: 'get',
    path: '/files/:name/parts/:part',
    operationId: 'getPart',
    summary: 'Read a part',
    answers: { 200: written('Its bytes', { 'application/octet-stream': z.file() }) },
    failures: [],
    handle: ({ params: { name, part }, response }) => void response.type('bin').send(`${name} ${part}`),
  }),
  route({
    method: 'patch',
    path: '/files/:name/parts/:part',
    operationId: 'setPart',
    summary: 'Change a part',
    body: json(counted, { isOptional: true }),
    answers: { 204: answer('Done') },
    failures: [],
    handle: () => ok(undefined),
  }),
];

let url: string;

beforeAll(async () => {
  const app = express().set('query parser', 'simple');
  addRoutes(app, ROUTES, {} as Services, bodyReaders());
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return () => void server.close();
});

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/octet-stream', ...headers },
  });

const typeOf = async (response: Response) => ((await response.json()) as { type: string }).type;

test('a raw body reaches its handler as a stream, however long it is', async () => {
  const answered = await post('/files?name=a', new Uint8Array(20 * MIB));
  expect([answered.status, await answered.json()]).toEqual([201, { bytes: 20 * MIB }]);
  expect(await (await post('/files?name=a', '')).json()).toEqual({ bytes: 0 });
});

test('a raw body is refused before its handler by its type, its encoding and the query', async () => {
  const body = new Uint8Array(3 * MIB);
  const wrongType = await post('/files?name=a', body, { 'Content-Type': 'application/json' });
  expect([wrongType.status, await typeOf(wrongType)]).toEqual([415, 'urn:gitpost:problem:unsupported-type']);
  expect((await post('/files?name=a', body, { 'Content-Encoding': 'gzip' })).status).toBe(415);
  expect((await post('/files?other=a', body)).status).toBe(400);
});

test('a client that still sends a raw body gets the refusal of its handler', async () => {
  let sent = 0;
  const body = new ReadableStream({
    pull: async (controller) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      sent += 1;
      if (sent > 20) controller.close();
      else controller.enqueue(new Uint8Array(256 * 1024));
    },
  });
  const refused = await fetch(`${url}/files?name=refused`, {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { 'Content-Type': 'application/octet-stream' },
  } as RequestInit);
  expect([refused.status, await typeOf(refused)]).toEqual([409, 'urn:gitpost:problem:busy']);
});

test('a handler gets the parameters of its path, and can answer itself', async () => {
  expect(await (await fetch(`${url}/files/a%20b/parts/2`)).text()).toBe('a b 2');
});

test('a value that is nothing is answered with the declared status and no body', async () => {
  const answered = await fetch(`${url}/files/a/parts/2`, { method: 'PATCH' });
  expect([answered.status, await answered.text()]).toEqual([400, expect.stringContaining('bytes')]);
  const headers = { 'Content-Type': 'application/json' };
  const done = await fetch(`${url}/files/a/parts/2`, { method: 'PATCH', body: '{"bytes":1}', headers });
  expect([done.status, await done.text()]).toEqual([204, '']);
});

test('a method that no route of a path has is refused with those that are there', async () => {
  const refused = await fetch(`${url}/files/a/parts/2`, { method: 'DELETE' });
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, PATCH']);
  expect((await fetch(`${url}/files`)).headers.get('allow')).toBe('POST');
});

test('openapi.json shows raw bodies, parameters that are required, and names in the path', () => {
  const { paths } = openApiDocument(ROUTES, '0') as { paths: Record<string, Record<string, unknown>> };
  expect(paths['/files']?.post).toMatchObject({
    parameters: [{ name: 'name', in: 'query', required: true, schema: { type: 'string' } }],
    requestBody: { required: true, content: { 'application/octet-stream': {} } },
  });
  const part = paths['/files/{name}/parts/{part}'];
  expect(part?.parameters).toMatchObject([{ name: 'name' }, { name: 'part' }]);
  expect(part?.patch).toMatchObject({ requestBody: { required: false } });
});

test('a handler must return what its answers declare', () => {
  route({
    method: 'get',
    path: '/wrong',
    operationId: 'wrong',
    summary: 'Not what it says',
    answers: { 200: answer('A count', counted) },
    failures: [],
    // @ts-expect-error: bytes is a number
    handle: () => ok({ bytes: 'many' }),
  });
});
