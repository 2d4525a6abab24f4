import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, rename, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFollowMark } from '../../src/clone/follow-mark.ts';
import { type Api, apiAt, commitOf, type Message, type Problem } from '../support/api.ts';
import { locksIn, statusOf } from '../support/clone-state.ts';
import { bareRepository, commitFile, git } from '../support/git.ts';
import { startHere } from '../support/here.ts';
import { journalLines, lineOf } from '../support/journal.ts';
import { canMount, mountDisk } from '../support/mounts.ts';
import { runToExit, startProcess } from '../support/process.ts';
import { rounds } from '../support/rounds.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const MEGABYTE = 1024 * 1024;

/** Starts a program that may watch no more than three files, in a user's name space of its own. */
const withoutWatches = [
  'unshare',
  '--user',
  '--map-root-user',
  'sh',
  '-c',
  'echo 3 > /proc/sys/user/max_inotify_watches && exec "$@"',
  'sh',
];
const [unshare = '', ...unshareArgs] = withoutWatches;
const canLimitWatches = spawnSync(unshare, [...unshareArgs, 'true']).status === 0;
if (!canLimitWatches) console.log('Nobody can be left without watches of files here, so that is not tried.');

const canLimitFiles = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;
if (!canLimitFiles) console.log('There is no prlimit here, so nobody runs out of open files.');

if (!canMount) console.log('Nothing can be mounted here, so no disk is filled or made read-only.');

/** Judges that a clone holds exactly the messages that were answered 201, and is in order. */
async function judge(api: Api, clone: string, answered: readonly Message[]): Promise<void> {
  const ids = answered.map(({ id }) => id).sort();
  expect((await api.messages()).map(({ id }) => id).sort()).toEqual(ids);
  expect((await journalLines(clone)).map(({ value }) => value.id).sort()).toEqual(ids);
  for (const message of answered) {
    await git(clone, 'merge-base', '--is-ancestor', commitOf(message), 'main');
  }
  await git(clone, 'fsck', '--strict', '--no-dangling');
  await eventually(async () => {
    expect(await locksIn(clone)).toEqual([]);
    expect(await statusOf(clone)).toEqual([]);
    return true;
  });
}

describe.runIf(canMount)('a disk', () => {
  /** A gitpost whose clones and data are on a disk of their own. */
  async function onDisk(bytes = 12 * MEGABYTE) {
    // Git's temporary files and the home folder are elsewhere, as on a machine with a disk for data.
    const folder = await temporaryFolder();
    const disk = await mountDisk(join(folder, 'disk'), bytes);
    const env = { REPOS_DIR: join(disk.path, 'repos'), DATA_DIR: join(disk.path, 'data') };
    const gitpost = await startProcess({ folder, env });
    return { folder, disk, env, gitpost, api: apiAt(gitpost.url), clone: join(disk.path, 'repos/messages') };
  }

  /** Fills what is left of a disk, and answers how to free it. */
  async function fill(path: string): Promise<() => Promise<void>> {
    const file = join(path, 'filled');
    const { bavail, bsize } = await statfs(path);
    await writeFile(file, Buffer.alloc(bavail * bsize)).catch(() => undefined);
    await writeFile(`${file}2`, Buffer.alloc(MEGABYTE)).catch(() => undefined);
    return async () => {
      await rm(file, { force: true });
      await rm(`${file}2`, { force: true });
    };
  }

  test('that is full refuses in words, shows what is there, and continues once there is room', async () => {
    const { disk, folder, env, gitpost, api, clone } = await onDisk();
    const answered = [await api.create({ text: 'Before' })];
    await eventually(async () => (await statusOf(clone)).length === 0);
    const free = await fill(disk.path);
    for (let n = 0; n < 3; n += 1) {
      const answer = await api.post({ text: `On a full disk ${n} ${'x'.repeat(20_000)}` });
      expect(answer.status, answer.text).toBe(503);
      expect(answer.json<Problem>().detail).toMatch(/^The disk with messages is full: /);
      expect(answer.json<Problem>().detail).toMatch(/not saved/);
    }
    expect((await api.messages()).map(({ id }) => id)).toEqual([answered[0]?.id]);
    expect((await api.get('/health')).status).toBe(200);

    await free();
    await eventually(async () => {
      const answer = await api.post({ text: 'After' });
      if (answer.status !== 201) return false;
      answered.push(answer.json<Message>());
      return true;
    });
    await judge(api, clone, answered);
    expect((await gitpost.stop()).code).toBe(0);
    const again = await startProcess({ folder, env });
    await judge(apiAt(again.url), clone, answered);
  });

  test('that fills up under load loses nothing that was answered', async () => {
    const { disk, folder, env, gitpost, api, clone } = await onDisk(rounds(4, 6) * MEGABYTE);
    const answered: Message[] = [];
    const write = async (writer: number) => {
      for (let n = 0; n < 500; n += 1) {
        // Such a text does not get smaller by being packed.
        const text = `${writer} ${n} ${randomBytes(15_000).toString('base64')}`;
        const answer = await api.post({ text });
        if (answer.status !== 201) return expect(answer.status, answer.text).toBe(503);
        answered.push(answer.json<Message>());
      }
    };
    await Promise.all(Array.from({ length: 6 }, (_, n) => write(n)));
    expect(answered.length).toBeGreaterThan(5);
    gitpost.kill('SIGKILL');
    await gitpost.exited;
    disk.setSize(64 * MEGABYTE);
    const again = await startProcess({ folder, env });
    await judge(apiAt(again.url), clone, answered);
  });

  test('that is read-only refuses in words, shows what is there, and continues later', async () => {
    const { disk, folder, env, gitpost, api: first, clone } = await onDisk();
    const answered = [await first.create({ text: 'Before' })];
    await gitpost.stop();
    const api = apiAt((await startProcess({ folder, env })).url);
    await api.messages();
    // Nothing can be made read-only while a file in it is being written.
    await eventually(async () => {
      disk.setReadOnly(true);
      return true;
    });
    const answer = await api.post({ text: 'Read-only' });
    expect(answer.status).toBe(503);
    expect(answer.json<Problem>().detail).toMatch(/Read-only file system/i);
    expect(answer.json<Problem>().detail).toMatch(/not saved/);
    expect(await api.messages()).toHaveLength(1);
    expect((await api.repository()).name).toBe('messages');
    disk.setReadOnly(false);
    answered.push(await api.create({ text: 'After' }));
    await judge(api, clone, answered);
  });

  test('that is read-only at the start ends it with one line', async () => {
    const folder = await temporaryFolder();
    const disk = await mountDisk(join(folder, 'disk'), MEGABYTE);
    await mkdir(join(disk.path, 'repos'));
    disk.setReadOnly(true);
    const env = { REPOS_DIR: join(disk.path, 'repos'), DATA_DIR: join(folder, 'data') };
    const { code, stdout, stderr } = await runToExit({ folder, env });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^gitpost: .*read-only.*\n$/i);
  });
});

describe('the system', () => {
  test.runIf(process.platform === 'linux')(
    'with few open files refuses for a while, and goes on',
    async () => {
      const folder = await temporaryFolder();
      const gitpost = await startProcess({ folder });
      const api = apiAt(gitpost.url);
      const answered = [await api.create({ text: 'Before' })];
      const limit = (files: string) => {
        const child = spawn('prlimit', ['--pid', String(gitpost.pid), `--nofile=${files}:`]);
        return once(child, 'exit').then(([code]) => code as number);
      };
      const open = (await readdir(`/proc/${gitpost.pid}/fd`)).length;
      // Those who have a connection already.
      expect(await limit(String(open + 1))).toBe(0);
      const statuses = await Promise.all(
        Array.from({ length: 12 }, async (_, n) => {
          const answer = await api.post({ text: `Hardly ${n}` }).catch(() => undefined);
          if (answer?.status === 201) answered.push(answer.json<Message>());
          return answer?.status ?? 0;
        }),
      );
      for (const status of statuses) expect([0, 201, 500, 503]).toContain(status);
      expect(await limit('4096'), gitpost.stderr()).toBe(0);
      await eventually(async () => {
        const answer = await api.post({ text: 'After' });
        if (answer.status !== 201) return false;
        answered.push(answer.json<Message>());
        return true;
      });
      const clone = join(folder, 'repos/messages');
      const ids = (await api.messages()).map(({ id }) => id);
      for (const { id } of answered) expect(ids).toContain(id);
      expect(new Set(ids).size).toBe(ids.length);
      await git(clone, 'fsck', '--strict', '--no-dangling');
    },
  );

  test.runIf(canLimitWatches)('with no watches left says so, and looks for changes itself', async () => {
    const folder = await temporaryFolder();
    const gitpost = await startProcess({ folder, by: withoutWatches });
    const api = apiAt(gitpost.url);
    const clone = join(folder, 'repos/messages');
    const message = await api.create({ text: 'Before' });
    await eventually(async () => (await statusOf(clone)).length === 0);
    const health = (await api.get('/health')).json<{ status: string; reasons: string[] }>();
    expect(health.status).toBe('degraded');
    expect(health.reasons.join()).toMatch(/max_user_watches/);
    const commit = await commitFile(clone, 'notes.txt', 'mine\n', 'Mine');
    await eventually(async () => (await api.repository()).head === commit);
    const line = lineOf({ id: randomUUID(), text: 'By another program' });
    await writeFile(join(clone, 'messages/mine.jsonl'), `${line}\n`);
    await eventually(async () => (await api.messages()).length === 2);
    expect(await api.message(message.id)).toEqual(message);
  });

  const tools = async (script: string) => {
    const folder = await temporaryFolder();
    const bin = join(folder, 'bin');
    await mkdir(bin);
    if (script !== '') {
      await writeFile(join(bin, 'git'), `#!/bin/sh\n${script}\n`);
      await chmod(join(bin, 'git'), 0o755);
    }
    return { folder, env: { PATH: bin } };
  };
  test.each([
    ['no git', '', /^gitpost: git is not installed: .*2\.38.*\n$/],
    ['an old git', 'echo git version 2.20.1', /^gitpost: git 2\.20\.1 is too old: .*2\.38.*\n$/],
    [
      'a git that does not work',
      'echo "xcrun: error: no developer tools" >&2; exit 1',
      /^gitpost: git does not work here .*\n$/,
    ],
  ])('with %s ends the start with one line, and writes nothing', async (_what, script, words) => {
    const { folder, env } = await tools(script);
    const { code, stdout, stderr } = await runToExit({ folder, env });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(words);
    expect((await readdir(folder)).sort()).toEqual(['bin', 'home']);
  });
});

describe('a clone', () => {
  async function scene(env: Record<string, string> = {}) {
    const folder = await temporaryFolder();
    const gitpost = await startHere({ folder, env });
    return { folder, gitpost, api: gitpost.api, clone: join(folder, 'repos/messages') };
  }

  test('that is deleted while running refuses with words, and the next start makes it again', async () => {
    const { folder, gitpost, api, clone } = await scene();
    const remote = await bareRepository(join(folder, 'other.git'));
    await api.send('POST', '/repositories', { json: { url: remote } });
    const before = await api.create({ text: 'Before' });
    expect((await api.sync('push')).status).toBe('pushed');
    await rm(clone, { recursive: true, maxRetries: 5 });
    const answer = await api.post({ text: 'Into nothing' });
    expect(answer.status).toBe(503);
    expect(answer.json<Problem>().detail).toMatch(/messages.*(not there|is gone|missing|deleted)/);
    expect(answer.json<Problem>().detail).not.toMatch(/ENOENT|install/);
    await eventually(
      async () => (await api.post({ text: 'Elsewhere', repositories: ['other'] })).status === 201,
    );
    expect((await api.repository()).state).toBe('failed');
    await gitpost.stop();
    const again = await startHere({ folder });
    await eventually(async () => {
      expect((await again.api.messages()).map(({ id }) => id)).toContain(before.id);
      return true;
    });
  });

  test('that is moved away and put back works again', async () => {
    const { api, clone } = await scene();
    const answered = [await api.create({ text: 'Before' })];
    await rename(clone, `${clone}.away`);
    // What is answered meanwhile is safe in the folder that was moved.
    const meanwhile = await api.post({ text: 'Meanwhile' });
    expect([201, 503]).toContain(meanwhile.status);
    if (meanwhile.status === 201) answered.push(meanwhile.json<Message>());
    await eventually(async () => (await api.repository()).state === 'failed');
    expect((await api.post({ text: 'Into nothing' })).status).toBe(503);
    await rename(`${clone}.away`, clone);
    await eventually(async () => (await api.repository()).state === 'ready');
    await eventually(async () => {
      const answer = await api.post({ text: 'After' });
      if (answer.status !== 201) return false;
      answered.push(answer.json<Message>());
      return true;
    });
    await judge(api, clone, answered);
  });

  test('that is replaced at once by a new clone of its remote is that one from then on', async () => {
    const { folder, api, clone } = await scene();
    const answered = [await api.create({ text: 'Pushed' })];
    expect((await api.sync('push')).status).toBe('pushed');
    await api.create({ text: 'Only in the clone that was deleted' });
    await rm(clone, { recursive: true, maxRetries: 5 });
    await git(folder, 'clone', '--quiet', join(folder, 'data/remotes/messages.git'), clone);
    answered.push(await api.create({ text: 'After' }));
    await judge(api, clone, answered);
    expect((await api.sync('push')).status).toBe('pushed');
    expect(await api.repository()).toMatchObject({
      state: 'ready',
      ahead: 0,
      head: await git(clone, 'rev-parse', 'main'),
    });
  });

  test('that changes places with another one is that one until it is back', async () => {
    const { folder, api, clone } = await scene();
    const answered = [await api.create({ text: 'Pushed' })];
    expect((await api.sync('push')).status).toBe('pushed');
    answered.push(await api.create({ text: 'Not pushed' }));
    const other = join(folder, 'other');
    await git(folder, 'clone', '--quiet', join(folder, 'data/remotes/messages.git'), other);
    const change = async (away: string, here: string) => {
      await rename(clone, join(folder, away));
      await rename(join(folder, here), clone);
    };
    await change('first', 'other');
    const elsewhere = await api.create({ text: 'In the other one' });
    await judge(api, clone, [answered[0] as Message, elsewhere]);
    await change('other', 'first');
    // Nobody writes: it is noticed all the same.
    await eventually(async () => (await api.messages()).some(({ id }) => id === answered[1]?.id));
    await judge(api, clone, answered);
    answered.push(await api.create({ text: 'After' }));
    await judge(api, clone, answered);
  });

  test('that nothing was checked out in yet can be away for a while, too', async () => {
    const { folder, api, clone } = await scene();
    const change = async (away: string, here: string) => {
      await rename(clone, join(folder, away));
      await rename(join(folder, here), clone);
    };
    await eventually(async () => (await api.repository()).state === 'ready');
    const lock = join(clone, '.git/index.lock');
    await writeFile(lock, '');
    const answered = [await api.create({ text: 'Pushed' })];
    expect((await api.sync('push')).status).toBe('pushed');
    answered.push(await api.create({ text: 'Not pushed' }));
    await git(folder, 'clone', '--quiet', join(folder, 'data/remotes/messages.git'), join(folder, 'other'));
    await rm(lock);
    await change('first', 'other');
    await eventually(async () => {
      const mark = await readFollowMark(join(clone, '.git/gitpost/followed.json'));
      return mark.commit !== null && mark.towards === undefined;
    });
    await judge(api, clone, answered.slice(0, 1));
    await change('other', 'first');
    await eventually(async () => (await api.messages()).length === 2);
    await judge(api, clone, answered);
  });

  test('that is half deleted while running is reported, and nothing is answered 201', async () => {
    const { api, clone } = await scene();
    await api.create({ text: 'Before' });
    await rm(join(clone, '.git/objects'), { recursive: true, maxRetries: 5 });
    const answer = await api.post({ text: 'Into nothing' });
    expect([answer.status, answer.json<Problem>().detail]).toEqual([
      503,
      expect.stringMatching(/is gone: its folder, or a part of it/),
    ]);
    expect(await api.repository()).toMatchObject({
      state: 'failed',
      error: { detail: expect.stringMatching(/a part of it/) },
    });
  });

  test('whose journal is cut short in the work tree is not touched, and captures continue', async () => {
    const { api, clone } = await scene();
    const answered = [await api.create({ text: 'Before' })];
    await eventually(async () => (await statusOf(clone)).length === 0);
    const [path = ''] = (await git(clone, 'ls-files')).split('\n');
    await truncate(join(clone, path), 10);
    answered.push(await api.create({ text: 'After' }));
    expect((await api.repository()).problems).toMatchObject([{ file: path }]);
    expect((await journalLines(clone)).map(({ value }) => value.id)).toEqual(answered.map(({ id }) => id));
  });
});
