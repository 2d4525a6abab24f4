import { type GitContext, GitError, GitProcess, type ProcessOptions } from './process.ts';

export { GitClosed, type GitContext, GitError, GitHung, GitProcess } from './process.ts';

export interface RunOptions extends ProcessOptions {
  readonly input?: string | Buffer;
  /**
   * Milliseconds without a word of git after which it is ended with all its children, whatever it does. For a git that
   * waits for a remote; any other one is ended once it does nothing at all.
   */
  readonly timeout?: number;
  /** The limits that take the place of `timeout`, one after the other, each once git has said its words. */
  readonly stages?: readonly Stage[];
  /** Bytes on its standard output after which it is ended with all its children; 400 MiB if nothing is said. */
  readonly maxOutput?: number;
  /** Ends it early: git is asked first, so it can release its locks, and killed if it does not end. */
  readonly signal?: AbortSignal;
  /** Called with what git says on its standard error while it runs, such as progress. */
  readonly onProgress?: (text: string) => void;
}

/** A part of what git does that has a limit of its own: how long it may say nothing, in milliseconds. */
export interface Stage {
  readonly after: RegExp;
  readonly timeout: number;
}

export interface RunResult {
  /** `null` if a signal ended it. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Whether it was ended because it had more to say than it may. */
  readonly overflowed: boolean;
}

/**
 * Runs one git command to its end. It rejects if git can't be started, with a {@link GitHung} if it does nothing, and
 * with a {@link GitError} if somebody else kills it, such as a system without memory: that says nothing about what was
 * asked, and is no refusal.
 */
export async function run(
  context: GitContext,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const git = new GitProcess(context, args, options);
  const ended = toEnd(git, options);
  return options.timeout === undefined ? git.wait(ended) : ended;
}

function toEnd(git: GitProcess, options: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    let stderr = '';
    let timedOut = false;
    let printed = 0;
    const { maxOutput = MAX_STDOUT } = options;
    const limit = (milliseconds: number | undefined) =>
      milliseconds === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            git.kill();
          }, milliseconds);
    let timer = limit(options.timeout);
    const stages = [...(options.stages ?? [])];
    const alive = () => {
      const begun = stages.findLastIndex(({ after }) => after.test(stderr));
      if (begun === -1) return timer?.refresh();
      clearTimeout(timer);
      timer = limit(stages[begun]?.timeout);
      stages.splice(0, begun + 1);
    };
    let lastCall: NodeJS.Timeout | undefined;
    const end = () => {
      git.kill('SIGTERM');
      lastCall = setTimeout(() => git.kill(), LAST_CALL_MS);
    };
    options.signal?.addEventListener('abort', end, { once: true });
    if (options.signal?.aborted) end();
    git.onOutput((chunk) => {
      printed += chunk.length;
      if (printed > maxOutput) return git.kill();
      stdout.push(chunk);
      alive();
    });
    git.onWords((text) => {
      stderr = lastLines(stderr + text);
      options.onProgress?.(text);
      alive();
    });
    git.onEnd((ended) => {
      clearTimeout(timer);
      clearTimeout(lastCall);
      options.signal?.removeEventListener('abort', end);
      if (ended instanceof Error) return reject(ended);
      const { code } = ended;
      const overflowed = printed > maxOutput;
      const isKilled = code === null && !timedOut && !overflowed && !options.signal?.aborted;
      if (isKilled) return reject(new GitError(git.command, { code, stderr }));
      resolve({
        // What was cut short is no success, even if it ended before it could be stopped.
        code: overflowed ? null : code,
        stdout: overflowed ? Buffer.alloc(0) : Buffer.concat(stdout),
        stderr: overflowed ? `It printed more than ${maxOutput} bytes.` : stderr,
        timedOut,
        overflowed,
      });
    });
    git.end(options.input ?? '');
  });
}

/** Runs a command that must succeed and returns what it printed; throws a {@link GitError} if it fails. */
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

/** The end of a text, from the beginning of a line: half a line would lose the mark that says who said it. */
function lastLines(text: string): string {
  if (text.length <= MAX_STDERR) return text;
  const end = text.slice(-MAX_STDERR);
  return end.slice(end.search(/[\r\n]/) + 1);
}

/** How long a git that was asked to end may take for it, in milliseconds. */
const LAST_CALL_MS = 1000;

// A tree from a remote can hold more names than there is memory; half of this is a million commits with their files.
const MAX_STDOUT = 400 * 1024 * 1024;
