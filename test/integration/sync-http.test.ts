import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type Api,
  apiAt,
  commitOf,
  deliveryTo,
  expected,
  problemOf,
  type RepositoryStatus,
  type SyncResult,
} from '../support/api.ts';
import { cloneOf, commitFile, git, gitFailure, log } from '../support/git.ts';
import type { Fault } from '../support/git-faults.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { journalLines, lineOf } from '../support/journal.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { together } from '../support/together.ts';
import { eventually } from '../support/wait.ts';

const username = 'ann';
// In two parts, so that nobody takes this file for a leak.
const token = `${'ghp'}_${'s3cRet0'.repeat(5)}Z`;
const NAME = 'notes';

interface Machine {
  gitpost: GitpostProcess;
  api: Api;
  clone: string;
}

interface Hub {
  folder: string;
  server: GitServer;
  /** The bare repository on the server. */
  bare: string;
  env: Record<string, string>;
  /** Starts a gitpost with a folder of its own, as on another machine. */
  machine(name: string, more?: Record<string, string | undefined>): Promise<Machine>;
}

/** A server with one empty repository, which machines share. */
async function hub({ branch = 'main' } = {}): Promise<Hub> {
  const folder = await temporaryFolder();
  const server = await startGitServer({ root: join(folder, 'remotes'), username, token });
  onTestFinished(() => server.close());
  const bare = await server.createRepository(`${username}/${NAME}`, { branch });
  const env = {
    GITHUB_URL: server.url,
    GITHUB_API_URL: server.url,
    GITHUB_USERNAME: username,
    GITHUB_TOKEN: token,
    REPOSITORY_NAME: NAME,
  };
  const machine: Hub['machine'] = async (name, more = {}) => {
    const own = join(folder, name);
    const gitpost = await startProcess({ folder: own, env: { ...env, AUTHOR_NAME: name, ...more } });
    return { gitpost, api: apiAt(gitpost.url), clone: join(own, 'repos', NAME) };
  };
  return { folder, server, bare, env, machine };
}

const push = (api: Api) => api.sync('push', NAME);
const pull = (api: Api) => api.sync('pull', NAME);

/** What everybody must agree on: each message as it reads, without where it is. */
const read = async (api: Api) =>
  (await api.messages()).map(({ deliveries: _deliveries, ...message }) => message);

/** Judges a failed sync by what it must tell, and that capture goes on meanwhile. */
async function judgeFailure(api: Api, result: SyncResult, status: string): Promise<void> {
  expect(result, JSON.stringify(result)).toMatchObject({ status, pushed: 0 });
  expect(result.detail).toMatch(/\S/);
  expect(result.action).toMatch(/\S/);
  expect(await api.repository(NAME)).toMatchObject({
    state: status,
    error: { detail: expect.stringMatching(/\S/), action: expect.stringMatching(/\S/) },
  });
  const health = (await api.get('/health')).json<{ status: string; reasons?: string[] }>();
  expect(health.status).toBe('degraded');
  expect(health.reasons?.join()).toContain(NAME);
  const message = await api.create({ text: `Captured while ${status}` });
  expect(deliveryTo(message, NAME).state).toBe('committed');
}

/** Judges that everything is well again after a failure. */
async function judgeWell(api: Api, bare: string, clone: string): Promise<void> {
  expect((await push(api)).status).toBe('pushed');
  expect(await api.repository(NAME)).toMatchObject({ state: 'ready', error: null, ahead: 0, behind: 0 });
  expect(await git(bare, 'rev-parse', 'main')).toBe(await git(clone, 'rev-parse', 'main'));
  for (const { deliveries } of await api.messages()) {
    for (const { state } of deliveries) expect(state).toBe('pushed');
  }
}

describe('the first clone', () => {
  test('of an empty remote begins with nothing, and the first push makes the branch', async () => {
    const { machine, bare } = await hub();
    const { api, clone } = await machine('one');
    expect(await api.messages()).toEqual([]);
    await eventually(async () => (await api.repository(NAME)).state === 'ready');
    const messages = [await api.create({ text: 'One' }), await api.create({ text: 'Two' })];
    expect(await api.repository(NAME)).toMatchObject({
      name: NAME,
      branch: 'main',
      primary: true,
      messages: 2,
      ahead: 2,
      behind: 0,
      remoteHead: null,
      state: 'ready',
    });
    for (const message of messages) expect(deliveryTo(message, NAME).state).toBe('committed');

    const head = await git(clone, 'rev-parse', 'main');
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 2, pulled: 0, head });
    expect(await git(bare, 'rev-parse', 'main')).toBe(head);
    expect(await git(bare, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    await git(bare, 'fsck', '--strict');
    const status = await api.repository(NAME);
    expect(status).toMatchObject({ ahead: 0, behind: 0, head, remoteHead: head, error: null });
    expect(Date.parse(status.lastSync as string)).toBeGreaterThan(Date.now() - 10_000);
    for (const { id } of messages) {
      expect(deliveryTo(await api.message(id), NAME).state).toBe('pushed');
    }
    expect(await push(api)).toMatchObject({ status: 'up-to-date', pushed: 0, pulled: 0 });
    expect(await pull(api)).toMatchObject({ status: 'up-to-date', pushed: 0, pulled: 0 });
    const edited = await api.edit(messages[0]?.id as string, { text: 'Edited' });
    expect(deliveryTo(edited, NAME).state).toBe('committed');
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 1 });
  });

  test('of one with other content takes its branch and leaves what is there', async () => {
    const { folder, machine, bare } = await hub({ branch: 'trunk' });
    const person = await cloneOf(bare, join(folder, 'person'));
    const id = randomUUID();
    await commitFile(person, 'README.md', '# Notes\n', 'Read me');
    const journal = 'messages/by-hand.jsonl';
    await commitFile(
      person,
      journal,
      `${lineOf({ id, text: 'By hand', author: 'Ann' })}\nbroken\n`,
      'By hand',
    );
    await git(person, 'push', '-q', 'origin', 'trunk', 'trunk:refs/heads/main');
    const tip = await git(person, 'rev-parse', 'trunk');

    const { api, clone } = await machine('one');
    const [message, ...more] = await api.messages();
    expect([message?.id, message?.text, more]).toEqual([id, 'By hand', []]);
    expect(await api.repository(NAME)).toMatchObject({
      branch: 'trunk',
      ahead: 0,
      head: tip,
      remoteHead: tip,
    });
    expect((await api.repository(NAME)).problems).toContainEqual({
      file: journal,
      line: 2,
      reason: expect.any(String),
    });
    expect(await git(clone, 'symbolic-ref', '--short', 'HEAD')).toBe('trunk');
    await eventually(async () => existsSync(join(clone, 'README.md')));

    await api.create({ text: 'Ours' });
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await git(bare, 'rev-parse', 'trunk^')).toBe(tip);
    expect(await git(bare, 'rev-parse', 'main')).toBe(tip);
    expect(await git(bare, 'show', 'trunk:README.md')).toBe('# Notes');
  });

  test('that can not be made yet: what was captured joins at the next push', async () => {
    const { folder, server, machine, bare } = await hub({ branch: 'trunk' });
    const person = await cloneOf(bare, join(folder, 'person'));
    await commitFile(person, 'README.md', '# Notes\n', 'Read me');
    const other = randomUUID();
    await commitFile(
      person,
      'messages/x.jsonl',
      `${lineOf({ id: other, text: 'There before' })}\n`,
      'Before',
    );
    await git(person, 'push', '-q', 'origin', 'trunk');
    await server.close();

    const { api, clone } = await machine('one');
    const message = await api.create({ text: 'Captured without a network' });
    expect(await git(clone, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
    await judgeFailure(api, await push(api), 'offline');

    const again = await startGitServer({ root: join(folder, 'remotes'), username, token, port: server.port });
    onTestFinished(() => again.close());
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 2, pulled: 1 });
    expect(await api.repository(NAME)).toMatchObject({ branch: 'trunk', state: 'ready', ahead: 0 });
    expect(await git(clone, 'symbolic-ref', '--short', 'HEAD')).toBe('trunk');
    expect(await git(bare, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/trunk');
    const parents = (await git(bare, 'log', '-1', '--format=%P', 'trunk')).split(' ');
    expect(parents).toContain(await git(person, 'rev-parse', 'trunk'));
    await git(bare, 'merge-base', '--is-ancestor', commitOf(message, NAME), 'trunk');
    expect(commitOf(await api.message(message.id), NAME)).toBe(commitOf(message, NAME));
    expect((await api.messages()).map(({ id }) => id)).toContain(other);
    await eventually(async () => existsSync(join(clone, 'README.md')));
    await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
    await git(bare, 'fsck', '--strict');
  });

  test('after captures, beside a branch of a person that has the name: nothing is renamed', async () => {
    const { folder, server, machine, bare } = await hub({ branch: 'trunk' });
    const person = await cloneOf(bare, join(folder, 'person'));
    await commitFile(person, 'README.md', '# Notes\n', 'Read me');
    await git(person, 'push', '-q', 'origin', 'trunk');
    await server.close();
    const { api, clone } = await machine('one');
    await api.create({ text: 'x' });
    await git(clone, 'branch', 'trunk', 'main');
    const again = await startGitServer({ root: join(folder, 'remotes'), username, token, port: server.port });
    onTestFinished(() => again.close());
    const result = await push(api);
    await judgeFailure(api, result, 'conflicted');
    expect(result.action).toContain('trunk');
    expect((await api.repository(NAME)).branch).toBe('main');
    expect(await git(clone, 'rev-parse', 'trunk')).toBe(await git(clone, 'rev-parse', 'main~1'));
  });
});

describe('two machines', () => {
  test('come to show the same, whatever each did', async () => {
    const { machine, bare } = await hub();
    const [one, two] = await Promise.all([machine('one'), machine('two')]);
    // What the first contact brings is no part of what a pull is answered with.
    for (const { api } of [one, two])
      await eventually(async () => (await api.repository(NAME)).state === 'ready');
    const first = await one.api.create({ text: 'From one' });
    expect(await push(one.api)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await pull(two.api)).toMatchObject({ status: 'pulled', pulled: 1, pushed: 0 });
    expect(await read(two.api)).toEqual(await read(one.api));
    expect(deliveryTo(await two.api.message(first.id), NAME)).toEqual({
      repository: NAME,
      commit: commitOf(first, NAME),
      state: 'pushed',
    });

    const commits: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      commits.push(commitOf(await one.api.create({ text: `One ${n}` }), NAME));
      commits.push(commitOf(await two.api.create({ text: `Two ${n}` }), NAME));
    }
    await one.api.edit(first.id, { text: 'Edited by one' });
    expect(await push(one.api)).toMatchObject({ status: 'pushed', pushed: 6, pulled: 0 });
    const before = await two.api.repository(NAME);
    expect(before).toMatchObject({ ahead: 5, behind: 0 });
    expect(await push(two.api)).toMatchObject({ status: 'pushed', pushed: 5, pulled: 6 });
    expect(await pull(one.api)).toMatchObject({ status: 'pulled', pulled: 5 });
    expect(await read(one.api)).toEqual(await read(two.api));
    expect(await read(one.api)).toHaveLength(11);
    for (const { api } of [one, two]) {
      expect(await api.repository(NAME)).toMatchObject({ ahead: 0, behind: 0, state: 'ready', messages: 11 });
      for (const { deliveries } of await api.messages()) expect(deliveries[0]?.state).toBe('pushed');
    }
    // What was answered stays the first commit that brought it.
    for (const commit of commits) await git(bare, 'merge-base', '--is-ancestor', commit, 'main');
    const shown = new Set((await one.api.messages()).map((message) => commitOf(message, NAME)));
    for (const commit of commits) expect(shown).toContain(commit);
    const devices = new Set(
      (await log(bare, '%(trailers:key=Device,valueonly)', 'main')).map((one) => one.trim()),
    );
    expect(devices.size).toBe(2);
    await git(bare, 'fsck', '--strict');
  });

  test('that edit the same message keep both edits, until somebody settles it', async () => {
    const { machine } = await hub();
    const [one, two] = await Promise.all([machine('one'), machine('two')]);
    const { id } = await one.api.create({ text: 'Before' });
    await push(one.api);
    await pull(two.api);
    await one.api.edit(id, { text: 'As one wants it' });
    await delay(5);
    const later = await two.api.edit(id, { text: 'As two wants it' });
    await push(one.api);
    expect(await push(two.api)).toMatchObject({ status: 'pushed' });
    await pull(one.api);

    for (const { api } of [one, two]) {
      expect(await api.message(id)).toMatchObject({
        revision: 2,
        text: 'As two wants it',
        updatedAt: later.updatedAt,
        conflict: true,
      });
      const history = await api.history(id);
      expect(history.map(({ text, head }) => [text, head === true])).toEqual([
        ['Before', false],
        ['As one wants it', true],
        ['As two wants it', true],
      ]);
    }
    const tags = await Promise.all([one, two].map(({ api }) => api.get(`/messages/${id}`)));
    expect(tags[0]?.headers.get('etag')).toBe(tags[1]?.headers.get('etag'));

    const settled = await one.api.edit(id, { text: 'As both want it' });
    expect(settled).toMatchObject({ revision: 3, text: 'As both want it' });
    expect(settled).not.toHaveProperty('conflict');
    expect((await one.api.history(id)).at(-1)?.parents).toHaveLength(2);
    await push(one.api);
    await pull(two.api);
    expect(await read(two.api)).toEqual(await read(one.api));
    expect((await two.api.history(id)).filter(({ head }) => head)).toHaveLength(1);
  });

  test('settle a conflict with an edit that changes nothing, too', async () => {
    const { machine } = await hub();
    const [one, two] = await Promise.all([machine('one'), machine('two')]);
    const { id } = await one.api.create({ text: 'Before' });
    await push(one.api);
    await pull(two.api);
    await one.api.delete(id);
    await two.api.edit(id, { text: 'Still wanted' });
    await push(one.api);
    await push(two.api);
    await pull(one.api);
    // An edit beats a delete.
    for (const { api } of [one, two]) {
      expect(await api.message(id)).toMatchObject({ text: 'Still wanted', conflict: true });
    }
    const settled = await one.api.edit(id, {});
    expect(settled).toMatchObject({ revision: 3, text: 'Still wanted' });
    expect(settled).not.toHaveProperty('conflict');
    await push(one.api);
    await pull(two.api);
    expect(await read(two.api)).toEqual(await read(one.api));
  });

  test('that push at the same moment both get through', async () => {
    const { machine, bare } = await hub();
    const machines = await Promise.all([machine('one'), machine('two'), machine('three')]);
    await Promise.all(machines.map(({ api }) => api.messages()));
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(machines.map(({ api }, n) => api.create({ text: `Round ${round} of ${n}` })));
      const results = await Promise.all(machines.map(({ api }) => push(api)));
      expect(results.map(({ status }) => status)).toEqual(['pushed', 'pushed', 'pushed']);
    }
    for (const { api } of machines) await pull(api);
    const [first, ...others] = await Promise.all(machines.map(({ api }) => read(api)));
    expect(first).toHaveLength(9);
    for (const other of others) expect(other).toEqual(first);
    expect(await journalLines(bare)).toHaveLength(9);
  });

  test('with a copied folder come to write files of their own', async () => {
    const { folder, machine, bare } = await hub();
    const one = await machine('one');
    await one.api.create({ text: 'Before the copy' });
    await push(one.api);
    await one.gitpost.stop();
    // A copy has its device's id as well, which a clone has not.
    await cp(join(folder, 'one'), join(folder, 'two'), { recursive: true });
    const [first, second] = [await machine('one'), await machine('two')];
    await first.api.create({ text: 'Of the one' });
    await second.api.create({ text: 'Of the copy' });
    for (const { api } of [first, second, first]) await push(api);
    await second.api.create({ text: 'Later of the copy' });
    for (const { api } of [second, first]) await push(api);
    expect(await read(first.api)).toHaveLength(4);
    expect(await read(second.api)).toEqual(await read(first.api));
    expect((await journalLines(bare)).map(({ value }) => value.text).sort()).toEqual([
      'Before the copy',
      'Later of the copy',
      'Of the copy',
      'Of the one',
    ]);
    const devices = await Promise.all(
      [first, second].map(({ clone }) => git(clone, 'config', 'gitpost.device')),
    );
    expect(devices[0]).not.toBe(devices[1]);
  });
});

describe('a failed sync', () => {
  /** A machine with one message pushed and one more to push. */
  async function ready(more: Record<string, string> = {}) {
    const made = await hub();
    const one = await made.machine('one', more);
    await one.api.create({ text: 'Before' });
    expect((await push(one.api)).status).toBe('pushed');
    await one.api.create({ text: 'To push' });
    return { ...made, ...one };
  }

  const faults = new Map<string, readonly [status: string, Fault]>([
    ['silence', ['offline', { kind: 'hang' }]],
    ['401', ['unauthorized', { kind: 'status', status: 401 }]],
    ['403', ['unauthorized', { kind: 'status', status: 403, body: 'Write access not granted.\n' }]],
    ['403 of pushes alone', ['unauthorized', { kind: 'status', status: 403, only: 'receive' }]],
    ['404', ['not-found', { kind: 'status', status: 404 }]],
    ['a web page', ['offline', { kind: 'html' }]],
    ['a web page without line ends', ['offline', { kind: 'html', page: '<p>Please sign in.</p>' }]],
    ['a web page for pushes alone', ['offline', { kind: 'html', only: 'receive' }]],
    ['a cut answer', ['offline', { kind: 'cut', only: 'receive' }]],
    ['a lost push', ['offline', { kind: 'drop-before-receive' }]],
    ['503', ['offline', { kind: 'status', status: 503 }]],
  ]);
  test('says what kind it is, and heals by itself', async () => {
    await together(faults, judgeFault);
  }, 120_000);

  async function judgeFault([status, fault]: readonly [string, Fault], what: string): Promise<void> {
    const { api, server, bare, clone } = await ready();
    const before = await git(bare, 'rev-parse', 'main');
    server.fault(fault);
    const pushing = push(api);
    if (what === 'silence') await judgePatience(api);
    const start = Date.now();
    const result = await pushing;
    expect(Date.now() - start).toBeLessThan(60_000);
    if (what === 'a cut answer' && result.status === 'pushed') {
      // The push was applied before the answer was cut, and the app found that out.
      expect(await git(bare, 'rev-parse', 'main')).toBe(await git(clone, 'rev-parse', 'main'));
      return;
    }
    await judgeFailure(api, result, status);
    expect(await git(bare, 'rev-parse', 'main')).toBe(before);
    expect(deliveryTo((await api.messages('?q=Before'))[0] as never, NAME).state).toBe('pushed');
    server.fault({ kind: 'none' });
    await judgeWell(api, bare, clone);
  }

  /** Judges that a remote which says nothing makes nobody wait who captures. */
  async function judgePatience(api: Api): Promise<void> {
    const times: number[] = [];
    for (let n = 0; n < 50; n += 1) {
      const begin = Date.now();
      await api.create({ text: `Meanwhile ${n}` });
      times.push(Date.now() - begin);
    }
    times.sort((a, b) => a - b);
    expect(times[25]).toBeLessThan(300);
  }

  test('by nobody at the address is offline', async () => {
    const { api, server, folder, bare, clone } = await ready();
    await server.close();
    await judgeFailure(api, await push(api), 'offline');
    expect((await pull(api)).status).toBe('offline');
    const again = await startGitServer({ root: join(folder, 'remotes'), username, token, port: server.port });
    onTestFinished(() => again.close());
    await judgeWell(api, bare, clone);
  });

  test('by a wrong token is unauthorized', async () => {
    const made = await hub();
    const { api, clone, gitpost } = await made.machine('one', { GITHUB_TOKEN: 'wrong' });
    await api.create({ text: 'x' });
    await judgeFailure(api, await push(api), 'unauthorized');
    await gitpost.stop();
    const again = await made.machine('one');
    await judgeWell(again.api, made.bare, clone);
  });

  test('by a repository that is not there is not-found', async () => {
    const { machine } = await hub();
    const { api } = await machine('one', { REPOSITORY_NAME: 'elsewhere' });
    await api.create({ text: 'x' });
    expect((await api.sync('push', 'elsewhere')).status).toBe('not-found');
    expect((await api.repository('elsewhere')).state).toBe('not-found');
  });

  test('by a rule of the remote is rejected, with its words', async () => {
    const { api, bare, clone } = await ready();
    const hook = join(bare, 'hooks/pre-receive');
    await writeFile(hook, '#!/bin/sh\necho "Not on a \\033[31mFriday\\033[0m" >&2\nexit 1\n', {
      mode: 0o755,
    });
    const result = await push(api);
    await judgeFailure(api, result, 'rejected');
    expect(result.detail).toMatch(/Friday/);
    expect(result.detail).not.toMatch(/\p{Cc}/u);
    await writeFile(hook, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    await judgeWell(api, bare, clone);
  });

  test('by secret scanning names the message that it is about', async () => {
    const { api, bare, clone } = await ready();
    const { id } = await api.create({ text: 'the key is "hidden"', author: 'Ann' });
    const path = await git(clone, 'diff-tree', '--no-commit-id', '--name-only', '-r', 'main');
    const commit = await git(clone, 'rev-parse', 'main');
    const number = (await git(clone, 'show', `main:${path}`)).split('\n').length;
    const said = [
      'error: GH013: Repository rule violations found for refs/heads/main.',
      '- GITHUB PUSH PROTECTION',
      '  - Push cannot contain secrets',
      '    locations:',
      `      - commit: ${commit}`,
      `        path: ${path}:${number}`,
      '    (?) To push, remove secret from commit(s) or follow this URL to allow the secret.',
      '    https://127.0.0.1/ann/messages/security/secret-scanning/unblock-secret/2gakJr',
    ];
    const hook = join(bare, 'hooks/pre-receive');
    await writeFile(hook, `#!/bin/sh\ncat >&2 <<'END'\n${said.join('\n')}\nEND\nexit 1\n`, { mode: 0o755 });
    const result = await push(api);
    await judgeFailure(api, result, 'rejected');
    expect(result.detail).toContain(`the message ${id} of Ann`);
    expect(result.detail).not.toContain('hidden');
    expect(result.action).toMatch(/Revoke.*unblock-secret\/2gakJr/);
    await rm(hook);
    await judgeWell(api, bare, clone);
  });

  test('is none where only the answer was lost', async () => {
    const { api, server, bare, clone } = await ready();
    server.fault({ kind: 'drop-after-receive', times: 1 });
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await git(bare, 'rev-parse', 'main')).toBe(await git(clone, 'rev-parse', 'main'));
    expect(await api.repository(NAME)).toMatchObject({ state: 'ready', ahead: 0 });
    expect(await push(api)).toMatchObject({ status: 'up-to-date' });
  });

  test('by another history of the same file is conflicted, and messages go on', async () => {
    const { api, folder, bare, clone } = await ready();
    const person = await cloneOf(bare, join(folder, 'person'));
    await commitFile(person, 'plan.txt', 'theirs\n', 'Theirs');
    const other = lineOf({ id: randomUUID(), text: 'Elsewhere' });
    await commitFile(person, 'messages/x.jsonl', `${other}\n`, 'A message');
    await git(person, 'push', '-q', 'origin', 'main');
    await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
    await commitFile(clone, 'plan.txt', 'ours\n', 'Ours');

    const result = await push(api);
    await judgeFailure(api, result, 'conflicted');
    expect(result.detail).toContain('plan.txt');
    expect(await api.repository(NAME)).toMatchObject({ behind: 2, ahead: 3 });
    expect(await git(clone, 'show', 'main:plan.txt')).toBe('ours');

    await eventually(async () => (await git(clone, 'status', '--porcelain')) === '');
    await gitFailure(clone, 'merge', 'origin/main');
    await writeFile(join(clone, 'plan.txt'), 'settled\n');
    await git(clone, 'commit', '-q', '-a', '-m', 'Settled');
    await eventually(async () => (await api.repository(NAME)).behind === 0);
    await judgeWell(api, bare, clone);
  });

  test('of one repository leaves the others alone', async () => {
    const { api, server, machine: _machine } = await ready({ REPOSITORIES: 'missing' });
    const all = await api.send('POST', '/push');
    const { results } = expected<{ results: SyncResult[] }>(all, 502);
    expect(results.map(({ repository, status }) => [repository, status]).sort()).toEqual([
      ['missing', 'not-found'],
      [NAME, 'pushed'],
    ]);
    const some = await api.send('POST', '/push', { json: { repositories: [NAME] } });
    expect(expected<{ results: SyncResult[] }>(some, 200).results).toHaveLength(1);
    problemOf(await api.send('POST', '/push', { json: { repositories: ['nowhere', NAME] } }), 404);
    problemOf(await api.send('POST', '/push', { json: { repositories: [] } }), 400);
    problemOf(await api.send('POST', '/pull', { json: { repository: NAME } }), 400);
    expect(server.requests.some(({ path }) => path.includes('/missing'))).toBe(true);
  });
});

describe('the token', () => {
  /** The arguments and environment of every process of this machine that has the token in it. */
  async function commandLines(): Promise<string[]> {
    const found: string[] = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (line.includes(token)) found.push(line.replaceAll('\0', ' '));
    }
    return found;
  }

  async function filesWith(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      const basic = Buffer.from(`${username}:${token}`).toString('base64');
      if (bytes.includes(token) || bytes.includes(basic)) found.push(path.slice(folder.length));
    }
    return found;
  }

  test.runIf(existsSync('/proc/self/cmdline'))(
    'stands in no argument, file, output or answer, also when things go wrong',
    async () => {
      const { machine, server } = await hub();
      const env = {
        LOG_LEVEL: 'trace',
        DEBUG: '*',
        GIT_TRACE: '1',
        GIT_TRACE_CURL: '1',
        GIT_CURL_VERBOSE: '1',
      };
      const { api, gitpost } = await machine('one', env);
      const answers: string[] = [];
      const seen: string[] = [];
      let watching = true;
      const watch = (async () => {
        while (watching) seen.push(...(await commandLines()));
      })();
      await api.create({ text: 'x' });
      for (const fault of [
        { kind: 'slow', bytesPerSecond: 3000 },
        { kind: 'status', status: 401 },
        { kind: 'status', status: 403, body: 'No.\n' },
        { kind: 'status', status: 404 },
        { kind: 'html' },
        { kind: 'cut' },
        { kind: 'redirect', to: '/elsewhere' },
        { kind: 'none' },
      ] as const) {
        await api.create({ text: `Before ${fault.kind}` });
        server.fault(fault);
        for (const verb of ['push', 'pull'] as const)
          answers.push(JSON.stringify(await api.sync(verb, NAME)));
      }
      for (const path of ['/repositories', '/health', '/messages', '/openapi.json', '/']) {
        answers.push((await api.get(path)).text);
      }
      watching = false;
      await watch;
      expect(seen).toEqual([]);
      await gitpost.stop();
      expect(await filesWith(gitpost.folder)).toEqual([]);
      for (const text of [gitpost.stdout(), gitpost.stderr(), ...answers]) expect(text).not.toContain(token);
      expect(server.requests.some(({ authorised }) => authorised)).toBe(true);
    },
  );

  test('goes to no other address, wherever the remote leads', async () => {
    const { folder, machine, server } = await hub();
    const thief = await startGitServer({ root: join(folder, 'thief'), username, token });
    onTestFinished(() => thief.close());
    await thief.createRepository(`${username}/${NAME}`);
    await thief.createRepository('eve/bait');
    const { api } = await machine('one', { REPOSITORIES: `${thief.url}/eve/bait.git` });
    await api.create({ text: 'x', repositories: 'all' });
    server.fault({ kind: 'redirect', to: (path) => `${thief.url}${path}` });
    expect(['failed', 'offline', 'unauthorized', 'not-found']).toContain((await push(api)).status);
    expect((await api.sync('push', 'bait')).status).toBe('unauthorized');
    expect(thief.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect(thief.requests.filter(({ path }) => path.includes(NAME))).toEqual([]);
  });
});

describe('a person who begins with nothing', () => {
  test('adds GitHub later and takes all messages along', async () => {
    const { folder, env, server, bare } = await hub();
    const own = join(folder, 'home-machine');
    const first = await startProcess({ folder: own });
    const api = apiAt(first.url);
    const messages = [await api.create({ text: 'One' }), await api.create({ text: 'Two' })];
    await api.edit(messages[0]?.id as string, { text: 'One, edited' });
    expect(await api.sync('push')).toMatchObject({ status: 'pushed', pushed: 2 });
    messages.push(await api.create({ text: 'Three' }));
    const before = await read(api);
    const commits = (await api.messages()).map((message) => commitOf(message));
    await first.stop();

    const second = await startProcess({ folder: own, env });
    const next = apiAt(second.url);
    expect(await read(next)).toEqual(before);
    expect((await next.messages()).map((message) => commitOf(message, NAME))).toEqual(commits);
    expect((await readdir(join(own, 'repos'))).filter((name) => !name.startsWith('.'))).toEqual([NAME]);
    const [status, ...more] = (await next.get('/repositories')).json<RepositoryStatus[]>();
    expect(more).toEqual([]);
    expect(status).toMatchObject({ name: NAME, primary: true, url: `${server.url}/${username}/${NAME}.git` });
    for (const message of await next.messages()) expect(deliveryTo(message, NAME).state).toBe('committed');

    expect(await push(next)).toMatchObject({ status: 'pushed', pushed: 3 });
    expect((await journalLines(bare)).map(({ value }) => value.text).sort()).toEqual([
      'One',
      'One, edited',
      'Three',
      'Two',
    ]);
    for (const commit of commits) await git(bare, 'merge-base', '--is-ancestor', commit, 'main');
    expect(await read(next)).toEqual(before);
  });

  test('moves to a GitHub repository that has something in it already', async () => {
    const { folder, env, bare } = await hub({ branch: 'trunk' });
    const person = await cloneOf(bare, join(folder, 'person'));
    await commitFile(person, 'README.md', '# Notes\n', 'Read me');
    await git(person, 'push', '-q', 'origin', 'trunk');
    const own = join(folder, 'home-machine');
    const first = await startProcess({ folder: own });
    const message = await apiAt(first.url).create({ text: 'One' });
    await apiAt(first.url).sync('push');
    await first.stop();
    const second = await startProcess({ folder: own, env });
    const api = apiAt(second.url);
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await api.repository(NAME)).toMatchObject({ state: 'ready', branch: 'trunk' });
    expect(await git(bare, 'show', 'trunk:README.md')).toBe('# Notes');
    await git(bare, 'merge-base', '--is-ancestor', commitOf(message), 'trunk');
  });
});
