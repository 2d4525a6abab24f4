import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apiAt, type Message } from '../support/api.ts';
import { type CommandOptions, command, startCommand } from '../support/command.ts';
import { git } from '../support/git.ts';
import { startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

/** The command where no gitpost runs: it does the work itself. */

async function add(folder: string, text: string, options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await command(folder, ['add', text], options);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.trim();
}

const textsIn = async (folder: string): Promise<string[]> => {
  const { code, stdout, stderr } = await command(folder, ['list', '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout) as Message[]).map(({ text }) => text);
};

test('leaves everything as a server would', async () => {
  const folder = await temporaryFolder();
  const id = await add(folder, 'Written alone');
  const clone = join(folder, 'repos', 'messages');
  expect(await git(clone, 'log', '--format=%an %s%n%(trailers:key=Message-Id,valueonly)')).toMatch(
    new RegExp(`^Ann Written alone\\n${id}`),
  );
  expect(await git(clone, 'status', '--porcelain')).toBe('');
  expect(await readdir(join(clone, 'messages'))).toHaveLength(1);
  for (const name of ['repos', 'data']) expect(existsSync(join(folder, name, '.gitpost.lock'))).toBe(false);
  expect(existsSync(join(folder, 'data', 'server.json'))).toBe(false);
  expect(await command(folder, ['push'])).toMatchObject({
    code: 0,
    stdout: 'messages  pushed  1 pushed, 0 pulled\n',
  });
  expect((await command(folder, ['status'])).stdout).toMatch(/1 message, 0 to push, 0 to pull/);
  expect((await command(folder, ['show', id.slice(-6)])).stdout).toMatch(/Written alone/);
});

test('takes turns with other commands, and none is lost', async () => {
  const folder = await temporaryFolder();
  const texts = ['a', 'b', 'c'];
  const ends = await Promise.all(texts.map((text) => command(folder, ['add', text])));
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect((await textsIn(folder)).sort()).toEqual(texts);
});

test('is waited for by a server that starts meanwhile', async () => {
  const folder = await temporaryFolder();
  const child = startCommand(folder, ['import', '-', '--format', 'gitpost']);
  const closed = new Promise((resolve) => child.on('close', resolve));
  // It holds the folders as long as its input is open.
  await eventually(async () => existsSync(join(folder, 'data', '.gitpost.lock')));
  const starting = startProcess({ folder });
  // Longer than a server waits for another one.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  child.stdin.end(
    '{"v":1,"id":"0192f0c1-5555-7000-8000-000000000001","revision":1,"author":"Ann","type":"text","text":"Imported","createdAt":"2026-01-01T00:00:00.000Z"}\n',
  );
  expect(await closed).toBe(0);
  expect(await apiAt((await starting).url).messages()).toMatchObject([{ text: 'Imported' }]);
});

test('goes to the server once one runs, and does the work itself after it was killed', async () => {
  const folder = await temporaryFolder();
  await add(folder, 'before');
  const server = await startProcess({ folder });
  await add(folder, 'while it runs');
  expect(await apiAt(server.url).messages()).toHaveLength(2);
  const second = await command(folder, ['serve']);
  expect([second.code, second.stderr]).toEqual([1, expect.stringContaining(`, at ${server.url}/: stop`)]);
  server.kill('SIGKILL');
  await server.exited;
  expect(existsSync(join(folder, 'data', 'server.json'))).toBe(true);
  await add(folder, 'after it was killed');
  expect(await textsIn(folder)).toEqual(['after it was killed', 'while it runs', 'before']);
});

test('killed at any moment, leaves what the next command can work with', async () => {
  const folder = await temporaryFolder();
  await add(folder, 'first');
  for (const lines of [0, 1]) {
    const child = startCommand(folder, ['add', `killed ${lines}`]);
    const closed = new Promise((resolve) => child.on('close', resolve));
    if (lines === 1) await new Promise((resolve) => child.stdout.once('data', resolve));
    else
      await eventually(
        async () => existsSync(join(folder, 'data', '.gitpost.lock')) || child.exitCode !== null,
      );
    child.kill('SIGKILL');
    await closed;
  }
  const texts = await textsIn(folder);
  expect(texts).toContain('first');
  // What was acknowledged, by its id, is there.
  expect(texts).toContain('killed 1');
});

test.runIf(process.platform !== 'win32')('ends in order at a signal, with the code of shells', async () => {
  const folder = await temporaryFolder();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const child = startCommand(folder, ['import', '-', '--format', 'gitpost']);
    const closed = new Promise((resolve) => child.on('close', resolve));
    // It holds the folders as long as its input is open.
    await eventually(async () => existsSync(join(folder, 'data', '.gitpost.lock')));
    child.kill(signal);
    expect(await closed).toBe(code);
    for (const name of ['repos', 'data']) expect(existsSync(join(folder, name, '.gitpost.lock'))).toBe(false);
  }
  await add(folder, 'Afterwards');
});

/** Starts a command that ends with a signal, and answers how it ended. */
async function interrupted(
  folder: string,
  args: readonly string[],
  when: (child: ReturnType<typeof startCommand>) => Promise<unknown>,
  options: CommandOptions & { readonly signal?: 'SIGINT' | 'SIGTERM' } = {},
) {
  const { signal = 'SIGINT', ...others } = options;
  const child = startCommand(folder, args, others);
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  await when(child);
  const sent = Date.now();
  child.kill(signal);
  return { code: await closed, printed: printed.join(''), milliseconds: Date.now() - sent };
}

describe.runIf(process.platform !== 'win32')('a signal', () => {
  const isLocked = (folder: string) => existsSync(join(folder, 'data', '.gitpost.lock'));

  /** Resolves once a command listens for signals, and a moment later. */
  const atWork = async ({ pid }: { readonly pid?: number | undefined }) => {
    if (process.platform === 'linux')
      await eventually(async () => {
        // Node itself catches SIGINT and SIGTERM, but not SIGHUP.
        const [, caught = '0'] = /SigCgt:\s*(\w+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
        return (Number.parseInt(caught.slice(-1), 16) & 1) === 1;
      });
    await new Promise((resolve) => setTimeout(resolve, 1000));
  };

  test('while the folders are opened and read is followed in silence, and leaves no lock', async () => {
    const folder = await temporaryFolder();
    const lines = Array.from({ length: 1000 }, (_, number) => ({
      ...{ v: 1, id: `0192f0c1-5555-7000-8000-${String(number).padStart(12, '0')}`, revision: 1 },
      ...{ author: 'Ann', type: 'text', text: `Number ${number}`, createdAt: '2026-01-01T00:00:00.000Z' },
    }));
    const input = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    expect((await command(folder, ['import', '-', '--format', 'gitpost'], { input })).code).toBe(0);
    for (const [signal, code, wait] of [
      ['SIGINT', 130, 0],
      ['SIGTERM', 143, 100],
      ['SIGINT', 130, 300],
    ] as const) {
      // Without the mirror, everything is read again first.
      await rm(join(folder, 'data', 'mirror'), { recursive: true });
      const end = await interrupted(
        folder,
        ['add', 'Interrupted'],
        async () => {
          await eventually(async () => isLocked(folder));
          await new Promise((resolve) => setTimeout(resolve, wait));
        },
        { signal },
      );
      expect(end).toMatchObject({ code, printed: expect.stringMatching(/^(?:[0-9a-f-]{36}\n)?$/) });
      for (const name of ['repos', 'data'])
        expect(existsSync(join(folder, name, '.gitpost.lock'))).toBe(false);
    }
    expect(await textsIn(folder)).toContain('Number 999');
    expect(await git(join(folder, 'repos', 'messages'), 'status', '--porcelain')).toBe('');
  });

  test('ends the wait for another command at once', async () => {
    const folder = await temporaryFolder();
    const holder = startCommand(folder, ['import', '-', '--format', 'gitpost']);
    await eventually(async () => isLocked(folder));
    const end = await interrupted(folder, ['list'], atWork);
    expect(end).toMatchObject({ code: 130, printed: '' });
    expect(end.milliseconds).toBeLessThan(3000);
    holder.kill('SIGTERM');
    await new Promise((resolve) => holder.on('close', resolve));
  });

  test.runIf(process.platform === 'linux')(
    'ends what never ends: making a folder where there can be none',
    async () => {
      const folder = await temporaryFolder();
      const env = { REPOS_DIR: '/proc/gitpost' };
      const end = await interrupted(folder, ['list'], atWork, { env });
      expect(end).toMatchObject({ code: 130, printed: '' });
      expect(end.milliseconds).toBeLessThan(3000);
    },
  );

  test('leaves nothing of a half-received import', async () => {
    const folder = await temporaryFolder();
    const spool = join(folder, 'data', 'imports');
    const end = await interrupted(folder, ['import', '-', '--format', 'gitpost'], async ({ stdin }) => {
      stdin.write('{"v":1,');
      await eventually(async () => (await readdir(spool)).length > 0);
    });
    expect(end).toMatchObject({ code: 130, printed: '' });
    expect(await readdir(spool)).toEqual([]);
  });
});

test('wrong configuration: exit code 2, and nothing is written', async () => {
  const folder = await temporaryFolder();
  const { code, stdout, stderr } = await command(folder, ['add', 'x'], { env: { SYNC_INTERVAL: 'often' } });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/SYNC_INTERVAL must be/);
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

test.runIf(process.platform === 'linux')('folders that cannot be used: named, with what to do', async () => {
  const folder = await temporaryFolder();
  for (const args of [['list'], ['add', 'x'], ['serve']]) {
    const { code, stdout, stderr } = await command(folder, args, { env: { REPOS_DIR: '/dev/null/repos' } });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('gitpost cannot use its folders /dev/null/repos and');
    expect(stderr).toMatch(/part of the path is a file.*Nothing was saved.*set REPOS_DIR and DATA_DIR/);
    expect(stderr).not.toMatch(/ENOTDIR|\bat \S+ \(/);
  }
});

test('a remote out of reach: exit code 1, with what to do', async () => {
  const folder = await temporaryFolder();
  const env = { REPOSITORY_NAME: join(folder, 'nowhere.git') };
  await add(folder, 'Kept', { env });
  const { code, stderr } = await command(folder, ['push'], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^gitpost: nowhere: \S/);
  const status = await command(folder, ['status'], { env });
  expect(status.code).toBe(1);
  expect(status.stdout).toMatch(/^nowhere {2}\S+ {2}main\n {4}1 message, /);
});

test('works in the current folder if it is one of gitpost, else in the folder of the platform', async () => {
  const folder = await temporaryFolder();
  const env = { REPOS_DIR: undefined, DATA_DIR: undefined, XDG_DATA_HOME: join(folder, 'share') };
  const [plain, own, configured] = ['plain', 'own', 'configured'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(plain);
  await mkdir(join(own, 'repos'), { recursive: true });
  await mkdir(configured);
  await writeFile(join(configured, '.env'), 'REPOS_DIR=elsewhere\n');
  if (process.platform === 'linux') {
    const { code, stderr } = await command(folder, ['add', 'x'], { env, cwd: plain });
    expect(code).toBe(0);
    expect(stderr).toBe(`gitpost: the folder is ${join(folder, 'share', 'gitpost')}\n`);
    expect(await readdir(plain)).toEqual([]);
    expect(existsSync(join(folder, 'share', 'gitpost', 'repos', 'messages'))).toBe(true);
    expect((await command(folder, ['verify'], { env, cwd: plain })).stderr).toBe(stderr);
  }
  for (const cwd of [own, configured]) {
    const { code, stderr } = await command(folder, ['add', 'x'], { env, cwd });
    expect([code, stderr]).toEqual([0, '']);
  }
  expect(existsSync(join(own, 'repos', 'messages'))).toBe(true);
  const foreign = join(folder, 'foreign');
  await mkdir(join(foreign, 'data'), { recursive: true });
  expect((await command(folder, ['add', 'x'], { env, cwd: foreign })).stderr).toBe(
    `gitpost: repos/ and data/ are made in ${foreign}\n`,
  );
  expect((await command(folder, ['add', 'x'], { env, cwd: foreign })).stderr).toBe('');
  expect((await readdir(configured)).sort()).toEqual(['.env', 'data', 'elsewhere']);
  await rm(own, { recursive: true });
});
