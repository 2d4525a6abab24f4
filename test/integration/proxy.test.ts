import { describe, expect, test } from 'vitest';
import { type Answer, apiAt, expected, type Message, problemOf } from '../support/api.ts';
import { listen, tellsOf } from '../support/events.ts';
import { startHere } from '../support/here.ts';
import { startProxy } from '../support/proxy.ts';

const token = 'correct-horse-battery';
const json = { 'Content-Type': 'application/json' };
const setCookie = ({ headers }: Answer): string => headers.get('set-cookie') ?? '';

/** gitpost behind a proxy that passes on the Host without the port, as nginx usually does. */
async function behindProxy(path = '/', env: Record<string, string> = {}) {
  const proxy = await startProxy();
  const url = `${proxy.url}${path}`.replace(/\/$/, '');
  const gitpost = await startHere({ env: { PUBLIC_URL: url, ...env } });
  proxy.route(path, gitpost.url);
  return { proxy, gitpost, api: apiAt(url), direct: gitpost.api, url };
}

describe('PUBLIC_URL', () => {
  test('lets the page at that address write, on any port', async () => {
    const { api, proxy, direct } = await behindProxy();
    const page = { Origin: proxy.url, 'Sec-Fetch-Site': 'same-origin' };
    const answer = await api.post({ text: 'Through the proxy' }, page);
    const { id } = expected<Message>(answer, 201);
    expect(answer.headers.get('location')).toBe(`/messages/${id}`);
    expect((await direct.post({ text: 'Directly' })).status).toBe(201);
    const stream = await listen(proxy.url);
    await direct.edit(id, { text: 'Changed' });
    await stream.until(tellsOf(id, 'updated'));
  });

  test('lets in no other origin and no other host', async () => {
    const { direct } = await behindProxy('/', { PUBLIC_URL: 'https://notes.example.org:8443' });
    const origins = [
      'https://notes.example.org',
      'http://notes.example.org:8443',
      'https://notes.example.org:8444',
      'https://evil.example',
      'https://notes.example.org:8443.evil.example',
      'https://evil.example/https://notes.example.org:8443',
      'null',
      'file://',
      '',
    ];
    for (const origin of origins) {
      problemOf(await direct.post({ text: 'x' }, { Origin: origin }), 403);
    }
    const open = { Origin: 'https://notes.example.org:8443' };
    expect((await direct.post({ text: 'x' }, open)).status).toBe(201);
    for (const site of ['cross-site', 'same-site']) {
      problemOf(await direct.post({ text: 'x' }, { ...open, 'Sec-Fetch-Site': site }), 403);
    }
  });

  test('is named if it is missing, with the origin that came', async () => {
    const { direct, proxy } = await behindProxy('/', { PUBLIC_URL: '' });
    const { detail } = problemOf(
      await direct.post({ text: 'x' }, { Origin: 'https://notes.example.org:8443' }),
      403,
    );
    expect(detail).toContain('"https://notes.example.org:8443"');
    expect(detail).toContain(new URL(direct.url).host);
    expect(detail).toContain('PUBLIC_URL');
    expect(detail).toContain('Nothing was saved');
    const wrongHost = problemOf(await apiAt(proxy.url).get('/messages'), 421);
    expect(wrongHost.detail).toContain('PUBLIC_URL');
    expect(wrongHost.detail).toContain('"127.0.0.1"');
  });

  test('says how the cookie is set: for TLS only behind TLS, and below its own path', async () => {
    const cookieFor = async (publicUrl: string, headers: Record<string, string>) => {
      const { url } = await startHere({ env: { PUBLIC_URL: publicUrl, ACCESS_TOKEN: token } });
      const client = apiAt(url);
      const answer = await client.send('POST', '/session', { json: { token }, headers });
      expect(answer.status).toBe(204);
      const cookie = setCookie(answer);
      const signedIn = { Cookie: cookie.split(';')[0] as string };
      expect((await client.get('/messages', signedIn)).status).toBe(200);
      const out = await client.send('DELETE', '/session', { headers: { ...headers, ...signedIn } });
      expect(setCookie(out).replace('; Max-Age=0', '')).toBe(cookie.replace(/=[^;]*/, '='));
      problemOf(await client.get('/messages', signedIn), 401);
      return cookie;
    };
    const [plain, root, path, open] = await Promise.all([
      cookieFor('https://a.example', {}),
      cookieFor('https://a.example', { Origin: 'https://a.example' }),
      cookieFor('https://a.example/my/notes/', { Origin: 'https://a.example' }),
      cookieFor('http://a.example/notes', { Origin: 'http://a.example' }),
    ]);
    expect(plain).toMatch(/^gitpost_session_[0-9a-f]{8}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(root).toMatch(
      /^__Host-gitpost_session_[0-9a-f]{8}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(path).toMatch(
      /^__Secure-gitpost_\w+=[\w-]{43}; Path=\/my\/notes\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(open).toMatch(/^gitpost_\w+=[\w-]{43}; Path=\/notes\/; HttpOnly; SameSite=Strict$/);
  });

  test('with a sub-path gives links below it, but not to those who come directly', async () => {
    const { api, direct, proxy } = await behindProxy('/notes/');
    const first = await api.post({ text: 'First' });
    expect(first.headers.get('location')).toMatch(/^\/notes\/messages\/[0-9a-f-]{36}$/);
    expect((await direct.post({ text: 'Second' })).headers.get('location')).toMatch(/^\/messages\//);
    const page = await api.get('/messages?limit=1');
    const next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] as string;
    expect(next).toMatch(/^\/notes\/messages\?/);
    const rest = await apiAt(proxy.url).get(next);
    expect(rest.json<Message[]>().map(({ text }) => text)).toEqual(['First']);
    expect((await direct.get('/messages?limit=1')).headers.get('link')).toMatch(/^<\/messages\?/);
  });

  test('does not open what is outside the sub-path', async () => {
    const { proxy, gitpost, direct } = await behindProxy('/notes/');
    for (const path of ['/notes', '/messages', '/other/messages', '/notes/../messages', '/notesmessages']) {
      expect((await apiAt(proxy.url).get(path)).status, path).toBe(404);
    }
    for (const path of [
      '/notes/../messages',
      '/notes/..%2fmessages',
      '/notes//messages',
      '//messages',
      '/./messages',
    ]) {
      const answer = await gitpost.api.get(path);
      if (!new URL(`${gitpost.url}${path}`).pathname.startsWith('/messages'))
        expect(answer.status, path).toBe(404);
    }
    // A proxy that leaves the sub-path on gets a hint.
    expect(problemOf(await direct.get('/notes/messages'), 404).detail).toContain('/notes');
  });

  test('listens to no X-Forwarded header', async () => {
    const { direct } = await behindProxy('/', { PUBLIC_URL: 'https://notes.example.org' });
    const forwarded = {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
      Forwarded: 'host=evil.example;proto=https',
      'X-Forwarded-Prefix': '/evil',
    };
    const answer = await direct.post({ text: 'x' }, { ...json, ...forwarded });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toMatch(/^\/messages\//);
    problemOf(await direct.post({ text: 'x' }, { ...forwarded, Origin: 'https://evil.example' }), 403);
  });
});
