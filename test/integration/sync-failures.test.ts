import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deliveryTo, expected, problemOf, type SyncResult } from '../support/api.ts';
import { cloneOf, commitFile, git, gitFailure } from '../support/git.ts';
import type { Fault } from '../support/git-faults.ts';
import { hub, judgeFailure, judgeWell, NAME, pull, push } from '../support/hub.ts';
import { lineOf } from '../support/journal.ts';
import { rounds } from '../support/rounds.ts';
import { eventually } from '../support/wait.ts';

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
    const made = await ready();
    for (const [what, [status, fault]] of faults) await judgeFault(made, status, fault, what);
  });

  async function judgeFault(
    { api, server, bare, clone }: Awaited<ReturnType<typeof ready>>,
    status: string,
    fault: Fault,
    what: string,
  ): Promise<void> {
    await api.create({ text: `To push in spite of ${what}` });
    const before = await git(bare, 'rev-parse', 'main');
    server.fault(fault);
    const result = await push(api);
    if (what === 'a cut answer' && result.status === 'pushed') {
      // The push was applied before the answer was cut, and the app found that out.
      expect(await git(bare, 'rev-parse', 'main')).toBe(await git(clone, 'rev-parse', 'main'));
      return;
    }
    await judgeFailure(api, result, status);
    expect(await git(bare, 'rev-parse', 'main'), what).toBe(before);
    expect(deliveryTo((await api.messages('?q=Before'))[0] as never, NAME).state).toBe('pushed');
    server.fault({ kind: 'none' });
    await judgeWell(api, bare, clone);
  }

  test('by a remote that says nothing makes nobody wait who captures', async () => {
    const { api, server, bare, clone, reopen } = await ready();
    server.fault({ kind: 'hang' });
    let isTold = false;
    const pushing = push(api).finally(() => {
      isTold = true;
    });
    for (let n = 0; n < 20; n += 1) await api.create({ text: `Meanwhile ${n}` });
    expect(isTold).toBe(false);
    // Silence ends by itself after 30 seconds, and with the server at once.
    if (rounds(0, 1) === 0) await server.close();
    await judgeFailure(api, await pushing, 'offline');
    if (rounds(0, 1) === 0) await reopen();
    server.fault({ kind: 'none' });
    await judgeWell(api, bare, clone);
  });

  test('by nobody at the address is offline', async () => {
    const { api, server, bare, clone, reopen } = await ready();
    await server.close();
    await judgeFailure(api, await push(api), 'offline');
    expect((await pull(api)).status).toBe('offline');
    await reopen();
    await judgeWell(api, bare, clone);
  });

  test('by a wrong token is unauthorized', async () => {
    const made = await hub();
    const { api, clone, stop } = await made.machine('one', { GITHUB_TOKEN: 'wrong' });
    await api.create({ text: 'x' });
    await judgeFailure(api, await push(api), 'unauthorized');
    await stop();
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

  test('is none if only the answer was lost', async () => {
    const { api, server, bare, clone } = await ready();
    server.fault({ kind: 'drop-after-receive', times: 1 });
    expect(await push(api)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await git(bare, 'rev-parse', 'main')).toBe(await git(clone, 'rev-parse', 'main'));
    expect(await api.repository(NAME)).toMatchObject({ state: 'ready', ahead: 0 });
    expect(await push(api)).toMatchObject({ status: 'up-to-date' });
  });

  test('by another history of the same file is conflicted, and messages continue', async () => {
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
