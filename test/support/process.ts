import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitEnvironment } from './git.ts';
import { onInterruption } from './interruption.ts';
import { scratchFolder } from './scratch.ts';
import { atTestEnd } from './test-end.ts';

const scripts = {
  main: fileURLToPath(new URL('../../dist/main.js', import.meta.url)),
  verify: fileURLToPath(new URL('../../dist/verify.js', import.meta.url)),
};
const startLimit = 60_000;
const stopLimit = 15_000;

export interface ProcessOptions {
  /** What is run: gitpost itself, or `npm run verify`. */
  script?: keyof typeof scripts;
  /** Where it runs; without one, in `folder`, where no `.env` of a developer is found. */
  cwd?: string;
  /** Further variables; `undefined` leaves out one that would be there otherwise. */
  env?: Record<string, string | undefined>;
  /** A command that it is started by, such as one that takes something away from it first; it must end in an exec. */
  by?: readonly string[];
  /** Holds `repos`, `data` and the home folder; without one, a fresh one that is removed in the end. */
  folder?: string;
}

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running gitpost. */
export interface GitpostProcess {
  /** The address without a slash at its end. */
  url: string;
  pid: number;
  folder: string;
  stdout(): string;
  stderr(): string;
  /** Signals this one process; git's processes, its children, are left to it. */
  kill(signal: NodeJS.Signals): void;
  exited: Promise<ProcessExit>;
  /** Asks it to end, and waits for that. */
  stop(): Promise<ProcessExit>;
}

/**
 * Starts gitpost and waits until it answers on a free port. In a test it ends with the test;
 * from `beforeAll`, call `stop` in `afterAll`.
 */
export async function startProcess(options: ProcessOptions = {}): Promise<GitpostProcess> {
  const { child, folder, stdout, stderr, exited, clean } = await launch(options);
  const url = await ready(child, stdout).catch(async (error: Error) => {
    const seen = `${error.message}\nstdout: ${stdout()}\nstderr: ${stderr()}`;
    await clean();
    throw new Error(seen);
  });
  return {
    url,
    pid: child.pid as number,
    folder,
    stdout,
    stderr,
    exited,
    kill: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), stopLimit);
      const exit = await exited;
      clearTimeout(late);
      await clean();
      return exit;
    },
  };
}

/** Starts gitpost where it is expected to end by itself, and answers how it did. */
export async function runToExit(
  options: ProcessOptions = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { child, stdout, stderr, clean } = await launch(options);
  const late = setTimeout(() => child.kill('SIGKILL'), startLimit);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(late);
  await clean();
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Spawns gitpost in a clean environment, in a process group of its own, and does not wait until it is ready. */
export async function launch(options: ProcessOptions) {
  const scratch = options.folder === undefined ? await scratchFolder() : undefined;
  const folder = options.folder ?? (scratch?.path as string);
  const home = join(folder, 'home');
  await mkdir(home, { recursive: true });

  const env = processEnvironment(folder, home, options.env);
  const cwd = options.cwd ?? folder;
  const [command = '', ...args] = [
    ...(options.by ?? []),
    process.execPath,
    scripts[options.script ?? 'main'],
  ];
  const child = spawn(command, args, { cwd, env, detached: true });
  const exited = once(child, 'exit').then(([code, signal]): ProcessExit => ({ code, signal }));
  const clean = async () => {
    endGroup(child);
    await exited;
    running.delete(child);
    await scratch?.remove();
  };
  running.add(child);
  atTestEnd(clean);
  return { child, folder, stdout: collect(child.stdout), stderr: collect(child.stderr), exited, clean };
}

function processEnvironment(
  folder: string,
  home: string,
  further: ProcessOptions['env'],
): Record<string, string | undefined> {
  const { PATH } = gitEnvironment();
  return {
    PATH,
    HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    PORT: '0',
    LOG_LEVEL: 'warn',
    REPOS_DIR: join(folder, 'repos'),
    DATA_DIR: join(folder, 'data'),
    ...further,
  };
}

/** The address, once gitpost has printed it. */
function ready(child: ChildProcess, stdout: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`gitpost is not ready after ${startLimit} ms`)),
      startLimit,
    );
    child.stdout?.on('data', () => {
      const url = /^gitpost is at (http:\/\/\S+?)\/?$/m.exec(stdout().replace(/[^\n]*$/, ''))?.[1];
      if (!url) return;
      clearTimeout(late);
      resolve(url);
    });
    child.once('close', (code, signal) => {
      clearTimeout(late);
      reject(new Error(`gitpost ended with ${signal ?? code} before it was ready`));
    });
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let seen = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    seen += chunk;
  });
  return () => seen;
}

const running = new Set<ChildProcess>();

/** Ends what is left of a process and its children; they share its group. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing is left of the group.
  }
}

onInterruption(() => {
  for (const child of running) endGroup(child);
});
