import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiAt, expected, problemOf } from '../support/api.ts';
import { startGitServer } from '../support/git-server.ts';
import { healthOf } from '../support/health.ts';
import { type Here, startHere } from '../support/here.ts';
import { exchange, requestHead } from '../support/raw-http.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

let gitpost: Here;
let api: Api;

beforeAll(async () => {
  gitpost = await startHere();
  api = gitpost.api;
  await api.create({ text: 'The first of all' });
});
afterAll(() => gitpost.stop());

describe('/health', () => {
  test('says that all is well, and the versions', async () => {
    const health = await eventually(async () => {
      const now = await healthOf(api);
      return now.status === 'ok' && now;
    });
    expect(health).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      git: expect.stringMatching(/^\d+\.\d+/),
      counts: expect.objectContaining({ messages: 1, repositories: 1 }),
    });
  });

  test('counts messages that are not deleted, as /stats does, also after a restart without a mirror', async () => {
    const folder = await temporaryFolder();
    const countsOf = async (client: Api) => {
      const stats = expected<{ messages: number }>(await client.get('/stats'), 200);
      return [(await healthOf(client)).counts?.messages, stats.messages];
    };
    const env = { DATA_DIR: join(folder, 'data') };
    let other = await startHere({ folder, env });
    let client = apiAt(other.url);
    const results = await client.bulk(
      Array.from({ length: 20 }, (_, number) => ({ text: `Number ${number}` })),
    );
    const ids = results.map(({ message }) => message?.id as string);
    for (const id of ids.slice(0, 5)) await client.delete(id);
    expect(await countsOf(client)).toEqual([15, 15]);
    await client.edit(ids[0] as string, {});
    expect(await countsOf(client)).toEqual([16, 16]);
    await client.edit(ids[9] as string, { text: 'Edited' });
    await other.stop();
    other = await startHere({ folder, env });
    client = apiAt(other.url);
    await client.messages();
    expect(await countsOf(client)).toEqual([16, 16]);
    await other.stop();
    await rm(join(folder, 'data', 'mirror'), { recursive: true });
    other = await startHere({ folder, env });
    client = apiAt(other.url);
    await client.messages();
    expect(await countsOf(client)).toEqual([16, 16]);
  });

  test('answers at once after the start, while a remote is silent', async () => {
    const folder = await temporaryFolder();
    const server = await startGitServer({ root: join(folder, 'remotes'), token: 'token' });
    server.fault({ kind: 'hang' });
    const env = { REPOSITORY_NAME: `${server.url}/ann/notes.git`, LOG_LEVEL: 'silent' };
    const slow = await startHere({ env });
    const client = apiAt(slow.url);
    const start = Date.now();
    const health = await healthOf(client);
    expect(Date.now() - start).toBeLessThan(10_000);
    expect(health.status).toBe('degraded');
    expect(health.reasons?.join()).toContain('notes');
    expect((await client.get('/')).status).toBe(200);
    expect((await client.repository('notes')).state).toBe('cloning');
    await server.close();
    // Once the remote has proved out of reach, all that waited goes on.
    const message = await client.create({ text: 'Captured all the same' });
    expect(message.deliveries).toHaveLength(1);
    expect(await healthOf(client)).toMatchObject({ status: 'degraded' });
  });
});

describe('/openapi.json', () => {
  interface Operation {
    operationId: string;
    security?: object[];
    responses: Record<string, { description: string; content?: Record<string, { schema?: object }> }>;
    requestBody?: { content: Record<string, { schema?: object }> };
    parameters?: Array<{ name: string; in: string }>;
  }
  interface Document {
    openapi: string;
    info: { title: string; version: string };
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
    servers: Array<{ url: string }>;
    security: object[];
  }
  const document = async () => expected<Document>(await api.get('/openapi.json'), 200);

  test('is OpenAPI 3.1 whose references lead somewhere', async () => {
    const { openapi, info, paths, components } = await document();
    expect(openapi).toMatch(/^3\.1\.\d+$/);
    expect(info).toMatchObject({
      title: expect.any(String),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    const text = JSON.stringify({ paths, components });
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target as string);
    expect(references.length).toBeGreaterThan(5);
    for (const reference of references) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1];
      expect(components.schemas, reference).toHaveProperty(name ?? reference);
    }
    for (const [name, schema] of Object.entries(components.schemas)) {
      // A schema that is only a reference to itself says nothing.
      expect(schema, name).toHaveProperty('type');
    }
    for (const [path, item] of Object.entries(paths)) {
      expect(path).toMatch(/^\//);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const shared = (item.parameters ?? []) as unknown as Array<{ name: string; in: string }>;
      for (const [method, operation] of Object.entries(item)) {
        if (method === 'parameters') continue;
        expect(['get', 'post', 'patch', 'delete'], `${method} ${path}`).toContain(method);
        const inPath = [...shared, ...(operation.parameters ?? [])].filter((one) => one.in === 'path');
        expect(inPath.map(({ name }) => name)).toEqual(named);
        const statuses = Object.keys(operation.responses);
        expect(statuses.length).toBeGreaterThan(0);
        for (const status of statuses) {
          expect(status).toMatch(/^([1-5]\d\d|default)$/);
          expect(operation.responses[status]?.description).toMatch(/\S/);
        }
      }
    }
  });

  test('lists every call that there is, and none that there is not', async () => {
    const { paths } = await document();
    const promised: Array<[string, string]> = [
      ['get', '/messages'],
      ['post', '/messages'],
      ['get', '/messages/{id}'],
      ['patch', '/messages/{id}'],
      ['delete', '/messages/{id}'],
      ['get', '/messages/{id}/history'],
      ['get', '/ids'],
      ['get', '/count'],
      ['post', '/attachments'],
      ['get', '/attachments/{sha256}'],
      ['get', '/settings'],
      ['patch', '/settings'],
      ['get', '/tags'],
      ['post', '/mcp'],
      ['post', '/import'],
      ['get', '/export'],
      ['post', '/push'],
      ['post', '/pull'],
      ['get', '/repositories'],
      ['post', '/repositories'],
      ['get', '/repositories/{name}'],
      ['patch', '/repositories/{name}'],
      ['delete', '/repositories/{name}'],
      ['post', '/repositories/{name}/resolve'],
      ['get', '/github'],
      ['get', '/github/repositories'],
      ['get', '/events'],
      ['get', '/stats'],
      ['get', '/health'],
      ['get', '/verify'],
      ['get', '/openapi.json'],
      ['post', '/session'],
      ['delete', '/session'],
    ];
    const listed = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((method) => method !== 'parameters')
        .map((method) => `${method} ${path}`),
    );
    for (const [method, path] of promised) {
      const target = path.replace(/\{\w+\}/, 'none');
      const { status, text } = await ask(method, target);
      const exists = status !== 405 && !(status === 404 && /nothing at this path/i.test(text));
      if (exists) expect(listed, `${method} ${path} answers ${status}`).toContain(`${method} ${path}`);
    }
    const known = promised.map(([method, path]) => `${method} ${path}`);
    expect(listed.filter((one) => !known.includes(one) && one !== 'get /')).toEqual([]);
  });

  /** Asks whether there is such a call, with a body that every write refuses. */
  async function ask(method: string, path: string): Promise<{ status: number; text: string }> {
    if (method !== 'get') return api.send(method.toUpperCase(), path, { json: [] });
    // Only the head is waited for, since a stream has no end.
    const stop = new AbortController();
    const answer = await fetch(`${api.url}${path}`, { signal: stop.signal });
    const text = answer.ok ? '' : await answer.text();
    stop.abort();
    return { status: answer.status, text };
  }

  test('names each operation once, and says with what it can succeed and fail', async () => {
    const { paths } = await document();
    const operations = Object.values(paths).flatMap((item) =>
      Object.entries(item).flatMap(([method, operation]) => (method === 'parameters' ? [] : [operation])),
    );
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.length).toBeGreaterThan(20);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operationId, responses } of operations) {
      expect(operationId).toMatch(/^[a-z][A-Za-z]+$/);
      const statuses = Object.keys(responses);
      expect(statuses.filter((status) => /^2/.test(status)).length, operationId).toBeGreaterThan(0);
      expect(statuses, operationId).toEqual(
        expect.arrayContaining(['400', '401', '403', '421', '500', 'default']),
      );
      for (const [status, { content }] of Object.entries(responses)) {
        if (/^[45d]/.test(status) && status !== '502') {
          expect(Object.keys(content ?? {}), `${operationId} ${status}`).toEqual([
            'application/problem+json',
          ]);
        }
      }
    }
    const { content } = paths['/messages']?.post?.responses['200'] ?? {};
    expect(Object.keys(content ?? {})).toEqual(['application/json', 'application/x-ndjson']);
  });

  test('says how to sign in, and that nobody has to if no access token is set', async () => {
    const { security, components, servers, paths } = await document();
    expect(security).toEqual([{}, { bearer: [] }, { session: [] }]);
    expect(servers).toEqual([{ url: '/' }]);
    expect(paths['/session']?.post?.security).toEqual([]);
    expect(Object.keys(components.securitySchemes)).toEqual(['bearer', 'session']);

    const token = 'correct-horse-battery';
    const env = { ACCESS_TOKEN: token, PUBLIC_URL: 'https://a.example/notes' };
    const other = await startHere({ env });
    const client = apiAt(other.url, { Authorization: `Bearer ${token}` });
    const own = expected<Document>(await client.get('/openapi.json'), 200);
    expect(own.security).toEqual([{ bearer: [] }, { session: [] }]);
    expect(own.servers).toEqual([{ url: '/' }]);
    const open = expected<Document>(await client.get('/openapi.json', { Origin: 'https://a.example' }), 200);
    expect(open.servers).toEqual([{ url: '/notes' }]);
    for (const [{ components: parts }, headers] of [
      [own, {}],
      [open, { Origin: 'https://a.example' }],
    ] as const) {
      const signedIn = await client.send('POST', '/session', { json: { token }, headers });
      const name = signedIn.headers.get('set-cookie')?.split('=')[0];
      expect(parts.securitySchemes.session).toMatchObject({ type: 'apiKey', in: 'cookie', name });
    }
  });

  test('lists the fields of a message and of a problem', async () => {
    const { components, paths } = await document();
    const keys = (name: string) =>
      Object.keys((components.schemas[name] as { properties: object }).properties).sort();
    expect(keys('Message')).toEqual(
      'attachments author conflict createdAt deletedAt deliveries done id language pinned replyTo revision tags text type updatedAt url'.split(
        ' ',
      ),
    );
    expect(keys('Problem')).toEqual(['detail', 'errors', 'status', 'title', 'type']);
    const parameters = (paths['/messages']?.get?.parameters ?? []).map(({ name }) => name).sort();
    expect(parameters).toEqual([
      'asOf',
      'author',
      'cursor',
      'limit',
      'q',
      'repository',
      'since',
      'tag',
      'type',
      'until',
      'zone',
    ]);
  });
});

describe('the page', () => {
  test('is served with a policy that lets nothing in from elsewhere', async () => {
    const answer = await api.get('/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html\b/);
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(answer.text).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|<style/);
    const assets = [...answer.text.matchAll(/(?:src|href)="\.(\/[^"]+)"/g)].map(([, path]) => path as string);
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets) expect((await api.get(path)).status, path).toBe(200);
    expect(answer.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });
});

describe('an address that leads nowhere', () => {
  const fromBrowser = {
    Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'Sec-Fetch-Mode': 'navigate',
  };

  test('is a page in words for a browser, with the same headers as any other', async () => {
    const home = await api.get('/');
    for (const path of [
      '/nonsense',
      '/a/b/c',
      '/%3Cscript%3Ealert(1)%3C/script%3E',
      '/nonsense?q="><img src=x>',
    ]) {
      const answer = await api.get(path, fromBrowser);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toMatch(/^text\/html; charset=utf-8/);
      expect(answer.text).toContain('<a href="/">');
      expect(answer.text).toContain('There is nothing at this path');
      expect(answer.text).not.toMatch(/<script|<img|alert/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('vary')).toMatch(/accept/i);
      const names = [
        'content-security-policy',
        'x-content-type-options',
        'referrer-policy',
        'x-frame-options',
      ];
      for (const name of names) expect(answer.headers.get(name), name).toBe(home.headers.get(name));
    }
  });

  test('is a problem document for programs, and so is every error of the API', async () => {
    for (const Accept of ['*/*', 'application/json', 'application/json, text/html;q=0.9']) {
      problemOf(await api.get('/nonsense', { Accept }), 404);
      problemOf(await api.get('/MESSAGES', { Accept }), 404);
    }
    problemOf(await api.send('POST', '/nonsense', { json: {}, headers: fromBrowser }), 404);
    problemOf(await api.get('/messages/none', fromBrowser), 404);
    problemOf(await api.get('/messages?limit=0', fromBrowser), 400);
    problemOf(await api.get('/push', fromBrowser), 405);
  });

  test('leads to the sign-in if there is an access token', async () => {
    const other = await startHere({ env: { ACCESS_TOKEN: 'correct-horse-battery' } });
    const answer = await apiAt(other.url).get('/nonsense', fromBrowser);
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('<a href="/">');
  });

  test('says under a foreign name which one that was, as text', async () => {
    const host = `<b>evil</b>.example`;
    const answer = await exchange(
      gitpost.url,
      requestHead('GET / HTTP/1.1', `Host: ${host}`, 'Accept: text/html'),
    );
    expect(answer.status).toBe(421);
    expect(answer.text).toContain('&lt;b&gt;evil');
    expect(answer.text).not.toContain('<b>');
  });
});

test('an icon is there under the name that browsers ask for on their own', async () => {
  const answer = await fetch(`${api.url}/favicon.ico`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^image\/(x-icon|vnd\.microsoft\.icon)/);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.length).toBeLessThan(4096);
  // Two bytes of nothing, then: an icon, with at least one picture, which is a PNG.
  expect([bytes.readUInt16LE(0), bytes.readUInt16LE(2)]).toEqual([0, 1]);
  for (let index = 0; index < bytes.readUInt16LE(4); index += 1) {
    const [size, offset] = [bytes.readUInt32LE(6 + 16 * index + 8), bytes.readUInt32LE(6 + 16 * index + 12)];
    const picture = bytes.subarray(offset, offset + size);
    expect(picture.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    expect(picture.readUInt32BE(16)).toBe(bytes.readUInt8(6 + 16 * index));
  }
});
