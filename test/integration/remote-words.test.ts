import { chown, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listRemote } from '../../src/git/fetch.ts';
import { pushBranch } from '../../src/git/push.ts';
import type { Network } from '../../src/git/remote.ts';
import { contextOf } from '../support/context.ts';
import { bareRepository, cloneOf, commitFile, git } from '../support/git.ts';
import { type Managed, startManager } from '../support/manager.ts';
import { lineNumber, push, rawsIn, statusOf } from '../support/repositories.ts';
import { hasSshServer, startSshServer } from '../support/ssh-server.ts';
import { temporaryFolder } from '../support/tmp.ts';

const network: Network = { credentials: undefined, onProgress: () => undefined };

/** A repository with one message, whose remote is a folder. */
async function withRemote(
  make: (folder: string) => Promise<string>,
): Promise<Managed & { remotePath: string }> {
  const folder = await temporaryFolder();
  const remotePath = await make(folder);
  const managed = await startManager(folder, [remotePath]);
  await managed.add(lineNumber(1));
  return { ...managed, remotePath };
}

const withBare = () => withRemote((folder) => bareRepository(join(folder, 'remote.git')));

/** Judges that a push came to nothing, and that messages can still be captured. */
async function judgeRefused(managed: Managed, status: string, detail: RegExp, action: RegExp): Promise<void> {
  const result = await push(managed);
  expect(result).toMatchObject({ status, pushed: 0 });
  expect(result.detail).toMatch(detail);
  expect(result.action).toMatch(action);
  expect(`${result.detail} ${result.action}`).not.toMatch(/\p{Cc}/u);
  await managed.add(lineNumber(100 + Math.floor(Math.random() * 1000)));
  expect(statusOf(managed)?.error?.detail).toBe(result.detail);
}

describe('a remote that is a folder', () => {
  test('and a shallow clone says so', async () => {
    const managed = await withRemote(async (folder) => {
      const whole = await bareRepository(join(folder, 'whole.git'));
      const work = await cloneOf(whole, join(folder, 'work'));
      for (const name of ['one', 'two', 'three']) await commitFile(work, name, name, name);
      await git(work, 'push', '--quiet', 'origin', 'HEAD:main');
      await git(folder, 'clone', '--quiet', '--bare', '--depth', '1', `file://${whole}`, 'remote.git');
      return join(folder, 'remote.git');
    });
    await judgeRefused(managed, 'failed', /^The remote is a shallow clone/, /--unshallow/);
    await git(managed.remotePath, 'fetch', '--quiet', '--unshallow');
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 2 });
  });

  test('that lacks what a shallow clone of ours lacks, says so', async () => {
    const managed = await withBare();
    for (const number of [2, 3]) await managed.add(lineNumber(number));
    const [, second = ''] = (await git(managed.clone(), 'rev-list', 'main')).split('\n');
    await writeFile(join(managed.clone(), '.git/shallow'), `${second}\n`);
    await judgeRefused(managed, 'rejected', /old commits are missing: this clone is shallow/, /--unshallow/);
  });

  test('with a lock that was left says so, and not that others were quicker', async () => {
    const managed = await withBare();
    const lock = join(managed.remotePath, 'refs/heads/main.lock');
    await writeFile(lock, '');
    await judgeRefused(
      managed,
      'rejected',
      /Another git process holds a lock in the remote.*main\.lock/,
      /delete the file/,
    );
    await rm(lock);
    expect(await push(managed)).toMatchObject({ status: 'pushed' });
  });

  test('with a work tree on this branch says what to do', async () => {
    const managed = await withRemote(async (folder) => {
      const path = join(folder, 'remote');
      await mkdir(path);
      await git(path, 'init', '--quiet', '-b', 'main');
      await commitFile(path, 'a', 'a', 'a');
      return path;
    });
    await judgeRefused(managed, 'rejected', /work tree/, /updateInstead/);
    await git(managed.remotePath, 'config', 'receive.denyCurrentBranch', 'updateInstead');
    expect(await push(managed)).toMatchObject({ status: 'pushed' });
  });

  test('that checks contents says so', async () => {
    const managed = await withBare();
    await git(managed.remotePath, 'config', 'receive.fsckObjects', 'true');
    await commitFile(managed.clone(), '.gitmodules', '[submodule "x"]\n\tpath = -x\n\turl = u\n', 'Odd');
    await judgeRefused(managed, 'rejected', /checks what it receives.*gitmodulesPath/, /receive\.fsck/);
  });

  test('with such contents is pulled, even if a person has git check what it fetches', async () => {
    const folder = await temporaryFolder();
    const remote = await bareRepository(join(folder, 'remote.git'));
    const work = await cloneOf(remote, join(folder, 'work'));
    await commitFile(work, '.gitmodules', '[submodule "x"]\n\tpath = -x\n\turl = u\n', 'Odd');
    await git(work, 'push', '--quiet', 'origin', 'HEAD:main');
    const clone = join(folder, 'repos/remote');
    await mkdir(clone, { recursive: true });
    await git(clone, 'init', '--quiet', '-b', 'main');
    await git(clone, 'config', 'transfer.fsckObjects', 'true');
    await git(clone, 'config', 'fetch.fsckObjects', 'true');
    const managed = await startManager(folder, [remote]);
    await managed.add(lineNumber(1));
    expect(await push(managed)).toMatchObject({ status: 'pushed' });
  });

  test('whose hook prints a megabyte, escapes and lies says no more than fits', async () => {
    const managed = await withBare();
    const hook = [
      '#!/bin/sh',
      "printf '\\033[31mred\\033[0m \\033]0;title\\007 \\033[2J\\n'",
      "head -c 1000000 /dev/zero | tr '\\0' 'x'; echo",
      "for n in $(seq 2000); do echo 'fatal: detected dubious ownership in repository at /etc'; done",
      "echo 'Host key verification failed.'; echo 'GH000: no'; exit 1",
    ];
    await writeFile(join(managed.remotePath, 'hooks/pre-receive'), `${hook.join('\n')}\n`, { mode: 0o755 });
    await judgeRefused(
      managed,
      'rejected',
      /^A hook of the remote refused the push\./,
      /^Nothing is lost here/,
    );
    expect((statusOf(managed)?.error?.detail ?? '').length).toBeLessThan(800);
  });

  test('that has a tag of the same name, and a HEAD that names no branch, is pushed to', async () => {
    const managed = await withBare();
    await push(managed);
    await git(managed.remotePath, 'tag', 'main', 'main');
    await git(managed.remotePath, 'update-ref', '--no-deref', 'HEAD', 'main');
    await managed.add(lineNumber(2));
    expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: 1 });
    expect(await rawsIn(managed.remotePath, 'refs/heads/main')).toHaveLength(2);
  });

  test('that lost its objects says that it is damaged', async () => {
    const managed = await withBare();
    await push(managed);
    const work = await cloneOf(managed.remotePath, join(managed.remotePath, '../work'));
    await commitFile(work, 'new', 'new', 'new');
    await git(work, 'push', '--quiet', 'origin', 'main');
    for (const name of await readdir(join(managed.remotePath, 'objects')))
      await rm(join(managed.remotePath, 'objects', name), { recursive: true });
    await judgeRefused(managed, 'failed', /damaged/, /Repair it/);
  });

  test.each(['redirect', 'certificate-TLS', 'hook-declined'])(
    'called %s is gone in its own words',
    async (name) => {
      const managed = await withRemote((folder) => bareRepository(join(folder, name)));
      await rm(join(managed.remotePath, 'HEAD'));
      await judgeRefused(managed, 'not-found', /is not a git repository/, /git init --bare/);
    },
  );
});

describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('a folder of another user', () => {
  test('as on a USB disk, is named, with the whole of the advice', async () => {
    const managed = await withBare();
    for (const name of ['.', 'HEAD', 'config', 'objects', 'refs'])
      await chown(join(managed.remotePath, name), 65534, 65534);
    await judgeRefused(
      managed,
      'failed',
      new RegExp(`the folder of the remote, ${managed.remotePath},`),
      new RegExp(`git config --global --add safe\\.directory ${managed.remotePath}\\.`),
    );
  });
});

if (!hasSshServer) console.warn('There is no sshd on this machine, so a real ssh remote is not tried.');

describe.runIf(hasSshServer)('a real ssh server (skipped if there is no sshd)', () => {
  async function scene() {
    const folder = await temporaryFolder();
    const server = await startSshServer(join(folder, 'ssh'));
    onTestFinished(() => server.close());
    const bare = await bareRepository(join(folder, 'remote.git'));
    const clone = await cloneOf(bare, join(folder, 'clone'));
    const commit = await commitFile(clone, 'a', 'a', 'a');
    const context = (ssh: string, more: Record<string, string> = {}) => {
      const base = contextOf(clone);
      return { ...base, environment: { ...base.environment, GIT_SSH_COMMAND: ssh, ...more } };
    };
    return { folder, server, bare, clone, commit, context };
  }

  test('is pushed to', async () => {
    const { server, bare, clone, commit, context } = await scene();
    const git_ = context(server.command({}));
    await git(clone, 'remote', 'set-url', 'origin', server.url(bare));
    expect(
      await pushBranch(git_, server.url(bare), network, { commit, branch: 'main', known: null, commits: 1 }),
    ).toEqual({
      ok: true,
      value: { kind: 'pushed' },
    });
    expect(await git(bare, 'rev-parse', 'main')).toBe(commit);
  });

  test('refuses in words of their own', async () => {
    const { folder, server, bare, clone, context } = await scene();
    const bin = join(folder, 'bin');
    await mkdir(bin);
    for (const name of ['git', 'sh']) await symlink((await which(name)) as string, join(bin, name));
    const url = server.url(bare);
    const free = url.replace(`:${server.port}`, ':1');
    const cases: [
      what: string,
      context: ReturnType<typeof context>,
      url: string,
      status: string,
      detail: RegExp,
    ][] = [
      ['an unknown host key', context(server.command({ known: 'none' })), url, 'failed', /no ssh host key/],
      [
        'a changed host key',
        context(server.command({ known: 'wrong' })),
        url,
        'failed',
        /^Warning: .*SHA256:/,
      ],
      ['no key', context(server.command({ key: 'none' })), url, 'unauthorized', /none of the ssh keys/],
      [
        'a key with a passphrase',
        context(server.command({ key: 'locked' })),
        url,
        'unauthorized',
        /none of the ssh keys/,
      ],
      [
        'no such host',
        context(server.command({})),
        'ssh://git@nowhere.invalid/x.git',
        'offline',
        /no host named nowhere\.invalid/,
      ],
      [
        'nobody at the port',
        context(server.command({})),
        free,
        'offline',
        /no ssh server answers at port 1\./,
      ],
      [
        'no ssh',
        context('ssh -oBatchMode=yes', { PATH: bin }),
        url,
        'failed',
        /ssh program cannot be started/,
      ],
      [
        'no repository',
        context(server.command({})),
        server.url(join(folder, 'none.git')),
        'not-found',
        /no such repository/,
      ],
    ];
    for (const [what, git_, address, status, detail] of cases) {
      await git(clone, 'remote', 'set-url', 'origin', address);
      const listed = await listRemote(git_, address, network);
      expect(listed, what).toMatchObject({
        ok: false,
        trouble: { status, detail: expect.stringMatching(detail) },
      });
      expect(JSON.stringify(listed), what).not.toMatch(/GITHUB_TOKEN|ssh-keygen/);
    }
  });
});

async function which(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(':'))
    if ((await readdir(folder).catch(() => [] as string[])).includes(name)) return join(folder, name);
  return undefined;
}
