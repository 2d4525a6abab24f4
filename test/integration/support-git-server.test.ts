import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bareRepository, cloneOf, commitFile, git, gitBytes, gitFailure, log } from '../support/git.ts';
import type { Fault } from '../support/git-faults.ts';
import { startGitServer } from '../support/git-server.ts';
import { temporaryFolder } from '../support/tmp.ts';

const username = 'ann';
const token = 'right-token';

/** Git's arguments that bring credentials along; without a credential helper, git itself asks a person. */
function as(user: string, password: string): string[] {
  const value = Buffer.from(`${user}:${password}`).toString('base64');
  return ['-c', `http.extraHeader=Authorization: Basic ${value}`];
}
const authorised = as(username, token);

/** A server with one repository, and a clone of it with one commit that isn't pushed yet. */
async function scene() {
  const folder = await temporaryFolder();
  const server = await startGitServer({ root: join(folder, 'remotes'), username, token });
  onTestFinished(() => server.close());
  await server.createRepository('ann/notes');
  const url = `${server.url}/ann/notes.git`;
  const clone = join(folder, 'clone');
  await git(folder, ...authorised, 'clone', '--quiet', url, clone);
  const commit = await commitFile(clone, 'a.txt', 'a\n', 'First');
  const remoteHead = () => git(server.repository('ann/notes'), 'for-each-ref', '--format=%(objectname)');
  return { folder, server, url, clone, commit, remoteHead };
}

const push = ['push', 'origin', 'main'];

describe('a git server', () => {
  test('takes a push with the token, and gives it to the next clone', async () => {
    const { folder, url, clone, commit, server, remoteHead } = await scene();
    await git(clone, ...authorised, ...push);
    expect(await remoteHead()).toBe(commit);

    // As on GitHub, the end `.git` may be left out.
    const other = join(folder, 'other');
    await git(folder, ...authorised, 'clone', '--quiet', url.replace(/\.git$/, ''), other);
    expect(await log(other, '%an %s')).toEqual(['Person First']);
    expect(server.requests.every((request) => request.authorised)).toBe(true);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toContain(
      'POST /ann/notes.git/git-receive-pack',
    );
  });

  test('takes a large push in chunks, after a probe', async () => {
    const { clone, server, remoteHead } = await scene();
    const commit = await commitFile(
      clone,
      'large',
      Buffer.alloc(3e6).map(() => Math.random() * 256),
      'Large',
    );
    await git(clone, ...authorised, ...push);
    expect(await remoteHead()).toBe(commit);
    const posts = server.requests.filter(({ path }) => path.endsWith('/git-receive-pack'));
    expect(posts.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  test('takes a compressed request', async () => {
    const { folder, clone, url } = await scene();
    // A fetch that names many commits which it has is compressed by git.
    for (let n = 0; n < 60; n += 1) await git(clone, 'commit', '--quiet', '--allow-empty', '-m', `${n}`);
    await git(clone, ...authorised, ...push);
    const other = join(folder, 'other');
    await git(folder, ...authorised, 'clone', '--quiet', url, other);
    await commitFile(clone, 'b.txt', 'b\n', 'More');
    await git(clone, ...authorised, ...push);
    for (let n = 0; n < 60; n += 1) await git(other, 'commit', '--quiet', '--allow-empty', '-m', `x${n}`);
    await git(other, ...authorised, 'fetch', '--quiet', 'origin');
    expect(await git(other, 'log', '-1', '--format=%s', 'origin/main')).toBe('More');
  });

  test('refuses a wrong token, and none', async () => {
    const { url, clone, server, remoteHead } = await scene();
    const wrong = await gitFailure(clone, ...as(username, 'wrong'), ...push);
    expect(wrong.code).toBe(128);
    expect(wrong.stderr).toMatch(`could not read Username for '${server.url}': terminal prompts disabled`);
    expect(server.requests.at(-1)).toMatchObject({ authorised: false, authorization: /^Basic / });

    const none = await gitFailure(clone, ...push);
    expect(none.stderr).toMatch('terminal prompts disabled');
    expect(server.requests.at(-1)).toMatchObject({ authorised: false, authorization: undefined });

    const helper = `credential.helper=!f() { echo username=${username}; echo password=wrong; }; f`;
    const helped = await gitFailure(clone, '-c', helper, ...push);
    expect(helped.code).toBe(128);
    expect(helped.stderr).toMatch('remote: Invalid username or token.');
    expect(helped.stderr).toMatch(`Authentication failed for '${url}/'`);
    expect(await remoteHead()).toBe('');
  });

  test('needs no credentials where it was given no token', async () => {
    const folder = await temporaryFolder();
    const server = await startGitServer({ root: folder });
    onTestFinished(() => server.close());
    await server.createRepository('o/r', { branch: 'trunk' });
    const clone = await cloneOf(`${server.url}/o/r`, join(folder, 'clone'));
    expect(await git(clone, 'symbolic-ref', '--short', 'HEAD')).toBe('trunk');
    await commitFile(clone, 'a.txt', 'a\n', 'First');
    await git(clone, 'push', 'origin', 'trunk');
    expect(server.requests.at(-1)).toMatchObject({ authorised: true, authorization: undefined });
  });

  test('does not know other repositories', async () => {
    const { folder, server } = await scene();
    const url = `${server.url}/ann/other.git`;
    const failure = await gitFailure(folder, ...authorised, 'ls-remote', url);
    expect(failure.stderr).toMatch(`repository '${url}/' not found`);
  });

  test('reports a push that is no fast-forward, and one that a hook refuses', async () => {
    const { folder, url, clone, server } = await scene();
    const other = join(folder, 'other');
    await git(folder, ...authorised, 'clone', '--quiet', url, other);
    await commitFile(other, 'b.txt', 'b\n', 'Other');
    await git(other, ...authorised, ...push);
    const behind = await gitFailure(clone, ...authorised, 'push', '--porcelain', 'origin', 'main');
    expect(behind.code).toBe(1);
    expect(behind.stdout).toMatch('[rejected] (fetch first)');

    const hook = join(server.repository('ann/notes'), 'hooks/pre-receive');
    await writeFile(hook, '#!/bin/sh\necho not today >&2\nexit 1\n', { mode: 0o755 });
    const refused = await gitFailure(
      clone,
      ...authorised,
      'push',
      '--porcelain',
      '--force',
      'origin',
      'main',
    );
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch('[remote rejected] (pre-receive hook declined)');
    expect(refused.stderr).toMatch('remote: not today');
  });

  test('can close and come back at the same port', async () => {
    const { folder, server, clone, commit, remoteHead } = await scene();
    await server.close();
    expect((await gitFailure(clone, ...authorised, ...push)).stderr).toMatch(
      /Failed to connect to 127\.0\.0\.1/,
    );
    const again = await startGitServer({ root: join(folder, 'remotes'), token, port: server.port });
    onTestFinished(() => again.close());
    await git(clone, ...authorised, ...push);
    expect(await remoteHead()).toBe(commit);
  });
});

describe('a fault of the git server', () => {
  const refusals: Array<[string, Fault, number, string | RegExp]> = [
    ['401', { kind: 'status', status: 401 }, 128, 'could not read Username'],
    ['403', { kind: 'status', status: 403 }, 128, 'The requested URL returned error: 403'],
    ['404', { kind: 'status', status: 404 }, 128, /repository '.*' not found/],
    ['429', { kind: 'status', status: 429 }, 128, 'The requested URL returned error: 429'],
    ['500', { kind: 'status', status: 500 }, 128, 'The requested URL returned error: 500'],
    ['no request read to its end', { kind: 'drop-before-receive' }, 1, /RPC failed; curl \d+/],
    ['a cut answer', { kind: 'cut' }, 1, /RPC failed; curl \d+|remote end hung up|early EOF|disconnect/],
  ];
  test.each(refusals)('%s', async (_, fault, code, words) => {
    const { clone, server } = await scene();
    server.fault(fault);
    const failure = await gitFailure(clone, ...authorised, ...push);
    expect(failure.stderr).toMatch(words);
    expect(failure.code).toBe(code);
    server.fault({ kind: 'none' });
    await git(clone, ...authorised, ...push);
  });

  test('may bring words, which git prints', async () => {
    const { clone, server } = await scene();
    server.fault({ kind: 'status', status: 403, body: 'Write access to repository not granted.\n' });
    const failure = await gitFailure(clone, ...authorised, ...push);
    expect(failure.stderr).toMatch('remote: Write access to repository not granted.');
  });

  test('may be a web page in place of git', async () => {
    const { clone, server } = await scene();
    server.fault({ kind: 'html' });
    const fetching = await gitFailure(clone, ...authorised, 'fetch', 'origin');
    expect(fetching.stderr).toMatch('not valid: is this a git repository?');
    // A push then tries WebDAV, which some builds of git lack.
    await gitFailure(clone, ...authorised, ...push);

    // A page without line ends is a list without refs to git: it succeeds, and the remote looks empty.
    server.fault({ kind: 'html', page: '<p>Please sign in.</p>' });
    expect(await git(clone, ...authorised, 'ls-remote', 'origin')).toBe('');
  });

  test('may be for pushes alone, or only for the next requests', async () => {
    const { clone, server } = await scene();
    server.fault({ kind: 'status', status: 403, only: 'receive', times: 1 });
    await git(clone, ...authorised, 'fetch', 'origin');
    await gitFailure(clone, ...authorised, ...push);
    await git(clone, ...authorised, ...push);
  });

  test('applies a push and loses the answer', async () => {
    const { clone, commit, server, remoteHead } = await scene();
    server.fault({ kind: 'drop-after-receive' });
    const failure = await gitFailure(clone, ...authorised, ...push);
    expect(failure.code).toBe(1);
    expect(failure.stderr).toMatch(/RPC failed; curl 52 /);
    expect(failure.stderr).toMatch('Everything up-to-date');
    expect(await remoteHead()).toBe(commit);
  });

  test('loses a push before it is applied, with the same words', async () => {
    const { clone, server, remoteHead } = await scene();
    server.fault({ kind: 'drop-before-receive' });
    const failure = await gitFailure(clone, ...authorised, ...push);
    expect(failure.stderr).toMatch('Everything up-to-date');
    expect(await remoteHead()).toBe('');
  });

  test('loses the answer of a large push, too', async () => {
    const { clone, server, remoteHead } = await scene();
    const commit = await commitFile(
      clone,
      'large',
      Buffer.alloc(3e6).map(() => Math.random() * 256),
      'Large',
    );
    server.fault({ kind: 'drop-after-receive' });
    await gitFailure(clone, ...authorised, ...push);
    expect(await remoteHead()).toBe(commit);
  });

  test('cuts a fetch in the middle', async () => {
    const { folder, url, clone, server } = await scene();
    await commitFile(
      clone,
      'large',
      Buffer.alloc(1e6).map(() => Math.random() * 256),
      'Large',
    );
    await git(clone, ...authorised, ...push);
    server.fault({ kind: 'cut', only: 'upload' });
    const failure = await gitFailure(folder, ...authorised, 'clone', '--quiet', url, join(folder, 'other'));
    expect(failure.code).toBe(128);
  });

  test('redirects to another address', async () => {
    const { folder, clone, server } = await scene();
    server.fault({ kind: 'redirect', to: '/sign-in', times: 1 });
    const failure = await gitFailure(clone, ...authorised, ...push);
    expect(failure.code).toBe(128);
    expect(server.requests.at(-1)?.path).toBe('/sign-in');

    await git(clone, ...authorised, ...push);
    server.fault({ kind: 'redirect', to: (path) => path.replace('/old/', '/ann/'), times: 1 });
    const refs = await git(folder, ...authorised, 'ls-remote', `${server.url}/old/notes.git`);
    expect(refs).toMatch('refs/heads/main');
  });

  test('hangs until git itself gives up', async () => {
    const { clone, server } = await scene();
    server.fault({ kind: 'hang' });
    const limits = ['-c', 'http.lowSpeedLimit=1000', '-c', 'http.lowSpeedTime=1'];
    const failure = await gitFailure(clone, ...authorised, ...limits, ...push);
    expect(failure.stderr).toMatch('Operation too slow');
  });

  test('slows the bytes down', async () => {
    const { clone, commit, server, remoteHead } = await scene();
    server.fault({ kind: 'slow', bytesPerSecond: 500 });
    const start = Date.now();
    await git(clone, ...authorised, ...push);
    expect(Date.now() - start).toBeGreaterThan(700);
    expect(await remoteHead()).toBe(commit);
  });

  test('closing the server ends what is under way', async () => {
    const { clone, server } = await scene();
    server.fault({ kind: 'slow', bytesPerSecond: 1 });
    const pushing = gitFailure(clone, ...authorised, ...push);
    await expect.poll(() => server.requests.length).toBeGreaterThan(1);
    await server.close();
    expect((await pushing).code).toBe(128);
  });
});

test('bytes come out of git as they went in', async () => {
  const folder = await temporaryFolder();
  const bare = await bareRepository(join(folder, 'bare.git'));
  const clone = await cloneOf(bare, join(folder, 'clone'));
  const bytes = Buffer.from([0, 255, 10, 13, 10]);
  await commitFile(clone, 'deep/er/file', bytes, 'Bytes');
  expect(await gitBytes(clone, 'show', 'HEAD:deep/er/file')).toEqual(bytes);
});
