import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiAt, problemOf } from '../support/api.ts';
import { listen } from '../support/events.ts';
import { healthOf } from '../support/health.ts';
import { type Here, startHere } from '../support/here.ts';
import { startProcess } from '../support/process.ts';

let gitpost: Here;
let api: Api;

beforeAll(async () => {
  gitpost = await startHere();
  api = gitpost.api;
  await api.create({ text: 'The first of all' });
});
afterAll(() => gitpost.stop());

describe('an access token', () => {
  const token = 'correct-horse-battery';
  let locked: Here;
  let nobody: Api;
  let bearer: Api;

  beforeAll(async () => {
    locked = await startHere({ env: { ACCESS_TOKEN: token } });
    nobody = apiAt(locked.url);
    bearer = apiAt(locked.url, { Authorization: `Bearer ${token}` });
    await bearer.create({ text: 'Behind the door' });
  });
  afterAll(() => locked.stop());

  const cookieOf = (answer: { headers: Headers }) => answer.headers.get('set-cookie') ?? '';

  test('is needed for everything but the page, signing in and the health', async () => {
    const closed: Array<[string, string]> = [
      ['GET', '/messages'],
      ['POST', '/messages'],
      ['GET', '/messages/x'],
      ['PATCH', '/messages/x'],
      ['DELETE', '/messages/x'],
      ['GET', '/messages/x/history'],
      ['POST', '/push'],
      ['POST', '/pull'],
      ['GET', '/repositories'],
      ['GET', '/repositories/messages'],
      ['GET', '/events'],
      ['GET', '/openapi.json'],
      ['GET', '/verify'],
      ['GET', '/nothing'],
    ];
    for (const [method, path] of closed) {
      const answer = await nobody.send(method, path, method === 'GET' ? {} : { json: { text: 'x' } });
      problemOf(answer, 401);
      expect(answer.text).not.toContain('Behind');
    }
    expect((await nobody.get('/')).status).toBe(200);
    expect((await nobody.get('/assets/app.js')).status).toBe(200);
    expect(await healthOf(nobody)).toEqual({ status: expect.any(String) });
    expect(await healthOf(bearer)).toMatchObject({ version: expect.any(String), counts: { messages: 1 } });
    expect(await bearer.messages()).toHaveLength(1);
  });

  test('opens a session by a cookie, until it is signed out', async () => {
    const answer = await nobody.send('POST', '/session', { json: { token } });
    expect([answer.status, answer.text]).toEqual([204, '']);
    const cookie = cookieOf(answer);
    expect(cookie).toMatch(/;\s*HttpOnly/i);
    expect(cookie).toMatch(/;\s*SameSite=Strict/i);
    expect(cookie).not.toMatch(/;\s*Domain=/i);
    expect(cookie).not.toContain(token);
    const headers = { Cookie: cookie.split(';')[0] as string };
    const person = apiAt(locked.url, headers);
    expect((await person.messages()).length).toBeGreaterThan(0);
    await person.create({ text: 'Signed in' });
    (await listen(locked.url, { headers })).close();
    problemOf(await person.post({ text: 'x' }, { Origin: 'https://evil.example' }), 403);

    const out = await person.send('DELETE', '/session');
    expect(out.status).toBe(204);
    expect(cookieOf(out)).toMatch(/Max-Age=0|Expires=Thu, 01 Jan 1970/i);
    problemOf(await person.get('/messages'), 401);
  });

  test('is compared as a whole, whatever is sent', async () => {
    const other = await startHere({ env: { ACCESS_TOKEN: token } });
    const client = apiAt(other.url);
    for (const wrong of ['', token.slice(0, -1), `${token}x`]) {
      problemOf(await client.send('POST', '/session', { json: { token: wrong } }), 401);
    }
    for (const value of ['Bearer', 'Bearer wrong', `Basic ${token}`, token, `Bearer ${token}x`]) {
      problemOf(await client.get('/messages', { Authorization: value }), 401);
    }
    problemOf(
      await client.get('/messages', { Cookie: 'gitpost_session=; gitpost_session_00000000=x; __proto__=1' }),
      401,
    );
    for (const body of [{}, { token: 5 }, { token, more: 1 }, [], null]) {
      problemOf(await client.send('POST', '/session', { json: body }), 400);
    }
    const headers = { 'Content-Type': 'text/plain' };
    problemOf(await client.send('POST', '/session', { raw: JSON.stringify({ token }), headers }), 415);
    expect((await client.get('/messages', { Authorization: `Bearer ${token}` })).status).toBe(200);
  });

  test('that is guessed too often stops the guessing, and not the person who is signed in', async () => {
    const other = await startProcess({ env: { ACCESS_TOKEN: token } });
    const client = apiAt(other.url);
    const signedIn = await client.send('POST', '/session', { json: { token } });
    const cookie = cookieOf(signedIn).split(';')[0] as string;
    const statuses = new Set<number>();
    for (let n = 0; n < 40; n += 1) {
      statuses.add(
        (await client.send('POST', '/session', { json: { token: `guess-number-${n}-x` } })).status,
      );
    }
    expect([...statuses].every((status) => status === 401 || status === 429)).toBe(true);
    expect((await client.get('/messages', { Cookie: cookie })).status).toBe(200);
    expect(other.stdout() + other.stderr()).not.toContain(token);
  });

  test('gets in at once, however many wrong ones come from the same address', async () => {
    const tokenOfWords = 'größer-als-sechzehn-€';
    const other = await startHere({ env: { ACCESS_TOKEN: tokenOfWords } });
    const client = apiAt(other.url);
    const wrong = () => client.get('/messages', { Authorization: 'Bearer not-the-token-of-this' });
    const statuses: number[] = [];
    for (let n = 0; n < 15; n += 1) {
      statuses.push((await wrong()).status);
      const right = { Authorization: `Bearer ${Buffer.from(tokenOfWords).toString('latin1')}` };
      expect((await client.get('/messages', right)).status).toBe(200);
      expect((await client.send('POST', '/session', { json: { token: tokenOfWords } })).status).toBe(204);
    }
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(5).fill(429)]);
    const tooMany = await wrong();
    problemOf(tooMany, 429);
    expect(tooMany.headers.get('retry-after')).toBe('60');
    problemOf(await client.send('POST', '/session', { json: { token: 'not-the-token-of-this' } }), 429);
    // Anyone at that address who has given no token yet is asked for one.
    problemOf(await client.get('/messages'), 401);
    problemOf(await client.get('/messages', { Cookie: 'gitpost_session=old' }), 401);
  });

  test('is not needed if none is set', async () => {
    expect((await api.get('/messages')).status).toBe(200);
    expect(await healthOf(api)).toHaveProperty('version');
  });
});
