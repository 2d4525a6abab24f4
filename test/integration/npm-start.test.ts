import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gitEnvironment } from '../support/git.ts';
import { canMount, mountDisk } from '../support/mounts.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function npm(folder: string, cwd: string, command: string[] = ['npm', 'start']) {
  const { PATH } = gitEnvironment();
  const env = {
    PATH,
    HOME: folder,
    GIT_CONFIG_GLOBAL: '/dev/null',
    PORT: '0',
    REPOS_DIR: join(folder, 'repos'),
    DATA_DIR: join(folder, 'data'),
  };
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd, env, detached: true });
  onTestFinished(() => endGroup(child));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const url = () => eventually(async () => /^gitpost is at (\S+?)\/$/m.exec(said)?.[1]);
  return { child, said: () => said, url };
}

function endGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid as number), 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}

const isUp = (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );

describe.runIf(process.platform !== 'win32')('npm start', () => {
  test('ends the server when npm is told to end', async () => {
    const { child, url } = npm(await temporaryFolder(), root);
    const address = await url();
    expect(await isUp(address)).toBe(true);
    child.kill('SIGTERM');
    await once(child, 'exit');
    await eventually(async () => !(await isUp(address)));
  });

  test('goes on when the shell is gone that started npm in the background', async () => {
    const { child, url } = npm(await temporaryFolder(), root, ['sh', '-c', 'npm start & read line']);
    const address = await url();
    child.stdin.end('\n');
    await once(child, 'exit');
    // Longer than it takes to look for a parent.
    for (const end = Date.now() + 2000; Date.now() < end; ) expect(await isUp(address)).toBe(true);
  });

  test.runIf(canMount)('in a folder that is not built and read-only ends with one line', async () => {
    const folder = await temporaryFolder();
    const disk = await mountDisk(join(folder, 'app'), 16 * 1024 * 1024);
    for (const name of ['src', 'scripts', 'package.json', 'package-lock.json']) {
      await cp(join(root, name), join(disk.path, name), { recursive: true });
    }
    await mkdir(join(disk.path, 'public'));
    for (const name of await readdir(join(root, 'public'))) {
      if (name !== 'assets') await cp(join(root, 'public', name), join(disk.path, 'public', name));
    }
    await symlink(join(root, 'node_modules'), join(disk.path, 'node_modules'));
    disk.setReadOnly(true);
    const { child, said } = npm(folder, disk.path, ['node', 'scripts/build.mjs', '--missing']);
    const [code] = (await once(child, 'close')) as [number];
    expect([code, said()]).toEqual([1, expect.stringMatching(/^gitpost: it is not built yet, and .*\n$/)]);
  });
});
