import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isConfigError, readConfig } from '../../src/config.ts';
import { type Answer, type Api, apiAt, commitOf, type Message } from '../support/api.ts';
import { locksIn, statusOf } from '../support/clone-state.ts';
import { listen } from '../support/events.ts';
import { git } from '../support/git.ts';
import { journalLines, linesOfCommit } from '../support/journal.ts';
import { type GitpostProcess, runToExit, startProcess } from '../support/process.ts';
import { rounds } from '../support/rounds.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { together } from '../support/together.ts';
import { eventually } from '../support/wait.ts';

const cloneIn = (folder: string, name = 'messages') => join(folder, 'repos', name);

interface Started {
  gitpost: GitpostProcess;
  api: Api;
}

async function start(folder: string, env: Record<string, string | undefined> = {}): Promise<Started> {
  const gitpost = await startProcess({ folder, env: { AUTHOR_NAME: 'Ann', ...env } });
  return { gitpost, api: apiAt(gitpost.url) };
}

/** Posts one message after the other with each of some writers, until the server is gone. */
function load(api: Api, writers: number) {
  const answered = new Map<string, Message>();
  const asked = new Map<string, string>();
  const write = async (writer: number) => {
    for (let n = 0; ; n += 1) {
      const [id, text] = [randomUUID(), `Writer ${writer}, line ${n}`];
      asked.set(id, text);
      const answer = await api.post({ id, text }).catch((): Answer | undefined => undefined);
      if (answer === undefined) return;
      if (answer.status === 201) answered.set(id, answer.json<Message>());
      else return;
    }
  };
  return { answered, asked, done: Promise.all(Array.from({ length: writers }, (_, n) => write(n))) };
}

/** Judges that every message that was answered with 201 is there exactly once, under the commit it was told. */
async function judgeAll(api: Api, folder: string, answered: ReadonlyMap<string, Message>): Promise<void> {
  const clone = cloneIn(folder);
  const list = await eventually(async () => {
    const messages = await api.messages();
    return messages.every(({ deliveries }) => deliveries.every(({ commit }) => commit !== null)) && messages;
  });
  const ids = list.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const shown = new Map(list.map((message) => [message.id, message]));
  const lines = await journalLines(clone);
  const counts = new Map<string, number>();
  for (const { value } of lines) counts.set(value.id, (counts.get(value.id) ?? 0) + 1);
  expect([...counts.keys()].sort()).toEqual([...ids].sort());
  const commits = new Set((await git(clone, 'rev-list', 'main')).split('\n'));
  for (const [id, message] of answered) {
    expect(shown.get(id)).toEqual(message);
    expect(counts.get(id)).toBe(1);
    expect(commits).toContain(commitOf(message));
  }
  for (const message of [...answered.values()].slice(-5)) {
    const added = await linesOfCommit(clone, commitOf(message));
    expect(added.map(({ value }) => value.id)).toEqual([message.id]);
  }
  await git(clone, 'fsck', '--strict');
  await eventually(async () => (await statusOf(clone)).length === 0);
  expect(await locksIn(clone)).toEqual([]);
}

describe('SIGTERM', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'with requests in flight and a reader of events (%s): exit 0, and nothing answered is lost',
    async (signal) => {
      const folder = await temporaryFolder();
      const { gitpost, api } = await start(folder);
      await api.create({ text: 'First' });
      const stream = await listen(gitpost.url);
      const { answered, done } = load(api, 20);
      await eventually(async () => answered.size > 40);
      const begin = Date.now();
      gitpost.kill(signal);
      const exit = await gitpost.exited;
      expect(Date.now() - begin).toBeLessThan(10_000);
      expect(exit).toEqual({ code: 0, signal: null });
      await stream.ended;
      await done;
      expect(gitpost.stderr()).toBe('');
      expect(existsSync(join(folder, 'repos/.gitpost.lock'))).toBe(false);

      const again = await start(folder);
      await judgeAll(again.api, folder, answered);
    },
  );

  test('leaves the work tree in order', async () => {
    const folder = await temporaryFolder();
    const { gitpost, api } = await start(folder);
    await api.create({ text: 'The last words' });
    await gitpost.stop();
    expect(await statusOf(cloneIn(folder))).toEqual([]);
  });
});

describe('kill -9', () => {
  test('under load, again and again: every 201 is there exactly once under its commit', async () => {
    const folder = await temporaryFolder();
    const answered = new Map<string, Message>();
    const unanswered = new Map<string, string>();
    for (let round = 0; round < rounds(2, 4); round += 1) {
      const { gitpost, api } = await start(folder);
      await api.messages();
      const writers = load(api, 8);
      // At another place each time, and with some answers on any machine.
      await eventually(async () => writers.answered.size >= round * 3);
      await delay(40);
      gitpost.kill('SIGKILL');
      await gitpost.exited;
      await writers.done;
      for (const [id, message] of writers.answered) answered.set(id, message);
      for (const [id, text] of writers.asked) if (!writers.answered.has(id)) unanswered.set(id, text);
    }
    const { api } = await start(folder);
    await judgeAll(api, folder, answered);
    // Who got no answer sends the same again, and it is there once.
    for (const [id, text] of unanswered) {
      expect([200, 201]).toContain((await api.post({ id, text })).status);
    }
    const all = new Map((await api.messages()).map((message) => [message.id, message]));
    expect(all.size).toBe(answered.size + unanswered.size);
    await judgeAll(api, folder, all);
  });

  test('while the work tree is being written is made good by the next start', async () => {
    const folder = await temporaryFolder();
    const { gitpost, api } = await start(folder);
    await api.bulk(Array.from({ length: 300 }, (_, n) => ({ text: `Line ${n}` })));
    await delay(110);
    gitpost.kill('SIGKILL');
    await gitpost.exited;
    const again = await start(folder);
    expect(await again.api.messages()).toHaveLength(300);
    await eventually(async () => (await statusOf(cloneIn(folder))).length === 0);
  });
});

describe('a second process', () => {
  test('on the same folders is refused, and says which process holds them', async () => {
    const folder = await temporaryFolder();
    const { gitpost, api } = await start(folder);
    const other = await temporaryFolder();
    const cases: Array<Record<string, string>> = [
      {},
      { DATA_DIR: join(other, 'data') },
      { REPOS_DIR: join(other, 'repos') },
      { REPOS_DIR: join(folder, 'repos/../repos/') },
    ];
    for (const env of cases) {
      const { code, stdout, stderr } = await runToExit({ folder, env });
      expect(code, JSON.stringify(env)).not.toBe(0);
      expect(code).not.toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain(String(gitpost.pid));
      expect(stderr).not.toMatch(/^\s+at /m);
    }
    await api.create({ text: 'The first one goes on' });
    await gitpost.stop();
    const next = await start(folder);
    expect(await next.api.messages()).toHaveLength(1);
  });

  test('may start if the first was killed', async () => {
    const folder = await temporaryFolder();
    const { gitpost } = await start(folder);
    gitpost.kill('SIGKILL');
    await gitpost.exited;
    await writeFile(join(folder, 'repos/.gitpost.lock'), '');
    const { api } = await start(folder);
    await api.create({ text: 'In' });
  });
});

describe('a start that is refused', () => {
  const wrong: Array<[string, Record<string, string>]> = [
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '-1' }],
    ['ACCESS_TOKEN', { HOST: '0.0.0.0' }],
    ['ACCESS_TOKEN', { ACCESS_TOKEN: 'x'.repeat(15) }],
    ['ACCESS_TOKEN', { ACCESS_TOKEN: `with space ${'x'.repeat(16)}` }],
    ['DEFAULT_TARGET', { DEFAULT_TARGET: 'some' }],
    ['SYNC_INTERVAL', { SYNC_INTERVAL: '-1' }],
    ['SECRET_GUARD', { SECRET_GUARD: 'maybe' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['GITHUB_USERNAME', { GITHUB_TOKEN: 'token-without-a-name' }],
    ['GITHUB_URL', { GITHUB_URL: 'github.com' }],
    ['REPOSITORY_NAME', { REPOSITORY_NAME: '../outside' }],
    ['REPOSITORY_NAME', { REPOSITORY_NAME: '.git' }],
    ['REPOSITORY_NAME', { REPOSITORY_NAME: 'ext::sh -c id' }],
    ['REPOSITORY_NAME', { REPOSITORY_NAME: '--upload-pack=x' }],
    ['REPOSITORY_NAME', { REPOSITORY_NAME: 'https://ann:secret@example.org/x.git' }],
    ['REPOSITORIES', { REPOSITORIES: 'a,A' }],
    ['REPOSITORIES', { REPOSITORIES: 'Messages' }],
    ['REPOSITORIES', { REPOSITORIES: 'https://example.org/x.git,https://example.com/X' }],
  ];
  test('names the variable whose value is wrong, and writes nothing', async () => {
    for (const [variable, env] of wrong) {
      const read = readConfig({ PORT: '0', ...env }, await temporaryFolder());
      const lines = isConfigError(read) ? read.lines : [];
      expect(lines, JSON.stringify(env)).toEqual([expect.stringContaining(variable)]);
      expect(lines.join()).not.toMatch(/secret|token-without-a-name/);
    }
    const cases = new Map(wrong.slice(-rounds(3, wrong.length)).map((one) => [JSON.stringify(one[1]), one]));
    await together(cases, async ([variable, env]) => {
      const folder = await temporaryFolder();
      const { code, stdout, stderr } = await runToExit({ folder, env });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(variable);
      expect(stderr.trimEnd().split('\n'), stderr).toHaveLength(1);
      expect(stderr).not.toMatch(/secret|token-without-a-name/);
      expect((await readdir(folder)).filter((name) => name !== 'home')).toEqual([]);
    });
  });

  test('names all that is wrong, one line each', async () => {
    const folder = await temporaryFolder();
    const env = { PORT: 'x', SYNC_INTERVAL: 'x', LOG_LEVEL: 'x', DEFAULT_TARGET: 'x', REPOSITORIES: '../x' };
    const { code, stderr } = await runToExit({ folder, env });
    expect(code).toBe(2);
    const lines = stderr.trimEnd().split('\n');
    for (const variable of Object.keys(env)) {
      expect(
        lines.filter((line) => line.includes(variable)),
        stderr,
      ).toHaveLength(1);
    }
    expect(lines).toHaveLength(Object.keys(env).length);
  });

  test('says so if the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await runToExit({ folder, env: { PORT: String(port) } });
    expect(code).not.toBe(0);
    expect(code).not.toBeNull();
    expect(stdout).toBe('');
    expect(stderr).toContain(String(port));
    expect(stderr).not.toMatch(/^\s+at /m);
    await start(folder);
  });
});

describe('.env', () => {
  test('is read in the folder where the program runs, and real variables win', async () => {
    const folder = await temporaryFolder();
    const lines = ['AUTHOR_NAME="From File"', 'REPOSITORY_NAME=journal', 'REPOSITORIES=one, two', 'EMPTY='];
    await writeFile(join(folder, '.env'), `# settings\n${lines.join('\n')}\n`);
    const gitpost = await startProcess({ folder, env: { REPOSITORY_NAME: 'real' } });
    const api = apiAt(gitpost.url);
    const message = await api.create({ text: 'x' });
    expect(message.author).toBe('From File');
    expect(message.deliveries.map(({ repository }) => repository)).toEqual(['real']);
    const names = (await api.get('/repositories')).json<Array<{ name: string; primary: boolean }>>();
    expect(names.map(({ name, primary }) => [name, primary]).sort()).toEqual([
      ['one', false],
      ['real', true],
      ['two', false],
    ]);
  });

  test.skipIf(process.platform === 'win32')(
    'that others can read is warned of if a token is in it',
    async () => {
      const warned = async (content: string, mode: number) => {
        const folder = await temporaryFolder();
        await writeFile(join(folder, '.env'), content);
        await chmod(join(folder, '.env'), mode);
        const gitpost = await startProcess({ folder, env: { LOG_LEVEL: 'warn' } });
        await gitpost.stop();
        return gitpost.stderr().includes('chmod 600 .env');
      };
      const token = 'ACCESS_TOKEN=a-token-of-some-length\n';
      expect(await warned(token, 0o644)).toBe(true);
      expect(await warned(token, 0o600)).toBe(false);
      expect(await warned('AUTHOR_NAME=Ann\n', 0o644)).toBe(false);
    },
  );
});
