import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { GithubAccount, GithubPage, Probe } from '../../src/contract/github.ts';
import { type Api, deliveryTo, expected, problemOf, type RepositoryStatus } from '../support/api.ts';
import { bareRepository } from '../support/git.ts';
import { startGitServer } from '../support/git-server.ts';
import { type GithubScene, githubHere, githubToken as token } from '../support/github-scene.ts';
import type { Here } from '../support/here.ts';
import { journalLines } from '../support/journal.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const DAY_MS = 86_400_000;

type Added = RepositoryStatus & { probe: Probe };

const account = async (api: Api) => expected<GithubAccount>(await api.get('/github'), 200);
const page = async (api: Api, query = '') =>
  expected<GithubPage>(await api.get(`/github/repositories${query}`), 200);
const namesOf = async (api: Api) =>
  (await api.get('/repositories')).json<RepositoryStatus[]>().map(({ name }) => name);

/** As GitHub writes an instant. */
const inDays = (days: number) =>
  `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** Captures to a repository and pushes; the message must stand in the repository of the server. */
async function judgePush({ api, server }: GithubScene<Here>, name: string, fullName: string): Promise<void> {
  await eventually(async () => (await api.repository(name)).state === 'ready');
  const message = await api.create({ text: `To ${name}`, repositories: [name] });
  expect(await api.sync('push', name)).toMatchObject({ status: 'pushed', pushed: 1 });
  expect(deliveryTo(await api.message(message.id), name).state).toBe('pushed');
  const lines = await journalLines(server.repository(fullName));
  expect(lines.map(({ value }) => value.id)).toEqual([message.id]);
}

describe('the account', () => {
  test('is that of the token, with what GitHub says of it', async () => {
    const { api, github, server } = await githubHere({ expires: inDays(30) });
    const { token: told, ...rest } = await account(api);
    expect(rest).toEqual({
      state: 'ok',
      url: server.url,
      apiUrl: github.url,
      login: 'ann',
      warnings: [],
      error: null,
    });
    expect(told).toMatchObject({ kind: 'fine-grained', scopes: null });
    expect(Date.parse(told?.expiresAt ?? '')).toBeGreaterThan(Date.now() + 29 * DAY_MS);
  });

  test('is warned of two weeks before the token ends, of too few scopes and of another name', async () => {
    const { api } = await githubHere({ expires: inDays(13.5), scopes: ['public_repo'], login: 'ben' });
    const { warnings, token: told } = await account(api);
    expect(told).toMatchObject({ kind: 'classic', scopes: ['public_repo'] });
    expect(warnings.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/ends in 13 days/),
      expect.stringMatching(/belongs to ben, but GITHUB_USERNAME says ann/),
      expect.stringMatching(/public repositories only/),
    ]);
    for (const { action } of warnings) expect(action).toMatch(/\S/);
  });

  test('says what is wrong, and a new token in .env counts at once', async () => {
    const folder = await temporaryFolder();
    const dotenv = join(folder, '.env');
    await writeFile(dotenv, 'GITHUB_TOKEN=wrong-one\n');
    const { api, github } = await githubHere({}, { GITHUB_TOKEN: undefined }, folder);
    expect(await account(api)).toMatchObject({ state: 'unauthorized', login: null, token: null });
    await writeFile(dotenv, '');
    const asked = github.requests.length;
    const { state, error } = await account(api);
    expect([state, error?.action]).toEqual(['no-token', expect.stringMatching(/GITHUB_TOKEN/)]);
    expect(problemOf(await api.get('/github/repositories'), 502).type).toMatch(/github-unauthorized$/);
    expect(github.requests).toHaveLength(asked);
    await writeFile(dotenv, `GITHUB_TOKEN=${token}\n`);
    expect(await account(api)).toMatchObject({ state: 'ok', login: 'ann' });
    await github.close();
    expect(await account(api)).toMatchObject({ state: 'offline', error: { action: expect.any(String) } });
    expect(await api.create({ text: 'Captured all the same' })).toMatchObject({ revision: 1 });
  });

  test('of another host is not asked of github.com', async () => {
    const { api, add, github } = await githubHere(
      { repositories: [{ fullName: 'ann/notes' }] },
      { GITHUB_API_URL: undefined },
    );
    expect(await account(api)).toMatchObject({ state: 'off', apiUrl: null });
    expect(problemOf(await api.get('/github/repositories'), 409).type).toMatch(/github-off$/);
    const { probe } = expected<Added>(await add({ github: 'ann/notes' }), 202);
    expect(probe.warnings).toEqual([
      expect.objectContaining({ detail: expect.stringMatching(/not checked/) }),
    ]);
    expect(github.requests).toEqual([]);
  });
});

describe('the repositories to choose from', () => {
  test('come in pages, are searched, and say which are there already', async () => {
    const repositories = Array.from({ length: 65 }, (_, index) => ({ fullName: `ann/r${index}` }));
    const { api, github, add } = await githubHere({
      repositories: [{ fullName: 'team/Diary', description: 'What we did', visibility: 'public' as const }],
    });
    github.repositories.push(...repositories);
    expected(await add({ github: 'team/diary', confirm: true }), 202);
    const first = await page(api);
    expect(first).toMatchObject({ page: 1, next: 2, total: 66, truncated: false });
    expect(first.repositories).toHaveLength(30);
    expect(first.repositories[0]).toMatchObject({
      fullName: 'team/Diary',
      visibility: 'public',
      canPush: true,
      archived: false,
      repository: 'diary',
    });
    expect(first.repositories[1]).toMatchObject({
      fullName: 'ann/r0',
      visibility: 'private',
      repository: null,
    });
    expect(await page(api, '?page=3')).toMatchObject({ page: 3, next: null });
    expect((await page(api, '?page=3')).repositories).toHaveLength(6);
    expect((await page(api, '?page=9')).repositories).toEqual([]);
    expect((await page(api, '?q=TEAM%20did')).repositories.map(({ fullName }) => fullName)).toEqual([
      'team/Diary',
    ]);
    expect(await page(api, '?q=nothing%20such')).toMatchObject({ total: 0, next: null });
    expect(github.requests.filter(({ path }) => path.startsWith('/user/repos'))).toHaveLength(1);
    for (const query of ['?page=0', '?page=x', '?q=a&q=b', '?limit=3']) {
      problemOf(await api.get(`/github/repositories${query}`), 400);
    }
  });

  test('say when GitHub takes no more requests', async () => {
    const { api, github } = await githubHere();
    github.fault({ kind: 'status', status: 429, headers: { 'Retry-After': '90' } });
    const answer = await api.get('/github/repositories');
    expect(problemOf(answer, 503)).toMatchObject({ type: 'urn:gitpost:problem:github-limited' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(80);
    expect(await account(api)).toMatchObject({ state: 'limited' });
    expect(github.requests).toHaveLength(1);
  });
});

describe('a repository on GitHub', () => {
  test('is looked at, added, and pushed to with the same token', async () => {
    const here = await githubHere({
      repositories: [{ fullName: 'ann/notes', branches: [{ name: 'main', protected: true }] }],
    });
    const answer = await here.add({ github: 'ann/notes', name: 'mine' });
    const { probe, ...status } = expected<Added>(answer, 202);
    expect(answer.headers.get('location')).toBe('/repositories/mine');
    expect(status).toMatchObject({ name: 'mine', url: `${here.server.url}/ann/notes.git` });
    expect(probe).toEqual({
      fullName: 'ann/notes',
      visibility: 'private',
      canPush: true,
      defaultBranch: 'main',
      empty: false,
      protected: true,
      created: false,
      warnings: [expect.objectContaining({ detail: expect.stringMatching(/main is protected/) })],
    });
    await judgePush(here, 'mine', 'ann/notes');
  });

  test('of more branches than are looked at is not said to be open', async () => {
    const branches = Array.from({ length: 100 }, (_, index) => ({ name: `a-${index}` }));
    const here = await githubHere({
      repositories: [{ fullName: 'ann/notes', branches: [...branches, { name: 'main', protected: true }] }],
    });
    const { probe } = expected<Added>(await here.add({ github: 'ann/notes', branch: 'main' }), 202);
    expect(probe).toMatchObject({ empty: false, protected: null, warnings: [] });
  });

  test('that is public is added once that is confirmed, and not touched before', async () => {
    const here = await githubHere({ repositories: [{ fullName: 'ann/open', visibility: 'public' }] });
    const host = new URL(here.server.url).hostname;
    const bodies = [
      { github: 'ann/open' },
      { url: `${here.server.url}/ann/open.git`, confirm: false },
      { url: `git@${host}:ann/open.git` },
      { url: `ssh://git@${host}:22/ann/open` },
    ];
    for (const body of bodies) {
      const problem = problemOf(await here.add(body), 422);
      expect(problem).toMatchObject({
        type: 'urn:gitpost:problem:public-repository',
        detail: expect.stringMatching(/anyone can read.*"confirm": true/),
        probe: { fullName: 'ann/open', visibility: 'public', empty: true },
      });
    }
    expect(await namesOf(here.api)).toEqual(['own']);
    expect(await readdir(join(here.gitpost.folder, 'repos'))).not.toContain('open');
    expect(here.server.requests).toEqual([]);
    const { probe } = expected<Added>(await here.add({ github: 'ann/open', confirm: true }), 202);
    expect(probe).toMatchObject({ visibility: 'public', warnings: [] });
    await judgePush(here, 'open', 'ann/open');
  });

  test('that is public is known without a token, too', async () => {
    const { add, github } = await githubHere(
      { repositories: [{ fullName: 'ann/open', visibility: 'public' }] },
      { GITHUB_TOKEN: undefined },
    );
    problemOf(await add({ github: 'ann/open' }), 422);
    expect(github.requests.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  test('is told of what stands in the way', async () => {
    const here = await githubHere({
      repositories: [
        { fullName: 'team/read', canPush: false },
        { fullName: 'team/old', archived: true },
        { fullName: 'team/house', visibility: 'internal' },
      ],
    });
    const warnings = async (github: string) =>
      expected<Added>(await here.add({ github }), 202)
        .probe.warnings.map(({ detail }) => detail)
        .join();
    expect(await warnings('team/read')).toMatch(/not push to it/);
    expect(await warnings('team/old')).toMatch(/archived/);
    expect(await warnings('team/house')).toMatch(/internal/);
    expect(await warnings('ann/absent')).toMatch(/has nothing by that name.*not checked/);
    here.github.fault({ kind: 'redirect', to: `${here.github.url}/repos/team/read`, times: 1 });
    expect(await warnings('team/was')).toMatch(/is called team\/read now/);
    here.github.fault({ kind: 'status', status: 401, message: 'Bad credentials' });
    expect(await warnings('ann/later')).toMatch(/not accept the token.*not checked/);
  });

  test('can be added while the API is out of reach, and captured to', async () => {
    const here = await githubHere({ repositories: [{ fullName: 'ann/notes' }] });
    await here.github.close();
    const { probe } = expected<Added>(await here.add({ github: 'ann/notes' }), 202);
    expect(probe).toMatchObject({ visibility: null, canPush: null, empty: null });
    expect(probe.warnings).toEqual([
      {
        detail: expect.stringMatching(/cannot be reached.*not checked.*public/),
        action: expect.stringMatching(/Make sure yourself/),
      },
    ]);
    await judgePush(here, 'notes', 'ann/notes');
  });

  test.each(['con/x', 'ann/nul.txt', 'ann/..', 'ann/x.lock', 'ann/a b', 'a/b/c', '/x', 'ann/-x'])(
    'has a name that can be a folder everywhere, so not %s',
    async (name) => {
      const { add, github } = await githubHere();
      problemOf(await add({ github: name, create: true }), 400);
      expect(github.requests).toEqual([]);
    },
  );
});

test('a repository elsewhere gets no call of the API and no token', async () => {
  const other = await startGitServer({
    root: join(await temporaryFolder(), 'other'),
    username: 'ann',
    token,
  });
  onTestFinished(() => other.close());
  await other.createRepository('ann/notes');
  const folder = await temporaryFolder();
  const { api, add, github, server } = await githubHere();
  const { probe } = expected<Added>(await add({ url: `${other.url}/ann/notes.git` }), 202);
  expect(probe.warnings.map(({ detail }) => detail)).toEqual([expect.stringMatching(/not on GITHUB_URL/)]);
  await eventually(async () => (await api.repository('notes')).state === 'unauthorized');
  expect(other.requests.map(({ authorization }) => authorization)).toEqual(
    other.requests.map(() => undefined),
  );
  const onDisk = expected<Added>(await add({ url: await bareRepository(join(folder, 'disk.git')) }), 202);
  expect(onDisk.probe.warnings).toEqual([]);
  const another = await bareRepository(join(folder, 'x.git'));
  for (const url of [`${other.url}/ann/x.git`, another, 'git@example.org:ann/x.git']) {
    expect(problemOf(await add({ url, create: true }), 400).errors).toEqual([
      { field: 'create', detail: expect.stringMatching(/only a repository on GitHub/) },
    ]);
  }
  expect(github.requests).toEqual([]);
  expect(server.requests).toEqual([]);
});

describe('a repository that is made', () => {
  test('is private and empty, and takes the first push', async () => {
    const here = await githubHere({ organisations: ['team'] });
    const { probe } = expected<Added>(await here.add({ github: 'ann/fresh', create: true }), 202);
    expect(probe).toMatchObject({ visibility: 'private', empty: true, created: true, warnings: [] });
    expect(here.github.repositories).toEqual([{ fullName: 'ann/fresh', visibility: 'private' }]);
    await judgePush(here, 'fresh', 'ann/fresh');
    const body = { url: `${here.server.url}/team/ours.git`, create: true, private: true };
    expect(expected<Added>(await here.add(body), 202).probe).toMatchObject({ fullName: 'team/ours' });
    expect((await page(here.api)).repositories.map(({ repository }) => repository)).toEqual([
      'ours',
      'fresh',
    ]);
  });

  test('is public only if that is asked for and confirmed', async () => {
    const { add, github } = await githubHere();
    const body = { github: 'ann/open', create: true, private: false };
    expect(problemOf(await add(body), 422).type).toMatch(/public-repository$/);
    expect(github.requests).toEqual([]);
    const { probe } = expected<Added>(await add({ ...body, confirm: true }), 202);
    expect(probe).toMatchObject({ visibility: 'public', created: true });
    expect(github.repositories).toEqual([{ fullName: 'ann/open', visibility: 'public' }]);
  });

  test('is not made if the name is taken, there or here', async () => {
    const { add, github, api } = await githubHere({ repositories: [{ fullName: 'ann/notes' }] });
    expect(problemOf(await add({ github: 'ann/notes', create: true }), 409).detail).toMatch(
      /without "create"/,
    );
    expect(await namesOf(api)).toEqual(['own']);
    const asked = github.requests.length;
    problemOf(await add({ github: 'ann/other', name: 'OWN', create: true }), 409);
    problemOf(await add({ github: 'ann/other', branch: 'a..b', create: true }), 400);
    expect(github.requests).toHaveLength(asked);
  });

  test.each([
    [401, 502, 'unauthorized'],
    [403, 502, 'forbidden'],
    [422, 502, 'refused'],
    [429, 503, 'limited'],
    [500, 502, 'failed'],
  ])('is not added where GitHub answers %i', async (status, ours, kind) => {
    const { add, github, api } = await githubHere();
    github.fault({ kind: 'status', status });
    const { type, detail } = problemOf(await add({ github: 'ann/fresh', create: true }), ours);
    expect(type).toBe(`urn:gitpost:problem:github-${kind}`);
    expect(detail).toMatch(/\S/);
    expect(await namesOf(api)).toEqual(['own']);
  });

  test('needs a token that may do so, and a GitHub that can be reached', async () => {
    const { add, github, api } = await githubHere({ mayCreate: false });
    expect(problemOf(await add({ github: 'ann/fresh', create: true }), 502).detail).toMatch(/Administration/);
    expect(problemOf(await add({ github: 'nobody/fresh', create: true }), 502).detail).toMatch(
      /no such account/,
    );
    await github.close();
    const { type } = problemOf(await add({ github: 'ann/fresh', create: true }), 503);
    expect(type).toMatch(/github-offline$/);
    expect(await namesOf(api)).toEqual(['own']);
  });
});
