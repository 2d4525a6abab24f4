import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LockPatience, StaleLocks } from '../../../src/clone/stale-locks.ts';
import { contextOf } from '../../support/context.ts';
import { bareRepository, commitFile, git, gitEnvironment } from '../../support/git.ts';
import { seesProcesses } from '../../support/processes.ts';
import { temporaryFolder } from '../../support/tmp.ts';
import { eventually } from '../../support/wait.ts';

const PATIENCE: LockPatience = { report: 0, remove: 200, interval: 3_600_000 };
const LOCKS = [
  'HEAD.lock',
  'config.lock',
  'packed-refs.lock',
  'shallow.lock',
  'refs/heads/main.lock',
  'refs/heads/a/b.lock',
  'refs/remotes/origin/main.lock',
  'refs/gitpost/known/branch/main.lock',
];

async function makeClone() {
  const folder = await temporaryFolder();
  const clone = join(folder, 'clone');
  const bare = await bareRepository(join(folder, 'bare.git'));
  await mkdir(clone);
  await git(clone, 'init', '-q', '-b', 'main');
  await commitFile(clone, 'notes.txt', 'notes\n', 'Notes');
  const inside = join(clone, '.git');
  return { clone, bare, inside, locks: new StaleLocks(contextOf(clone), bare, PATIENCE) };
}

async function put(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), 'cut off');
  }
}

const thereOf = (folder: string, names: readonly string[]) =>
  names.filter((name) => existsSync(join(folder, name)));

const ignored = () => undefined;

/** Leaves a clone as a gitpost does that is killed there, with what it was in the middle of. */
async function cutOff(inside: string, mark: object = { commit: null, operation: '' }): Promise<void> {
  await mkdir(join(inside, 'gitpost'), { recursive: true });
  await writeFile(
    join(inside, 'gitpost/running.json'),
    JSON.stringify({ holder: { pid: await endedPid(), began: '1' } }),
  );
  await writeFile(join(inside, 'gitpost/followed.json'), JSON.stringify(mark));
}

/** The gitpost that is working in a clone is killed: what is there is the same, and who was there is no more. */
async function noteKilled(inside: string): Promise<void> {
  const running = join(inside, 'gitpost/running.json');
  const written = JSON.parse(await readFile(running, 'utf8')) as { holder: object };
  const holder = { ...written.holder, pid: await endedPid() };
  await writeFile(running, JSON.stringify({ ...written, holder }));
}

async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid as number;
}

/** A person's `git commit -a` with the editor open: it holds the index until they are done. Answers how to kill it. */
async function writeAtMessage(clone: string): Promise<() => Promise<void>> {
  await writeFile(join(clone, 'notes.txt'), 'changed\n');
  const env = { ...gitEnvironment(), GIT_EDITOR: 'sleep 60 #' };
  // Started by a shell that ends, it is no child of ours.
  const shell = spawn('sh', ['-c', 'git commit -q -a & echo $!'], { cwd: clone, env, detached: true });
  const group = -(shell.pid as number);
  const [printed] = (await once(shell.stdout, 'data')) as [Buffer];
  const kill = async () => {
    endGroup(group);
    await eventually(async () => !isThere(Number(printed)));
  };
  onTestFinished(() => endGroup(group));
  await eventually(async () => existsSync(join(clone, '.git/index.lock')));
  return kill;
}

/** A git that goes on in a clone and is no child of ours. Answers how to end it. */
async function workOn(clone: string): Promise<() => Promise<void>> {
  const shell = spawn('sh', ['-c', 'git cat-file --batch <&3 & echo $!'], {
    cwd: clone,
    env: gitEnvironment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const group = -(shell.pid as number);
  const [printed] = (await once(shell.stdout as Readable, 'data')) as [Buffer];
  onTestFinished(() => endGroup(group));
  // Until then, it is still the shell.
  await eventually(async () =>
    (await readFile(`/proc/${Number(printed)}/cmdline`, 'utf8')).startsWith('git'),
  );
  return async () => {
    endGroup(group);
    await eventually(async () => !isThere(Number(printed)));
  };
}

function endGroup(group: number): void {
  try {
    process.kill(group, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

const isThere = (pid: number) => existsSync(`/proc/${pid}`);

describe('a clone that a killed gitpost worked in', () => {
  test('loses the locks that were made since, at once, and so does its bare repository', async () => {
    const { inside, bare, locks } = await makeClone();
    await cutOff(inside);
    await put(inside, LOCKS);
    await put(bare, ['refs/heads/main.lock', 'packed-refs.lock']);
    await locks.takeUp(ignored, ignored);
    expect(thereOf(inside, LOCKS)).toEqual([]);
    expect(thereOf(bare, ['refs/heads/main.lock', 'packed-refs.lock'])).toEqual([]);
    await locks.layDown();
  });

  test('keeps those that were there before', async () => {
    const { inside, locks } = await makeClone();
    await put(inside, LOCKS);
    const before = new Date(Date.now() - 60_000);
    for (const name of LOCKS) await utimes(join(inside, name), before, before);
    await cutOff(inside);
    await locks.takeUp(ignored, ignored);
    expect(thereOf(inside, LOCKS)).toEqual(LOCKS);
    await locks.layDown();
  });

  test('loses a lock of the index if the work tree was being written, and only then', async () => {
    const { inside, locks } = await makeClone();
    await cutOff(inside);
    await put(inside, ['index.lock']);
    await locks.takeUp(ignored, ignored);
    expect(thereOf(inside, ['index.lock'])).toEqual(['index.lock']);

    await cutOff(inside, { commit: null, operation: '', towards: 'a'.repeat(40) });
    await put(inside, ['index.lock']);
    await locks.takeUp(ignored, ignored);
    expect(thereOf(inside, ['index.lock'])).toEqual([]);
    await locks.layDown();
  });

  test.runIf(seesProcesses)('keeps a lock for as long as a git is at work there', async () => {
    const { clone, inside, locks } = await makeClone();
    await cutOff(inside, { commit: null, operation: '', towards: 'a'.repeat(40) });
    await writeAtMessage(clone);
    const [index, head] = [join(inside, 'index.lock'), join(inside, 'HEAD.lock')];
    await writeFile(head, '');
    await locks.takeUp(ignored, ignored);
    expect([existsSync(index), existsSync(head)]).toEqual([true, true]);
    await locks.layDown();
  });

  test.runIf(seesProcesses).each(['killed', 'ended in order'])(
    'loses its locks once a git that outlived it is done, also if the next one was %s',
    async (how) => {
      const { clone, inside } = await makeClone();
      // However busy the machine is, no lock goes because it is old.
      const open = () => new StaleLocks(contextOf(clone), undefined, { ...PATIENCE, remove: 3_600_000 });
      const locks = open();
      await cutOff(inside, { commit: null, operation: '', towards: 'a'.repeat(40) });
      await put(inside, [...LOCKS, 'index.lock']);
      const end = await workOn(clone);
      await locks.takeUp(ignored, ignored);
      expect(await locks.sweep()).toBe(false);
      expect(thereOf(inside, LOCKS)).toEqual(LOCKS);
      if (how === 'killed') await noteKilled(inside);
      else await locks.layDown();
      const next = open();
      await next.takeUp(ignored, ignored);
      expect(await next.sweep()).toBe(false);
      await end();
      await put(inside, ['refs/heads/later.lock']);
      expect(await next.sweep()).toBe(true);
      expect(thereOf(inside, [...LOCKS, 'index.lock'])).toEqual([]);
      // This one was made since, by whomever.
      expect(thereOf(inside, ['refs/heads/later.lock'])).toHaveLength(1);
      await next.layDown();
    },
  );
});

describe('a clone that a gitpost works in, or left in order', () => {
  test('keeps all locks', async () => {
    const { clone, inside, locks } = await makeClone();
    await locks.takeUp(ignored, ignored);
    await put(inside, LOCKS);
    const second = new StaleLocks(contextOf(clone), undefined, PATIENCE);
    await second.takeUp(ignored, ignored);
    expect(thereOf(inside, LOCKS)).toEqual(LOCKS);

    await second.layDown();
    expect(existsSync(join(inside, 'gitpost/running.json'))).toBe(false);
    await locks.takeUp(ignored, ignored);
    expect(thereOf(inside, LOCKS)).toEqual(LOCKS);
    await locks.layDown();
  });
});

describe('a lock of somebody else', () => {
  test('is reported, and goes once it stood unchanged and nobody is at work', async () => {
    const { inside, locks } = await makeClone();
    await locks.takeUp(ignored, ignored);
    await put(inside, ['index.lock', 'refs/heads/main.lock']);
    expect(await locks.sweep()).toBe(false);
    expect(locks.problems.map(({ file }) => file)).toEqual(['.git/index.lock', '.git/refs/heads/main.lock']);
    expect(locks.problems[0]?.reason).toMatch(/is a lock: .*captured is safe/);
    await delay(PATIENCE.remove + 50);
    expect(await locks.sweep()).toBe(seesProcesses);
    expect(thereOf(inside, ['index.lock', 'refs/heads/main.lock'])).toHaveLength(seesProcesses ? 0 : 2);
    expect(locks.problems).toHaveLength(seesProcesses ? 0 : 2);
    await locks.layDown();
  });

  test('is another one if it was made again, and waits again', async () => {
    const { inside, locks } = await makeClone();
    await locks.takeUp(ignored, ignored);
    await put(inside, ['HEAD.lock']);
    await locks.sweep();
    await delay(PATIENCE.remove + 50);
    await writeFile(join(inside, 'HEAD.lock'), 'of another git, a moment ago');
    expect(await locks.sweep()).toBe(false);
    expect(existsSync(join(inside, 'HEAD.lock'))).toBe(true);
    await locks.layDown();
  });

  test('is not reported before it stood for a moment', async () => {
    const { clone, inside } = await makeClone();
    const locks = new StaleLocks(contextOf(clone), undefined, { ...PATIENCE, report: 3_600_000 });
    await locks.takeUp(ignored, ignored);
    await put(inside, ['HEAD.lock']);
    await locks.sweep();
    await locks.sweep();
    expect(locks.problems).toEqual([]);
    await locks.layDown();
  });

  test.runIf(seesProcesses)(
    'is never taken from a git that is alive, only from one that was killed',
    async () => {
      const { clone, inside, locks } = await makeClone();
      await locks.takeUp(ignored, ignored);
      const kill = await writeAtMessage(clone);
      const lock = join(inside, 'index.lock');
      const held = await stat(lock);
      for (let look = 0; look < 3; look += 1) {
        expect(await locks.sweep()).toBe(false);
        await delay(PATIENCE.remove + 50);
      }
      expect((await stat(lock)).ino).toBe(held.ino);
      expect(locks.problems.map(({ file }) => file)).toEqual(['.git/index.lock']);
      await kill();
      await eventually(() => locks.sweep());
      expect(existsSync(lock)).toBe(false);
      await locks.layDown();
    },
  );
});
