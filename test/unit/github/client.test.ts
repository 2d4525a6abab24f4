import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { GithubTrouble } from '../../../src/domain/github.ts';
import { readAccount } from '../../../src/github/account.ts';
import { type Asked, GithubClient } from '../../../src/github/client.ts';
import { createRepository, listRepositories, readRepository } from '../../../src/github/repositories.ts';
import { type ApiOptions, startGithubApi } from '../../support/github-api.ts';
import type { ApiRepository } from '../../support/github-objects.ts';

const CANARY = 'github_pat_canary0123456789';
const NAME = { owner: 'ann', name: 'notes' };

async function scene(options: Partial<ApiOptions> = {}, token: string | undefined = CANARY) {
  const api = await startGithubApi({ token: CANARY, repositories: [{ fullName: 'ann/notes' }], ...options });
  const client = new GithubClient({ apiUrl: api.url, token: () => token });
  return { api, client, look: () => readRepository(client, NAME) };
}

function troubleOf(asked: Asked<unknown>): GithubTrouble {
  if (asked.ok) throw new Error('It was expected to fail');
  expect(JSON.stringify(asked)).not.toContain('canary');
  for (const words of [asked.failure.detail, asked.failure.action]) expect(words).toMatch(/^[A-Z].*[.)]$/);
  return asked.failure;
}

function given<Value>(asked: Asked<Value>): Value {
  if (!asked.ok) throw new Error(asked.failure.detail);
  return asked.value;
}

describe('each failure', () => {
  test.each([
    [401, 'unauthorized', /not accept the token/, /Make a new one/],
    [403, 'forbidden', /lacks permission/, /permission/],
    [404, 'not-found', /or the token cannot see it/, /Check the name/],
    [422, 'refused', /rejects the request/, /Change what/],
    [500, 'failed', /answers with 500/, /later/],
    [503, 'failed', /answers with 503/, /later/],
  ])('%i has words of its own', async (status, kind, detail, action) => {
    const { api, look } = await scene();
    api.fault({ kind: 'status', status, message: `Words of GitHub about ${CANARY}\u0007` });
    const trouble = troubleOf(await look());
    expect(trouble).toMatchObject({
      kind,
      detail: expect.stringMatching(detail),
      action: expect.stringMatching(action),
    });
    expect(trouble.detail).toContain('(Words of GitHub about …)');
    expect(api.requests).toHaveLength(1);
  });

  test('names the permission that is missing, and single sign-on', async () => {
    const { api, look } = await scene();
    const headers = { 'X-Accepted-GitHub-Permissions': 'contents=write' };
    api.fault({ kind: 'status', status: 403, message: 'Resource not accessible', headers });
    expect(troubleOf(await look()).action).toContain('contents=write');
    api.fault({ kind: 'status', status: 403, headers: { 'X-GitHub-SSO': 'required; url=https://x' } });
    expect(troubleOf(await look()).action).toContain('Configure SSO');
  });

  test('of the network says what it is', async () => {
    const { api, look } = await scene();
    api.fault({ kind: 'drop' });
    expect(troubleOf(await look())).toMatchObject({ kind: 'offline' });
    for (const status of [200, 403, 511]) {
      api.fault({ kind: 'html', status });
      const { kind, detail } = troubleOf(await look());
      expect([kind, detail]).toEqual([
        status === 511 ? 'failed' : 'offline',
        expect.stringMatching(status === 511 ? /511/ : /sign-in page/),
      ]);
    }
    await api.close();
    expect(troubleOf(await look()).detail).toMatch(/cannot be reached \(.+\)/);
  });

  test('of a token that can not be sent is one of the token', async () => {
    const { api, client } = await scene({}, 'canary with spaces ä');
    expect(troubleOf(await readRepository(client, NAME)).kind).toBe('unauthorized');
    expect(api.requests).toEqual([]);
  });
});

describe('a limit', () => {
  test('that ends soon is waited for', async () => {
    const { api, look } = await scene();
    api.fault({ kind: 'status', status: 403, headers: { 'Retry-After': '1' }, times: 1 });
    expect(given(await look()).fullName).toBe('ann/notes');
    expect(api.requests).toHaveLength(2);
  });

  test.each([
    [
      'the primary one',
      403,
      { 'X-RateLimit-Remaining': '0' },
      'API rate limit exceeded for user ID 1.',
      3600,
    ],
    ['a secondary one with a time', 429, { 'Retry-After': '240' }, 'Too many', 240],
    ['a secondary one without', 403, {}, 'You have exceeded a secondary rate limit.', 60],
  ])('is said, and nothing is asked until it ends: %s', async (_what, status, headers, message, seconds) => {
    const { api, look, client } = await scene();
    api.fault({ kind: 'status', status, message, headers });
    const trouble = troubleOf(await look());
    expect(trouble.kind).toBe('limited');
    expect(trouble.retryAfter).toBeGreaterThan(seconds - 10);
    expect(trouble.retryAfter).toBeLessThanOrEqual(seconds);
    api.fault(undefined);
    expect(troubleOf(await readAccount(client)).kind).toBe('limited');
    expect(api.requests).toHaveLength(1);
  });

  test('is that of one token: a new one is asked with at once', async () => {
    const api = await startGithubApi({ token: 'new', repositories: [{ fullName: 'ann/notes' }] });
    let token = 'old';
    const client = new GithubClient({ apiUrl: api.url, token: () => token });
    api.fault({ kind: 'status', status: 429, times: 1 });
    expect(troubleOf(await readRepository(client, NAME)).kind).toBe('limited');
    token = 'new';
    expect(given(await readRepository(client, NAME)).fullName).toBe('ann/notes');
  });
});

describe('the token', () => {
  test('goes along to another path of the same origin, and to no other one', async () => {
    const seen: Array<string | undefined> = [];
    const thief = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    await new Promise<void>((ready) => thief.listen(0, '127.0.0.1', ready));
    onTestFinished(() => void thief.close());
    const { port } = thief.address() as { port: number };

    const { api, look } = await scene();
    api.fault({ kind: 'redirect', to: `http://127.0.0.1:${port}/repos/ann/notes` });
    expect(troubleOf(await look())).toMatchObject({ kind: 'failed', detail: expect.stringMatching(/moved/) });
    expect(seen).toEqual([]);

    api.repositories.push({ fullName: 'ann/renamed' });
    api.fault({ kind: 'redirect', to: `${api.url}/repos/ann/renamed`, times: 1 });
    expect(given(await look()).fullName).toBe('ann/renamed');
    api.fault({ kind: 'redirect', to: `${api.url}/repos/ann/notes` });
    expect(troubleOf(await look()).kind).toBe('failed');
  });

  test.each([
    ['fine-grained', undefined, '2026-12-01 10:00:00 UTC', null, '2026-12-01T10:00:00.000Z'],
    ['classic', ['repo', 'gist'], '2026-12-01 12:00:00 +0200', ['repo', 'gist'], '2026-12-01T10:00:00.000Z'],
    ['classic', [], undefined, [], null],
    ['fine-grained', undefined, 'soon', null, null],
  ])('is told of: %s, %j, %s', async (kind, scopes, expires, told, expiresAt) => {
    const { client } = await scene({ ...(scopes ? { scopes } : {}), ...(expires ? { expires } : {}) });
    const token = { kind, scopes: told, expiresAt };
    expect(given(await readAccount(client))).toEqual({ login: 'ann', token });
  });
});

describe('repositories', () => {
  test('are read to the last page, and to an end', async () => {
    const many = (count: number): ApiRepository[] =>
      Array.from({ length: count }, (_, index) => ({ fullName: `ann/r${index}` }));
    const some = await scene({ repositories: many(200) });
    expect(given(await listRepositories(some.client))).toMatchObject({ truncated: false });
    expect(some.api.requests).toHaveLength(3);
    const more = await scene({ repositories: many(1001) });
    const { found, truncated } = given(await listRepositories(more.client));
    expect([found.length, truncated]).toEqual([1000, true]);
  });

  test('that may not be made are refused in words', async () => {
    for (const scopes of [undefined, ['public_repo']]) {
      const { client } = await scene({ mayCreate: false, ...(scopes ? { scopes } : {}) });
      const trouble = troubleOf(await createRepository(client, NAME, { private: true, isOwn: true }));
      expect(trouble).toMatchObject({
        kind: 'forbidden',
        detail: expect.stringMatching(/may not create/),
        action: expect.stringMatching(/Administration/),
      });
    }
    const { client, api } = await scene();
    api.fault({ kind: 'drop' });
    const trouble = troubleOf(await createRepository(client, NAME, { private: true, isOwn: true }));
    expect(trouble).toMatchObject({ kind: 'offline', detail: expect.stringMatching(/is not known/) });
  });
});

test('one repository of another form hides no others, and a list of none that fits is no list', async () => {
  const good = { full_name: 'ann/notes', private: true, default_branch: 'main' };
  let list: unknown[] = [good, { ...good, full_name: 'ann/odd', default_branch: null }];
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(list));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = new GithubClient({ apiUrl: `http://127.0.0.1:${port}`, token: () => CANARY });
  expect(given(await listRepositories(client)).found.map(({ fullName }) => fullName)).toEqual(['ann/notes']);
  list = [{ nothing: 'of the kind' }];
  expect(troubleOf(await listRepositories(client)).detail).toMatch(/not GitHub's API/);
});
