import { once } from 'node:events';
import { readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { LaunchedChild } from '../../../src/git/launcher/child.ts';
import { type Frame, FrameReader, type Start, toFrame } from '../../../src/git/launcher/frames.ts';
import { Launcher } from '../../../src/git/launcher/launcher.ts';
import { gitEnvironment } from '../../support/git.ts';
import { launchersOf } from '../../support/processes.ts';
import { temporaryFolder } from '../../support/tmp.ts';
import { eventually } from '../../support/wait.ts';

const script = join(import.meta.dirname, '../../../dist/launcher.js');

const startOf = (directory: string, ...args: string[]) => ({
  args,
  directory,
  environment: gitEnvironment(),
});

/** Runs a shell command as an alias of git, so there is a process that does whatever a test needs. */
const shell = (directory: string, command: string) =>
  startOf(directory, '-c', `alias.run=!${command}`, 'run');

/** Starts a git through a launcher that works. */
const launch = (launcher: Launcher, start: Start) => launcher.start(start) as LaunchedChild;

/** A launcher of the test's own, and its process id. */
async function startLauncher(answerWithin?: number) {
  const before = new Set(launchersOf(process.pid));
  const launcher = new Launcher(script, answerWithin);
  const folder = await temporaryFolder();
  const child = launch(launcher, startOf(folder, '--version'));
  child.stdin.end();
  await once(child, 'close');
  const [pid = 0] = launchersOf(process.pid).filter((one) => !before.has(one));
  return { launcher, folder, pid };
}

test('frames are read whole, wherever their bytes are cut', () => {
  const sent: Frame[] = [
    { kind: 'start', child: 1, payload: Buffer.from('{}') },
    { kind: 'end', child: 2 ** 32 - 1, payload: Buffer.alloc(0) },
    { kind: 'output', child: 7, payload: Buffer.from([0, 255, 10]) },
  ];
  const bytes = Buffer.concat(sent.map(({ kind, child, payload }) => toFrame(kind, child, payload)));
  for (let size = 1; size <= bytes.length; size += 1) {
    const reader = new FrameReader();
    const read: Frame[] = [];
    for (let at = 0; at < bytes.length; at += size) read.push(...reader.read(bytes.subarray(at, at + size)));
    expect(read).toEqual(sent);
  }
});

describe.runIf(process.platform === 'linux')('a launcher', () => {
  test('passes on input, output and standard error to the byte, and the exit code', async () => {
    const { launcher, folder } = await startLauncher();
    const sent = Buffer.alloc(3_000_001, 'añb\0\r\n');
    for (const [command, stream] of [
      ['cat; exit 3 #', 'stdout'],
      ['cat >&2; exit 3 #', 'stderr'],
    ] as const) {
      const child = launch(launcher, shell(folder, command));
      child.stdin.end(sent);
      const closed = once(child, 'close');
      expect((await buffer(child[stream])).equals(sent)).toBe(true);
      expect(await closed).toEqual([3]);
    }
  });

  test('holds back the output that nobody takes yet, and the others go on', async () => {
    const { launcher, folder } = await startLauncher();
    const much = 200_000_000;
    const slow = launch(launcher, shell(folder, `head -c ${much} /dev/zero #`));
    const closed = once(slow, 'close');
    const before = process.memoryUsage().rss;
    await delay(500);
    const quick = launch(launcher, startOf(folder, '--version'));
    expect(await text(quick.stdout)).toMatch(/^git version/);
    expect(process.memoryUsage().rss - before).toBeLessThan(much / 4);
    let size = 0;
    for await (const chunk of slow.stdout as AsyncIterable<Buffer>) size += chunk.length;
    expect(size).toBe(much);
    expect(await closed).toEqual([0]);
  });

  test('ends a git whose output nobody reads any more', async () => {
    const { launcher, folder } = await startLauncher();
    const child = launch(launcher, shell(folder, 'yes #'));
    const closed = once(child, 'close');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    await closed;
  });

  test('signals a git with all its helpers, even before it has reported the start', async () => {
    const { launcher, folder } = await startLauncher();
    const child = launch(launcher, shell(folder, 'sleep 1000 | sleep 1000 #'));
    child.kill('SIGKILL');
    expect(await once(child, 'close')).toEqual([null]);
  });

  test('says why a git cannot be started', async () => {
    const { launcher, folder } = await startLauncher();
    const nowhere = launch(launcher, startOf(join(folder, 'nowhere'), '--version'));
    await expect(once(nowhere, 'close')).rejects.toMatchObject({ code: 'ENOENT' });
    const without = launch(launcher, { ...startOf(folder, '--version'), environment: { PATH: folder } });
    await expect(once(without, 'close')).rejects.toMatchObject({ code: 'ENOENT' });
    const long = launch(launcher, startOf(folder, 'x'.repeat(3_000_000)));
    await expect(once(long, 'close')).rejects.toMatchObject({ code: 'E2BIG' });
  });

  test('gives a git no file of its own, no variable of ours, and holds no folder', async () => {
    const { launcher, folder, pid } = await startLauncher();
    const child = launch(launcher, shell(folder, 'ls -l /proc/self/fd #'));
    const sockets = (await text(child.stdout)).split('\n').filter((line) => line.includes('socket:'));
    // Input, output and standard error.
    expect(sockets).toHaveLength(3);
    expect(await readlink(`/proc/${pid}/cwd`)).toBe('/');
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).toBe('');
  });

  test('that is killed takes its gits with it, and the next git has a new one', async () => {
    const { launcher, folder, pid } = await startLauncher();
    const child = launch(launcher, shell(folder, 'echo begun; sleep 1000 #'));
    await once(child.stdout, 'data');
    const git = child.pid as number;
    const closed = once(child, 'close');
    process.kill(pid, 'SIGKILL');
    expect(await closed).toEqual([null]);
    await eventually(async () => {
      expect(() => process.kill(-git, 0)).toThrow('ESRCH');
      return true;
    });
    const next = launch(launcher, startOf(folder, '--version'));
    expect(await text(next.stdout)).toMatch(/^git version/);
  });

  test('that somebody has stopped is replaced once it does not even kill a git', async () => {
    const { launcher, folder, pid } = await startLauncher(500);
    const child = launch(launcher, shell(folder, 'echo begun; sleep 1000 #'));
    await once(child.stdout, 'data');
    const closed = once(child, 'close');
    process.kill(pid, 'SIGSTOP');
    child.kill('SIGKILL');
    expect(await closed).toEqual([null]);
    const next = launch(launcher, startOf(folder, '--version'));
    expect(await text(next.stdout)).toMatch(/^git version/);
  });

  test('that cannot run is not used: gitpost starts its gits itself', async () => {
    const folder = await temporaryFolder();
    const missing = new Launcher(join(folder, 'none.mjs'));
    expect(await missing.works()).toBe(false);
    // An update may take the script away while gitpost runs.
    const taken = join(folder, 'taken.mjs');
    await writeFile(taken, `import ${JSON.stringify(pathToFileURL(script).href)};`);
    const launcher = new Launcher(taken);
    expect(await launcher.works()).toBe(true);
    await rm(taken);
    const running = launch(launcher, shell(folder, 'echo begun; sleep 1000 #'));
    await once(running.stdout, 'data');
    const [pid = 0] = launchersOf(process.pid, taken);
    process.kill(pid, 'SIGKILL');
    expect(await once(running, 'close')).toEqual([null]);
    for (let failure = 1; failure <= 3; failure += 1)
      expect(await once(launch(launcher, startOf(folder, '--version')), 'close')).toEqual([null]);
    expect(launcher.start(startOf(folder, '--version'))).toBeUndefined();
  });

  test('does not end by a signal for the whole service, and has no child left that nobody knows', async () => {
    const { launcher, folder, pid } = await startLauncher();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    const runs = Array.from({ length: 50 }, async () => {
      const child = launch(launcher, startOf(folder, '--version'));
      return text(child.stdout);
    });
    expect(new Set(await Promise.all(runs)).size).toBe(1);
    await eventually(async () => {
      expect(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).toBe('');
      return true;
    });
  });
});
