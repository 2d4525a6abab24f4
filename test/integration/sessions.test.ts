import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Api, apiAt, problemOf } from '../support/api.ts';
import { listen } from '../support/events.ts';
import { type Here, startHere } from '../support/here.ts';
import { temporaryFolder } from '../support/tmp.ts';

const token = 'correct-horse-battery';
let gitpost: Here;
let nobody: Api;
let bearer: Api;

beforeAll(async () => {
  gitpost = await startHere({ env: { ACCESS_TOKEN: token } });
  nobody = gitpost.api;
  bearer = apiAt(gitpost.url, { Authorization: `Bearer ${token}` });
});
afterAll(() => gitpost.stop());

/** The cookie of an answer as a browser sends it back. */
const cookieOf = ({ headers }: Answer): string => headers.get('set-cookie')?.split(';')[0] ?? '';

async function signIn(client: Api = nobody, headers: Record<string, string> = {}): Promise<string> {
  const answer = await client.send('POST', '/session', { json: { token }, headers });
  expect(answer.status, answer.text).toBe(204);
  return cookieOf(answer);
}

const signOut = async (cookie: string) =>
  expect((await nobody.send('DELETE', '/session', { headers: { Cookie: cookie } })).status).toBe(204);

const statusWith = async (cookie: string, client: Api = nobody) =>
  (await client.get('/messages?limit=1', { Cookie: cookie })).status;

describe('signing out', () => {
  test('ends the event streams of the session at once, and no other', async () => {
    const [mine, other] = [await signIn(), await signIn()];
    const streams = [
      await listen(gitpost.url, { headers: { Cookie: mine } }),
      await listen(gitpost.url, { headers: { Cookie: mine } }),
    ];
    const otherStream = await listen(gitpost.url, { headers: { Cookie: other } });
    await signOut(mine);
    await Promise.all(streams.map(({ ended }) => ended));
    const { id } = await bearer.create({ text: 'Written after the sign-out' });
    await otherStream.until(({ data }) => data.includes(id));
    for (const stream of streams) expect(JSON.stringify(stream.events)).not.toContain(id);
    problemOf(await nobody.get('/events', { Cookie: mine }), 401);
  });

  test('ends a list that is still being sent', async () => {
    // More than the buffers of both ends hold, so that the server has to wait for a reader who does not read.
    const text = 'x'.repeat(60_000);
    const results = await bearer.bulk(Array.from({ length: 300 }, () => ({ text })));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set([201]));
    const cookie = await signIn();
    const list = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${gitpost.url}/messages`, { headers: { Cookie: cookie }, agent: false }, resolve).on(
        'error',
        reject,
      );
    });
    expect(list.statusCode).toBe(200);
    list.pause();
    await signOut(cookie);
    const isWhole = await new Promise<boolean>((resolve) => {
      list.on('error', () => undefined).on('close', () => resolve(list.complete));
      list.resume();
    });
    expect(isWhole).toBe(false);
  });

  test('ends the stream that began before a second sign-in in the same browser', async () => {
    const first = await signIn();
    const stream = await listen(gitpost.url, { headers: { Cookie: first } });
    const second = await signIn(nobody, { Cookie: first });
    expect(await statusWith(first)).toBe(401);
    const { id } = await bearer.create({ text: 'Between the two' });
    await stream.until(({ data }) => data.includes(id));
    await signOut(second);
    await stream.ended;
  });
});

describe('the session cookie', () => {
  test('has another name for each gitpost, and the same one after a restart', async () => {
    const [folder, otherFolder] = [await temporaryFolder(), await temporaryFolder()];
    const env = { ACCESS_TOKEN: token };
    const first = await startHere({ folder, env });
    const other = await startHere({ folder: otherFolder, env });
    const cookies = [await signIn(first.api), await signIn(apiAt(other.url))];
    const [name, otherName] = cookies.map((cookie) => cookie.split('=')[0]);
    expect(name).not.toBe(otherName);
    // A browser sends both to both, since it does not look at the port.
    const both = cookies.join('; ');
    expect(await statusWith(both, first.api)).toBe(200);
    expect(await statusWith(both, apiAt(other.url))).toBe(200);
    await first.api.send('DELETE', '/session', { headers: { Cookie: both } });
    expect(await statusWith(both, first.api)).toBe(401);
    expect(await statusWith(both, apiAt(other.url))).toBe(200);
    await first.stop();
    const again = await startHere({ folder, env: { ...env, DATA_DIR: join(folder, 'data') } });
    expect((await signIn(again.api)).split('=')[0]).toBe(name);
  });

  test('works next to others of the same name, whichever comes first', async () => {
    const cookie = await signIn();
    const name = cookie.split('=')[0];
    const shadows = [
      `${name}=`,
      `${name}=shadow`,
      `${name}="quoted"`,
      `${name}`,
      `${name}=a=b`,
      '=',
      ';;',
      '\xff\x80=\xe9',
    ];
    for (const shadow of shadows) {
      expect(await statusWith(`${shadow}; ${cookie}`), shadow).toBe(200);
      expect(await statusWith(`${cookie};${shadow}`), shadow).toBe(200);
      expect(await statusWith(shadow), shadow).toBe(401);
    }
    expect(await statusWith(`${'x=y; '.repeat(2000)}${cookie}`)).toBe(200);
    expect(await statusWith(`${name}=shadow; `.repeat(200) + cookie)).toBe(200);
    await signOut(`${name}=shadow; ${cookie}`);
    expect(await statusWith(cookie)).toBe(401);
  });

  test('is not found under a name that only looks like it', async () => {
    const cookie = await signIn();
    for (const wrong of [
      `x${cookie}`,
      cookie.replace('=', 'x='),
      cookie.toUpperCase(),
      `x="; ${cookie.slice(1)}`,
    ]) {
      expect(await statusWith(wrong), wrong).toBe(401);
    }
  });
});
