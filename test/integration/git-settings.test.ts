import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commitOf } from '../support/api.ts';
import { statusOf } from '../support/clone-state.ts';
import { git, gitEnvironment } from '../support/git.ts';
import { startGitServer } from '../support/git-server.ts';
import { type Here, startHere } from '../support/here.ts';
import { HOOKS } from '../support/hooks.ts';
import { linesOfCommit } from '../support/journal.ts';
import { preparedFolder } from '../support/prepared.ts';
import { rounds } from '../support/rounds.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { together } from '../support/together.ts';
import { eventually } from '../support/wait.ts';

/** Captures one message, pushes it, and waits until index and work tree have it. */
async function begin({ api, folder }: Here): Promise<void> {
  await api.create({ text: 'First' });
  expect((await api.sync('push')).status).toBe('pushed');
  await eventually(async () => (await statusOf(join(folder, 'repos/messages'))).length === 0);
}

/** All settings in one clone, which a thorough run tries one after the other, too. */
const togetherOrEach = (settings: ReadonlyMap<string, Record<string, string>>) =>
  new Map([
    ['all of it at once', Object.assign({}, ...settings.values()) as Record<string, string>],
    ...[...settings].slice(0, rounds(0, settings.size)),
  ]);

const placesIn = (folder: string) => ({
  folder,
  clone: join(folder, 'repos/messages'),
  bare: join(folder, 'data/remotes/messages.git'),
});

const copy = preparedFolder(async (folder) => {
  const gitpost = await startHere({ folder });
  await begin(gitpost);
  await gitpost.stop();
});

/** A gitpost with one message that was pushed to its own repository. */
async function scene() {
  const folder = await copy();
  const gitpost = await startHere({ folder });
  return { ...placesIn(folder), gitpost, api: gitpost.api };
}

/** Judges that messages are captured, brought to the work tree, pushed and pulled as ever. */
async function judge({ api, clone, bare }: Awaited<ReturnType<typeof scene>>): Promise<void> {
  const message = await api.create({ text: 'Grüße\r\n$Id$', author: 'Ann' });
  const [line] = await linesOfCommit(clone, commitOf(message));
  expect(line?.value.text).toBe('Grüße\r\n$Id$');
  const format = '%an|%G?|%e|%s';
  expect(await git(clone, 'log', '-1', `--format=${format}`, commitOf(message))).toBe('Ann|N||Grüße');
  await eventually(async () => {
    expect(await readFile(join(clone, line?.path ?? ''), 'utf8')).toContain(`${line?.raw}\n`);
    expect(await git(clone, 'ls-files', '-s', '--', line?.path ?? '')).toContain(
      await git(clone, 'rev-parse', `main:${line?.path}`),
    );
    return true;
  });
  expect(await api.sync('push')).toMatchObject({ status: 'pushed', pushed: 1 });
  expect(await api.sync('pull')).toMatchObject({ status: 'up-to-date' });
  expect(await git(bare, 'rev-parse', 'main')).toBe(await git(clone, 'rev-parse', 'main'));
}

describe('what a person sets in the clone itself', () => {
  test('of hooks runs for nothing that gitpost does', async () => {
    const made = await scene();
    const ran = join(made.folder, 'ran');
    await mkdir(ran);
    const elsewhere = join(made.folder, 'hooks');
    for (const folder of [join(made.clone, '.git/hooks'), elsewhere]) {
      await mkdir(folder, { recursive: true });
      for (const name of HOOKS) {
        const script = `#!/bin/sh\ntouch '${ran}/${name}'\nexit 1\n`;
        await writeFile(join(folder, name), script, { mode: 0o755 });
      }
    }
    await judge(made);
    await git(made.clone, 'config', 'core.hooksPath', elsewhere);
    await judge(made);
    expect(await readdir(ran)).toEqual([]);
    // They are there, and run for the person.
    await git(made.clone, 'update-ref', 'refs/heads/mine', 'HEAD').catch(() => undefined);
    expect(await readdir(ran)).toContain('reference-transaction');
  });

  test('of a program that watches files runs for nothing that gitpost does', async () => {
    const made = await scene();
    const [script, ran] = [join(made.folder, 'monitor'), join(made.folder, 'ran')];
    // git tells its children the settings of its command line.
    await writeFile(script, `#!/bin/sh\necho "$GIT_CONFIG_PARAMETERS." >> '${ran}'\nexit 1\n`, {
      mode: 0o755,
    });
    await git(made.clone, 'config', 'core.fsmonitor', script);
    await judge(made);
    await made.api.repository();
    // It is there, and ran for the person.
    await git(made.clone, 'status');
    const lines = (await readFile(ran, 'utf8')).split('\n').filter(Boolean);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.includes('core.hooksPath'))).toEqual([]);
  });

  const settings = new Map<string, Record<string, string>>([
    ['signing', { 'commit.gpgSign': 'true', 'push.gpgSign': 'true', 'gpg.program': '/nonexistent' }],
    ['line ends', { 'core.autocrlf': 'true', 'core.safecrlf': 'true', 'core.eol': 'crlf' }],
    ['a monitor of files', { 'core.fsmonitor': '/bin/false', 'core.untrackedCache': 'true' }],
    [
      'where it pushes and what it fetches',
      {
        'push.default': 'nothing',
        'fetch.prune': 'true',
        'remote.origin.prune': 'true',
        'remote.origin.tagOpt': '--tags',
        'remote.origin.push': 'refs/heads/none:refs/heads/none',
        'pull.rebase': 'true',
        'merge.ff': 'only',
      },
    ],
    [
      'templates and editors',
      {
        'commit.template': '/nonexistent',
        'commit.cleanup': 'scissors',
        'core.editor': 'false',
        'sequence.editor': 'false',
        'core.pager': 'false',
      },
    ],
    [
      'the form of the index',
      { 'index.version': '4', 'core.splitIndex': 'true', 'feature.manyFiles': 'true' },
    ],
    [
      'who commits',
      { 'user.name': 'Somebody Else', 'user.email': 'else@example.org', 'user.useConfigOnly': 'true' },
    ],
    [
      'what is ignored',
      { 'core.excludesFile': '/dev/null', 'status.showUntrackedFiles': 'no', 'core.ignoreCase': 'true' },
    ],
    [
      'how it packs',
      {
        'pack.packSizeLimit': '1m',
        'core.bigFileThreshold': '1',
        'gc.auto': '1',
        'repack.writeBitmaps': 'true',
      },
    ],
  ]);
  test('of any other kind changes nothing', async () => {
    await together(togetherOrEach(settings), async (chosen) => {
      const made = await scene();
      for (const [key, value] of Object.entries(chosen)) await git(made.clone, 'config', key, value);
      await judge(made);
      for (const [key, value] of Object.entries(chosen)) {
        expect(await git(made.clone, 'config', key)).toBe(value);
      }
    });
  });

  test('of files that are ignored there does not keep a journal out', async () => {
    const made = await scene();
    await writeFile(join(made.clone, '.git/info/exclude'), '*.jsonl\nmessages/\n');
    await judge(made);
  });
});

describe('what a person sets for all repositories', () => {
  // Each in a file of its own as `git config --global` would write it, from the first start on.
  const settings = new Map<string, Record<string, string>>([
    ['bare repositories only by name', { 'safe.bareRepository': 'explicit' }],
    ['the kind of hash', { 'init.defaultObjectFormat': 'sha256' }],
    ['the form of the refs', { 'init.defaultRefFormat': 'reftable' }],
    ['an index in two parts without a checksum', { 'core.splitIndex': 'true', 'index.skipHash': 'true' }],
    ['what suits many files', { 'feature.manyFiles': 'true', 'feature.experimental': 'true' }],
    ['the name of the first branch', { 'init.defaultBranch': 'feat/x', 'init.templateDir': '/nonexistent' }],
    ['how an index is split', { 'splitIndex.maxPercentChange': '0' }],
  ]);
  test('changes nothing from the first start to the second', async () => {
    await together(togetherOrEach(settings), async (chosen) => {
      const config = join(await temporaryFolder(), 'gitconfig');
      await writeFile(config, '');
      for (const [key, value] of Object.entries(chosen))
        await git('/', 'config', '--file', config, key, value);
      const env = { GIT_CONFIG_GLOBAL: config };
      const first = await startHere({ folder: await temporaryFolder(), env });
      await begin(first);
      const made = { ...placesIn(first.folder), gitpost: first, api: first.api };
      await judge(made);
      expect(await git(made.clone, 'rev-parse', '--show-object-format')).toBe('sha1');
      await made.gitpost.stop();
      const again = await startHere({ folder: made.folder, env });
      await judge({ ...made, api: again.api });
      // The bare repository is gone, and is made again and filled.
      await rm(made.bare, { recursive: true });
      const api = again.api;
      await api.create({ text: 'Later' });
      expect((await api.sync('push')).status).toBe('pushed');
      await git(made.bare, 'fsck', '--strict', '--no-dangling');
      await git(made.clone, 'fsck', '--strict', '--no-dangling');
    });
  });

  test('of the kind of hash in a clone of theirs is kept, by the remote that is made for it as well', async () => {
    const folder = await temporaryFolder();
    const clone = join(folder, 'repos/messages');
    await mkdir(clone, { recursive: true });
    await git(clone, 'init', '-q', '-b', 'main', '--object-format=sha256');
    const api = (await startHere({ folder })).api;
    await api.create({ text: 'Long ids' });
    expect((await api.sync('push')).status).toBe('pushed');
    const bare = join(folder, 'data/remotes/messages.git');
    expect(await git(bare, 'rev-parse', '--show-object-format')).toBe('sha256');
  });
});

describe('a credential helper that asks', () => {
  test('keeps nobody waiting, and gets no token', async () => {
    const folder = await temporaryFolder();
    const server = await startGitServer({
      root: join(folder, 'server'),
      username: 'ann',
      token: 'the-right-token',
    });
    onTestFinished(() => server.close());
    await server.createRepository('ann/messages');
    const [helper, window] = [join(folder, 'helper'), join(folder, 'window')];
    await writeFile(helper, `#!/bin/sh\ncat >> '${folder}/asked'\nread answer < /dev/tty\n`, { mode: 0o755 });
    await writeFile(window, `#!/bin/sh\ntouch '${folder}/opened'\nexec sleep 60\n`, { mode: 0o755 });
    const config = join(folder, 'gitconfig');
    await writeFile(config, `[credential]\n  helper = ${helper}\n[core]\n  askPass = ${window}\n`);
    const env = { GIT_CONFIG_GLOBAL: config, GIT_ASKPASS: window, SSH_ASKPASS: window };

    const ours = await startHere({
      folder,
      env: { ...env, GITHUB_URL: server.url, GITHUB_USERNAME: 'ann', GITHUB_TOKEN: 'the-right-token' },
    });
    await ours.api.create({ text: 'With the token' });
    expect((await ours.api.sync('push')).status).toBe('pushed');
    await ours.stop();
    expect(existsSync(join(folder, 'asked'))).toBe(false);

    const without = await startHere({
      folder: await temporaryFolder(),
      env: { ...env, REPOSITORY_NAME: `${server.url}/ann/messages.git` },
    });
    const { api } = without;
    await api.create({ text: 'Without one' });
    expect((await api.sync('push')).status).toBe('unauthorized');
    expect(await readFile(join(folder, 'asked'), 'utf8')).not.toContain('the-right-token');
    expect(existsSync(join(folder, 'opened'))).toBe(false);
  });
});

describe('another address in place of the remote', () => {
  test('by url.insteadOf is followed as git does, and gets no token', async () => {
    const folder = await temporaryFolder();
    const token = 'the-right-token';
    const server = await startGitServer({ root: join(folder, 'server'), username: 'ann', token });
    const other = await startGitServer({ root: join(folder, 'other') });
    onTestFinished(() => Promise.all([server.close(), other.close()]).then(() => undefined));
    await server.createRepository('ann/messages');
    await other.createRepository('ann/messages');
    const config = join(folder, 'gitconfig');
    await writeFile(config, `[url "${other.url}/"]\n  insteadOf = ${server.url}/\n`);
    const gitpost = await startHere({
      folder,
      env: { GIT_CONFIG_GLOBAL: config, GITHUB_URL: server.url, GITHUB_USERNAME: 'ann', GITHUB_TOKEN: token },
    });
    const { api } = gitpost;
    await api.create({ text: 'Where to' });
    expect((await api.sync('push')).status).toBe('pushed');
    expect(other.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect(server.requests).toEqual([]);
  });
});

test("a person's trace of git never gets the token, wherever it is set up", async () => {
  const folder = await temporaryFolder();
  const token = 'the-right-token-of-ann';
  const server = await startGitServer({ root: join(folder, 'server'), username: 'ann', token });
  onTestFinished(() => server.close());
  await server.createRepository('ann/messages');
  const traces = join(folder, 'traces');
  await mkdir(traces);
  const settingsFor = (name: string) =>
    ['event', 'normal', 'perf']
      .map((kind) => `  ${kind}Target = ${join(traces, `${name}-${kind}`)}\n`)
      .join('');
  const config = (name: string) =>
    `[trace2]\n${settingsFor(name)}  envVars = GITPOST_TOKEN,GITPOST_USERNAME\n  configParams = *\n`;
  const [global, system] = [join(folder, 'global'), join(folder, 'system')];
  await writeFile(global, config('global'));
  await writeFile(system, config('system'));
  const variables = ['GIT_TRACE', 'GIT_TRACE_CURL', 'GIT_TRACE2', 'GIT_TRACE2_EVENT', 'GIT_TRACE2_PERF'];
  const gitpost = await startHere({
    folder,
    env: {
      GIT_CONFIG_GLOBAL: global,
      GIT_CONFIG_SYSTEM: system,
      GIT_CONFIG_NOSYSTEM: undefined,
      GITHUB_URL: server.url,
      GITHUB_USERNAME: 'ann',
      GITHUB_TOKEN: token,
      GIT_TRACE2_ENV_VARS: 'GITPOST_TOKEN',
      ...Object.fromEntries(variables.map((name) => [name, join(traces, name)])),
    },
  });
  const { api } = gitpost;
  await api.create({ text: 'Traced' });
  expect((await api.sync('push')).status).toBe('pushed');
  const files = await readdir(traces);
  const written = await Promise.all(files.map((file) => readFile(join(traces, file), 'utf8')));
  expect(written.filter((text) => text.includes(token))).toEqual([]);
  expect(files).toEqual([]);
});

describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('a clone of another user', () => {
  test("is not trusted, and git's words are shown", async () => {
    const { folder, gitpost, clone } = await scene();
    await gitpost.stop();
    spawnSync('chown', ['-R', '65534:65534', clone]);
    const again = await startHere({ folder, env: { REPOSITORIES: 'other' } });
    const { api } = again;
    const status = await eventually(async () => {
      const found = await api.repository();
      return found.state === 'failed' && found;
    });
    expect(status.error?.detail).toMatch(/dubious ownership/);
    expect(`${status.error?.detail} ${status.error?.action}`).toContain('safe.directory');
    expect((await api.post({ text: 'Not here' })).status).toBe(503);
    expect((await api.post({ text: 'But there', repositories: ['other'] })).status).toBe(201);
    // What git advises is taken.
    await again.stop();
    const config = join(folder, 'gitconfig');
    await writeFile(config, '');
    const env = { ...gitEnvironment(), GIT_CONFIG_GLOBAL: config };
    spawnSync('git', ['config', '--global', '--add', 'safe.directory', clone], { env });
    const trusted = await startHere({ folder, env: { GIT_CONFIG_GLOBAL: config } });
    expect((await trusted.api.post({ text: 'Here' })).status).toBe(201);
  });
});
