import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitEnvironment } from './git.ts';
import { atTestEnd } from './test-end.ts';

const script = fileURLToPath(new URL('../../dist/gitpost.js', import.meta.url));

export interface CommandOptions {
  /** What is piped in; without it, the standard input is empty and closed. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The current folder; without it, the folder of `repos` and `data`. */
  readonly cwd?: string;
}

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a command that has a home of its own and works on the folders of one gitpost. */
export const commandEnvironment = (folder: string): Record<string, string | undefined> => ({
  PATH: gitEnvironment().PATH,
  HOME: join(folder, 'home'),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  REPOS_DIR: join(folder, 'repos'),
  DATA_DIR: join(folder, 'data'),
  AUTHOR_NAME: 'Ann',
  AUTHOR_EMAIL: 'ann@example.org',
  PORT: '0',
  TZ: 'UTC',
});

/** The words that run the command, for a shell. */
export const commandLine = (...args: readonly string[]): string[] => [process.execPath, script, ...args];

/** Starts the command `gitpost` and does not wait for it. */
export function startCommand(folder: string, args: readonly string[], options: CommandOptions = {}) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: options.cwd ?? folder,
    env: { ...commandEnvironment(folder), ...options.env },
  });
  atTestEnd(async () => void child.kill('SIGKILL'));
  return child;
}

/** Runs the command `gitpost` to its end. */
export async function command(
  folder: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandEnd> {
  const child = startCommand(folder, args, options);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // It may end before it has read anything.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Whether this machine has a program. */
export const hasProgram = (name: string): boolean => spawnSync(name, ['--version']).error === undefined;

/** Runs the command on a pseudo-terminal, which `script` of util-linux makes. Nobody types there. */
export async function terminalCommand(
  folder: string,
  args: readonly string[],
  options: Pick<CommandOptions, 'env'> = {},
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const words = [process.execPath, script, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const child = spawn('script', ['--quiet', '--return', '--command', words.join(' '), '/dev/null'], {
    cwd: folder,
    env: { ...commandEnvironment(folder), SHELL: '/bin/sh', TERM: 'xterm', PAGER: 'cat', ...options.env },
  });
  atTestEnd(async () => void child.kill('SIGKILL'));
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, screen };
}
