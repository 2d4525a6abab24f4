import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** Where git runs and how: everything that a command of ours needs beside its arguments. */
export interface GitContext {
  /** The clone's folder. */
  readonly directory: string;
  /** The whole environment of the child: nothing is inherited beside it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Settings as `key=value`, given to each command with `-c`, so that a person's own ones change nothing. */
  readonly settings: readonly string[];
}

export interface RunOptions {
  readonly input?: string | Buffer;
  /** Milliseconds without a word of git after which it is ended with all its children. */
  readonly timeout?: number;
  /** From which word of git on it has another limit: what it does from there on, it may do in silence. */
  readonly silent?: { readonly after: RegExp; readonly timeout: number };
  /** Bytes on its standard output after which it is ended with all its children; 400 MiB where nothing is said. */
  readonly maxOutput?: number;
  /** Ends it early: git is asked first, so that it can lay down its locks, and killed where it does not end. */
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
  readonly settings?: readonly string[];
  /** Called with what git says on its standard error while it runs, such as progress. */
  readonly onProgress?: (text: string) => void;
}

export interface RunResult {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Whether it was ended because it had more to say than it may. */
  readonly overflowed: boolean;
}

/** git ended in a way that the caller did not count on: a surprise, never something a person did. */
export class GitError extends Error {
  readonly code: number | null;
  readonly stderr: string;

  constructor(command: string, result: Pick<RunResult, 'code' | 'stderr'>) {
    super(`git ${command} ended with ${result.code ?? 'a signal'}: ${result.stderr.trim()}`);
    this.name = 'GitError';
    this.code = result.code;
    this.stderr = result.stderr;
  }
}

/** Starts a git that stays: its standard streams are the caller's. */
export function startGit(context: GitContext, args: readonly string[], options: RunOptions = {}) {
  const settings = [...context.settings, ...(options.settings ?? [])].flatMap((setting) => ['-c', setting]);
  const child: ChildProcessWithoutNullStreams = spawn('git', [...settings, ...args], {
    cwd: context.directory,
    env: { ...context.environment, ...options.environment },
    // A process group of its own: so a limit ends its children too, and Ctrl-C does not reach a half-written commit.
    detached: true,
    windowsHide: true,
  });
  if (child.stdin === undefined) {
    // With no files left, node makes no streams, and tells why only later, when nobody would listen.
    child.on('error', () => undefined);
    throw new Error('git can not be started: too many files are open.');
  }
  // A git that ends early closes its input; its exit code says so, and the broken pipe says nothing more.
  child.stdin.on('error', () => undefined);
  return child;
}

/**
 * Runs one git command to its end. It rejects where git can't be started, and with a {@link GitError} where somebody
 * else kills it, such as a system without memory: that says nothing about what was asked, and is no refusal.
 */
export function run(
  context: GitContext,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = startGit(context, args, options);
    const stdout: Buffer[] = [];
    let stderr = '';
    let timedOut = false;
    let printed = 0;
    const { maxOutput = MAX_STDOUT } = options;
    const stop = () => endGroup(child.pid);
    const limit = (milliseconds: number | undefined) =>
      milliseconds === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            stop();
          }, milliseconds);
    let timer = limit(options.timeout);
    let { silent } = options;
    const alive = () => {
      if (!silent?.after.test(stderr)) return timer?.refresh();
      clearTimeout(timer);
      timer = limit(silent.timeout);
      silent = undefined;
    };
    let lastCall: NodeJS.Timeout | undefined;
    const end = () => {
      endGroup(child.pid, 'SIGTERM');
      lastCall = setTimeout(stop, LAST_CALL_MS);
    };
    options.signal?.addEventListener('abort', end, { once: true });
    if (options.signal?.aborted) end();
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.length;
      if (printed > maxOutput) return stop();
      stdout.push(chunk);
      alive();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MAX_STDERR);
      options.onProgress?.(text);
      alive();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      clearTimeout(lastCall);
      options.signal?.removeEventListener('abort', end);
      const overflowed = printed > maxOutput;
      const isKilled = code === null && !timedOut && !overflowed && !options.signal?.aborted;
      if (isKilled) return reject(new GitError(args[0] ?? '', { code, stderr }));
      resolve({
        // What was cut short is no success, even where it ended before it could be stopped.
        code: overflowed ? null : code,
        stdout: overflowed ? Buffer.alloc(0) : Buffer.concat(stdout),
        stderr: overflowed ? `It printed more than ${maxOutput} bytes.` : stderr,
        timedOut,
        overflowed,
      });
    });
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a command that must succeed and returns what it printed; throws a {@link GitError} where it fails. */
export async function output(context: GitContext, args: readonly string[], options: RunOptions = {}) {
  const result = await run(context, args, options);
  if (result.code !== 0) throw new GitError(args[0] ?? '', result);
  return result.stdout;
}

/** As {@link output}, as text without the last line end. */
export async function text(context: GitContext, args: readonly string[], options: RunOptions = {}) {
  return (await output(context, args, options)).toString('utf8').replace(/\n$/, '');
}

const MAX_STDERR = 64 * 1024;

/** How long a git that was asked to end may take for it, in milliseconds. */
const LAST_CALL_MS = 1000;

// A tree from a remote can hold more names than there is memory; half of this is a million commits with their files.
const MAX_STDOUT = 400 * 1024 * 1024;

/** Ends a git and the helpers that it started, which would outlive it and keep a connection open. */
export function endGroup(pid: number | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}
