import { existsSync } from 'node:fs';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { apiAt } from '../support/api.ts';
import { listen } from '../support/events.ts';
import { bareRepository, git } from '../support/git.ts';
import { startGitServer } from '../support/git-server.ts';
import { startHere } from '../support/here.ts';
import { startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

// What is not tested here of the token is in sync-token.test.ts: arguments, files, output, answers and redirects.

const username = 'ann';
// In two parts, so that nobody takes this file for a leak.
const token = `${'ghp'}_${'c4naRy0'.repeat(5)}Z`;
const basic = Buffer.from(`${username}:${token}`).toString('base64');
const accessToken = 'access-c4naRy-correct-horse';
const isLinux = existsSync('/proc/self/environ');

const holds = (text: string): boolean => [token, basic, accessToken].some((secret) => text.includes(secret));

/** A git server with one repository that wants the token. */
async function remote(folder: string) {
  const server = await startGitServer({ root: join(folder, 'remotes'), username, token });
  onTestFinished(() => server.close());
  const bare = await server.createRepository(`${username}/notes`);
  const env = { GITHUB_URL: server.url, GITHUB_USERNAME: username, REPOSITORY_NAME: 'notes' };
  return { server, bare, env };
}

/** The files below a folder that hold a secret, by name; `.env` may. */
async function leaksIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== '.env');
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  const leaks: string[] = [];
  for (const path of paths) {
    // What is gone meanwhile was a lock of git's, or a folder that got its name.
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    if (holds(bytes.toString('latin1'))) leaks.push(path);
  }
  return leaks;
}

/** The arguments of every process below one, with whether its environment holds the token, or the access token. */
async function childrenOf(pid: number) {
  const processes = new Map<number, { parent: number; command: string; environment: string }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const read = (file: string) => readFile(`/proc/${name}/${file}`, 'latin1').catch(() => '');
    const parent = Number((await read('stat')).replace(/^.*\) \S /, '').split(' ')[0]);
    processes.set(Number(name), {
      parent,
      command: await read('cmdline'),
      environment: await read('environ'),
    });
  }
  const isBelow = (one: number): boolean => {
    const parent = processes.get(one)?.parent;
    return parent !== undefined && parent > 1 && (parent === pid || isBelow(parent));
  };
  return [...processes].filter(([one]) => isBelow(one)).map(([, process]) => process);
}

test('a remote that says the token again is not passed on', async () => {
  const folder = await temporaryFolder();
  const { server, bare, env } = await remote(folder);
  const echo = `You said ${token}, that is ${basic}.`;
  await mkdir(join(bare, 'hooks'), { recursive: true });
  await writeFile(join(bare, 'hooks/pre-receive'), `#!/bin/sh\necho "${echo}"\nexit 1\n`, { mode: 0o755 });
  const gitpost = await startProcess({ env: { ...env, GITHUB_TOKEN: token, LOG_LEVEL: 'trace' } });
  const api = apiAt(gitpost.url);
  const events = await listen(gitpost.url);
  const said: string[] = [];
  await api.create({ text: 'x' });
  const declined = await api.sync('push', 'notes');
  expect(declined.detail).toContain('You said [hidden], that is [hidden].');
  said.push(JSON.stringify(declined));
  for (const status of [401, 403, 404, 500]) {
    server.fault({ kind: 'status', status, body: `${echo}\n` });
    said.push(
      JSON.stringify(await api.sync('push', 'notes')),
      JSON.stringify(await api.sync('pull', 'notes')),
    );
  }
  for (const path of ['/repositories', '/health']) said.push((await api.get(path)).text);
  said.push(JSON.stringify(events.events), gitpost.stdout(), gitpost.stderr());
  expect(said.filter(holds)).toEqual([]);
});

test.runIf(isLinux)(
  'only the git that talks to the remote is told the token, and nobody the other one',
  async () => {
    const folder = await temporaryFolder();
    const { server, env } = await remote(folder);
    const disk = await bareRepository(join(folder, 'disk.git'));
    await mkdir(join(disk, 'hooks'), { recursive: true });
    const dump = join(folder, 'dump');
    await writeFile(join(disk, 'hooks/post-receive'), `#!/bin/sh\nenv > '${dump}'\n`, { mode: 0o755 });
    const own = join(folder, 'own');
    await mkdir(own);
    await writeFile(
      join(own, '.env'),
      `GITHUB_TOKEN=${token}\nACCESS_TOKEN=${accessToken}\nREPOSITORIES=${disk}\n`,
    );
    const gitpost = await startProcess({ folder: own, env });
    const api = apiAt(gitpost.url, { Authorization: `Bearer ${accessToken}` });
    await api.create({ text: 'x', repositories: 'all' });

    server.fault({ kind: 'slow', bytesPerSecond: 2000 });
    const seen = new Map<string, string>();
    let isRunning = true;
    const watching = (async () => {
      while (isRunning) {
        for (const { command, environment } of await childrenOf(gitpost.pid)) seen.set(command, environment);
        await delay(5);
      }
    })();
    for (let number = 0; number < 5; number += 1) await api.create({ text: `While we look: ${number}` });
    expect((await api.sync('push', 'notes')).status).toBe('pushed');
    expect((await api.sync('push', 'disk')).status).toBe('pushed');
    isRunning = false;
    await watching;

    const told = [...seen]
      .filter(([, environment]) => environment.includes(token))
      .map(([command]) => command);
    expect(told.some((command) => command.includes('push'))).toBe(true);
    for (const command of told)
      expect(command).toMatch(/ls-remote|fetch|push|remote-http|GITPOST_TOKEN|rev-list|pack/);
    expect(told.filter((command) => command.includes('disk.git'))).toEqual([]);
    expect([...seen.values()].filter((environment) => environment.includes(accessToken))).toEqual([]);
    expect([...seen.keys()].filter(holds)).toEqual([]);
    expect((await readFile(`/proc/${gitpost.pid}/environ`, 'latin1')).includes(token)).toBe(false);
    expect(await readFile(dump, 'utf8')).toContain('GIT_');
    expect(await leaksIn(own)).toEqual([]);
    expect(holds(await readFile(dump, 'utf8'))).toBe(false);
  },
);

test('hooks and credential helpers of a person never see it', async () => {
  const folder = await temporaryFolder();
  const { env } = await remote(folder);
  const dump = join(folder, 'dump');
  const spy = `#!/bin/sh\n{ env; cat; } >> '${dump}'\n`;
  const helper = join(folder, 'helper');
  await writeFile(helper, spy, { mode: 0o755 });
  const config = join(folder, 'gitconfig');
  const hooks = join(folder, 'hooks');
  await mkdir(hooks);
  for (const name of ['pre-push', 'reference-transaction', 'post-merge', 'pre-commit', 'post-update'])
    await writeFile(join(hooks, name), spy, { mode: 0o755 });
  const store = `store --file ${join(folder, 'stored')}`;
  for (const [key, value] of [
    ['core.hooksPath', hooks],
    ['credential.helper', helper],
    [`credential.${env.GITHUB_URL}.helper`, store],
    ['core.askPass', helper],
  ] as const)
    await git(folder, 'config', '--file', config, '--add', key, value);
  const { api } = await startHere({ env: { ...env, GITHUB_TOKEN: token, GIT_CONFIG_GLOBAL: config } });
  await api.create({ text: 'x' });
  expect((await api.sync('push', 'notes')).status).toBe('pushed');
  expect((await api.sync('pull', 'notes')).status).toBe('up-to-date');
  for (const path of [dump, join(folder, 'stored')]) await expect(access(path)).rejects.toThrow();
});

test.each(['remote.origin.pushurl', 'remote.origin.url'])(
  'a clone with another host as its %s offers no token there',
  async (key) => {
    const folder = await temporaryFolder();
    const { env } = await remote(folder);
    const thief = await startGitServer({ root: join(folder, 'thief'), username, token });
    onTestFinished(() => thief.close());
    await thief.createRepository(`${username}/notes`);
    const gitpost = await startHere({ env: { ...env, GITHUB_TOKEN: token } });
    const { api } = gitpost;
    await api.create({ text: 'x' });
    const clone = join(gitpost.folder, 'repos/notes');
    await git(clone, 'config', key, `${thief.url}/${username}/notes.git`);
    expect((await api.sync('push', 'notes')).status).toBe('unauthorized');
    expect(thief.requests.length).toBeGreaterThan(0);
    expect(thief.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  },
);

test('a new one in .env counts at the next sync, and a real variable wins', async () => {
  const folder = await temporaryFolder();
  const { env } = await remote(folder);
  const own = join(folder, 'own');
  await mkdir(own);
  await writeFile(join(own, '.env'), 'GITHUB_TOKEN=the-old-one\n');
  const first = await startHere({ folder: own, env });
  const { api } = first;
  await api.create({ text: 'x' });
  expect((await api.sync('push', 'notes')).status).toBe('unauthorized');
  await writeFile(join(own, '.env'), `GITHUB_TOKEN=${token}\n`);
  expect((await api.sync('push', 'notes')).status).toBe('pushed');
  await first.stop();
  const second = await startHere({ folder: own, env: { ...env, GITHUB_TOKEN: 'a-real-one' } });
  expect((await second.api.sync('pull', 'notes')).status).toBe('unauthorized');
});

test('a process that is killed in the middle of a push leaves it nowhere', async () => {
  const folder = await temporaryFolder();
  const { server, env } = await remote(folder);
  const own = join(folder, 'own');
  const gitpost = await startProcess({ folder: own, env: { ...env, GITHUB_TOKEN: token } });
  const api = apiAt(gitpost.url);
  await api.create({ text: 'x'.repeat(50_000) });
  server.fault({ kind: 'slow', bytesPerSecond: 500 });
  const before = server.requests.length;
  void api.sync('push', 'notes').catch(() => undefined);
  await eventually(async () => server.requests.length > before + 1);
  gitpost.kill('SIGKILL');
  await gitpost.exited;
  expect(await leaksIn(own)).toEqual([]);
  expect(holds(gitpost.stdout() + gitpost.stderr())).toBe(false);
});

test('an address with a password is refused, and not repeated', async () => {
  const gitpost = await startProcess();
  const api = apiAt(gitpost.url);
  for (const url of [
    `https://ann:${token}@example.org/notes.git`,
    `https://${token}@example.org/notes.git`,
    `https://example.org/notes.git?token=${token}`,
    `https://example.org/notes.git#${token}`,
    `ssh://ann:${token}@example.org/notes.git`,
  ]) {
    const answer = await api.send('POST', '/repositories', { json: { url, name: 'notes' } });
    expect(answer.status, url).toBe(400);
    expect(holds(answer.text)).toBe(false);
  }
  expect(holds(gitpost.stderr())).toBe(false);
  // Folders that are being made may go while they are read.
  await eventually(async () => (await api.repository()).state === 'ready');
  expect(await leaksIn(gitpost.folder)).toEqual([]);
});
