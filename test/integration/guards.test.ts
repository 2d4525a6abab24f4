import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Api, ndjson, problemOf } from '../support/api.ts';
import { type Here, startHere } from '../support/here.ts';
import { exchange, type RawAnswer, requestHead } from '../support/raw-http.ts';
import { sendBody, sendHead, unchanged as unchangedIn } from '../support/requests.ts';

let gitpost: Here;
let api: Api;
let port: number;
let host: string;
const secret = 'Nobody else may read this';

beforeAll(async () => {
  gitpost = await startHere();
  api = gitpost.api;
  port = Number(new URL(gitpost.url).port);
  host = `127.0.0.1:${port}`;
  await api.create({ text: secret });
});
afterAll(() => gitpost.stop());

const _json = { 'Content-Type': 'application/json' };
const unchanged = <Value>(work: () => Promise<Value>) => unchangedIn(gitpost, work);
const raw = (line: string, ...headers: string[]) => sendHead(gitpost, line, headers);
const post = (path: string, body: string | Uint8Array, ...headers: string[]) =>
  sendBody(gitpost, path, body, headers);

const paths = ['/', '/messages', '/events', '/health', '/openapi.json', '/assets/app.js', '/nothing'];

describe('the Host header', () => {
  const refused: Array<[string, number[], (path: string) => Promise<RawAnswer>]> = [
    ['missing', [400], (path) => raw(`GET ${path} HTTP/1.1`)],
    ['missing in HTTP/1.0', [400], (path) => raw(`GET ${path} HTTP/1.0`)],
    ['empty', [400, 421], (path) => raw(`GET ${path} HTTP/1.1`, 'Host:')],
    ['of another server', [421], (path) => raw(`GET ${path} HTTP/1.1`, 'Host: evil.example')],
    [
      'of another name at our port',
      [421],
      (path) => raw(`GET ${path} HTTP/1.1`, `Host: evil.example:${port}`),
    ],
    ['of another port', [421], (path) => raw(`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port + 1}`)],
    ['without our port', [421], (path) => raw(`GET ${path} HTTP/1.1`, 'Host: localhost')],
    [
      'that only begins like ours',
      [421],
      (path) => raw(`GET ${path} HTTP/1.1`, `Host: ${host}.evil.example`),
    ],
    ['with a user', [400, 421], (path) => raw(`GET ${path} HTTP/1.1`, `Host: ${host}@evil.example`)],
    [
      'that only ends like ours',
      [421],
      (path) => raw(`GET ${path} HTTP/1.1`, `Host: evil-localhost:${port}`),
    ],
    [
      'twice, ours first',
      [400],
      (path) => raw(`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Host: evil.example'),
    ],
    ['twice, ours last', [400], (path) => raw(`GET ${path} HTTP/1.1`, 'Host: evil.example', `Host: ${host}`)],
    [
      'beside the address of another server',
      [400, 421],
      (path) => raw(`GET http://evil.example${path} HTTP/1.1`, `Host: ${host}`),
    ],
  ];
  test.each(refused)('%s is refused on every path', async (_what, statuses, ask) => {
    for (const path of paths) {
      const answer = await ask(path);
      expect(statuses, `${path}: ${answer.status}`).toContain(answer.status);
      problemOf(answer, answer.status);
      expect(answer.text).not.toContain(secret);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('%s at our port is ours', async (name) => {
    const answer = await raw('GET /messages HTTP/1.1', `Host: ${name}:${port}`);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(secret);
  });

  test('refuses a write, too', async () => {
    await unchanged(async () => {
      const body = '{"text":"x"}';
      const lines = [
        'Host: evil.example',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
      ];
      problemOf(await exchange(gitpost.url, requestHead('POST /messages HTTP/1.1', ...lines) + body), 421);
    });
  });

  test('may carry the names of ALLOWED_HOSTS', async () => {
    const other = await startHere({ env: { ALLOWED_HOSTS: 'chat.example, box.lan' } });
    const ask = (name: string) => exchange(other.url, requestHead('GET /messages HTTP/1.1', `Host: ${name}`));
    const own = new URL(other.url).host;
    for (const name of ['chat.example', 'Box.lan', `chat.example:${new URL(other.url).port}`, own]) {
      expect((await ask(name)).status, name).toBe(200);
    }
    for (const name of ['evil.example', 'chat.example.evil', 'a.chat.example', 'lan']) {
      expect((await ask(name)).status, name).toBe(421);
    }
  });
});

describe('another site', () => {
  const foreign: Array<[string, () => Record<string, string>]> = [
    ['a foreign Origin', () => ({ Origin: 'https://evil.example' })],
    ['the Origin null', () => ({ Origin: 'null' })],
    ['the Origin of another port', () => ({ Origin: `http://127.0.0.1:${port + 1}` })],
    ['an Origin that begins like ours', () => ({ Origin: `http://${host}.evil.example` })],
    ['the Origin of a file', () => ({ Origin: 'file://' })],
    ['Sec-Fetch-Site cross-site', () => ({ 'Sec-Fetch-Site': 'cross-site' })],
    ['Sec-Fetch-Site same-site', () => ({ 'Sec-Fetch-Site': 'same-site' })],
    ['an unknown Sec-Fetch-Site', () => ({ 'Sec-Fetch-Site': 'strange' })],
    ['cross-site with our Origin', () => ({ 'Sec-Fetch-Site': 'cross-site', Origin: `http://${host}` })],
  ];
  test.each(foreign)('with %s can write nothing', async (_what, headers) => {
    const { id } = await api.create({ text: 'Left as it is' });
    await unchanged(async () => {
      problemOf(await api.post({ text: 'x' }, headers()), 403);
      problemOf(await api.patch(id, { text: 'x' }, headers()), 403);
      const bulk = { raw: '{"text":"x"}\n', headers: { ...ndjson, ...headers() } };
      problemOf(await api.send('POST', '/messages', bulk), 403);
      problemOf(await api.send('DELETE', `/messages/${id}`, { headers: headers() }), 403);
      problemOf(await api.send('POST', '/push', { headers: headers() }), 403);
      problemOf(await api.send('POST', '/pull', { headers: headers() }), 403);
    });
    expect((await api.message(id)).revision).toBe(1);
  });

  test.each(['cross-site', 'same-site'])('can read nothing of the API (%s)', async (site) => {
    for (const path of ['/messages', '/events', '/health', '/repositories', '/openapi.json']) {
      const answer = await api.get(path, { 'Sec-Fetch-Site': site });
      problemOf(answer, 403);
      expect(answer.text).not.toContain(secret);
    }
  });

  test('may lead to the page', async () => {
    const answer = await api.get('/', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' });
    expect(answer.status).toBe(200);
  });

  test.each([
    ['our own Origin', () => ({ Origin: `http://${host}` })],
    ['same-origin', () => ({ 'Sec-Fetch-Site': 'same-origin', Origin: `http://${host}` })],
    ['none', () => ({ 'Sec-Fetch-Site': 'none' })],
    ['nothing that a browser sends', () => ({})],
  ])('is not the one with %s', async (_what, headers: () => Record<string, string>) => {
    expect((await api.post({ text: 'x' }, headers())).status).toBe(201);
    expect((await api.get('/messages?limit=1', headers())).status).toBe(200);
  });

  test('gets no permission by any answer', async () => {
    const ask = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
    const answers = await Promise.all([
      ...paths.filter((path) => path !== '/events').map((path) => api.get(path, { Origin: ask.Origin })),
      ...paths.map((path) => api.send('OPTIONS', path, { headers: ask })),
      api.post({ text: 'x' }, { Origin: `http://${host}` }),
    ]);
    for (const { headers } of answers) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });
});

describe('a path', () => {
  const traversals = [
    '/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/src/main.ts',
    '/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/assets/app.js%00.html',
    '/%00',
    '/.env',
    '/.git/config',
    '/%2eenv',
    '/repos/messages/.git/config',
    '/data/mirror/state.json',
    '/node_modules/express/package.json',
    '/repositories/..%2f..%2fetc',
    '/repositories/%2e%2e',
    '/repositories/%2e%2e%2fdata',
    '/repositories/messages%00',
    '/repositories/messages%2f.git',
    '/repositories/.git',
    '/repositories/CON',
    '/repositories/__proto__',
    '/repositories/constructor',
    `/repositories/${'a'.repeat(300)}`,
    '/messages/..%2f..%2fpackage.json',
    '/messages/%E0%A4%A',
    '/%E0%A4%A',
    '/%',
  ];
  test.each(traversals)('%s leads nowhere', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1`, `Host: ${host}`);
    expect([400, 403, 404], answer.text).toContain(answer.status);
    problemOf(answer, answer.status);
  });

  test('to a .env next to the page is not served', async () => {
    const { folder } = gitpost;
    await writeFile(join(folder, '.env'), 'GITHUB_TOKEN=not-for-you\n');
    for (const path of ['/.env', '/%2eenv', '/../.env', '/./.env', '/assets/../.env']) {
      const answer = await raw(`GET ${path} HTTP/1.1`, `Host: ${host}`);
      expect(answer.status, path).toBe(404);
      expect(answer.text).not.toContain('not-for-you');
    }
  });

  test('makes nothing outside the folders', async () => {
    const names = ['../x', '..%2fx', 'a\0b', '/etc/x', 'C:\\x', '.git', 'x/../../y'];
    const outside = dirname(join(gitpost.folder, 'repos'));
    const list = async () => (await readdir(outside)).sort();
    await mkdir(join(outside, 'other'), { recursive: true });
    const before = await list();
    for (const name of names) {
      problemOf(await api.post({ text: 'x', repositories: [name] }), 404);
      problemOf(await api.send('POST', '/push', { json: { repositories: [name] } }), 404);
    }
    expect(await list()).toEqual(before);
    expect((await readdir(join(gitpost.folder, 'repos'))).filter((name) => !name.startsWith('.'))).toEqual([
      'messages',
    ]);
  });
});

describe('every answer', () => {
  const asked: Array<[string, () => Promise<Pick<Answer, 'status' | 'headers' | 'text'>>]> = [
    ['the page', () => api.get('/')],
    ['the program of the page', () => api.get('/assets/app.js')],
    ['a list', () => api.get('/messages')],
    ['a 201', () => api.post({ text: 'x' })],
    ['health', () => api.get('/health')],
    ['the description', () => api.get('/openapi.json')],
    ['a 400', () => api.post({})],
    ['a 400 of the path', () => api.get('/%E0%A4%A')],
    ['a 400 without Host', () => raw('GET / HTTP/1.1')],
    ['a 403', () => api.post({ text: 'x' }, { Origin: 'https://evil.example' })],
    ['a 404', () => api.get('/nothing')],
    ['a 405', () => api.send('PUT', '/messages')],
    ['a 413', () => post('/messages', ' '.repeat(1024 * 1024 + 1), 'Content-Type: application/json')],
    ['a 415', () => post('/messages', 'x', 'Content-Type: text/plain')],
    ['a 421', () => raw('GET / HTTP/1.1', 'Host: evil.example')],
  ];
  test.each(asked)('has the headers that keep a browser safe: %s', async (_what, ask) => {
    const { headers, status, text } = await ask();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    if (status >= 400) problemOf({ status, headers, text }, status);
  });

  test('of the API is kept by no cache', async () => {
    for (const path of ['/messages', '/repositories', '/health', '/nothing']) {
      expect((await api.get(path)).headers.get('cache-control'), path).toMatch(/no-store/);
    }
  });

  test('is a problem document even for a broken request', async () => {
    problemOf(await raw(`GET /messages?q=${'x'.repeat(40_000)} HTTP/1.1`, `Host: ${host}`), 431);
    problemOf(await exchange(gitpost.url, 'this is no HTTP\r\n\r\n'), 400);
  });
});
