import { type GitContext, GitError, GitProcess, type ProcessOptions } from './process.ts';

export { GitClosed, type GitContext, GitError, GitHung, GitProcess } from './process.ts';

export interface RunOptions extends ProcessOptions {
  readonly input?: string | Buffer;
  /**
   * After this long without output, git is killed with all its children, whatever it is doing. In milliseconds. This
   * is for commands that wait for a remote; any other one is killed once it does nothing at all.
   */
  readonly timeout?: number;
  /** Limits that replace `timeout` one after the other, each once git has printed its text. */
  readonly stages?: readonly Stage[];
  /** After this many bytes of output, git is killed with all its children. 400 MiB by default. */
  readonly maxOutput?: number;
  /** Ends it early: git is asked first, so it can release its locks, and killed if it does not end. */
  readonly signal?: AbortSignal;
  /** Called with git's standard error while it runs, such as progress. */
  readonly onProgress?: (text: string) => void;
}

/** A phase of git's work with its own limit: how long it may print nothing, in milliseconds. */
interface Stage {
  readonly after: RegExp;
  readonly timeout: number;
}

export interface RunResult {
  /** `null` if a signal ended it. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Whether it was killed because it printed more than allowed. */
  readonly overflowed: boolean;
}

/**
 * Runs one git command to its end. Rejects if git can't be started, with a {@link GitHung} if it does nothing, and
 * with a {@link GitError} if something else kills it, such as a system that is out of memory. Such an end says
 * nothing about the question asked, so it must not look like a refusal.
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
        // A truncated output is not a success, even if git ended before it could be stopped.
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

/** Runs a command that must succeed and returns its output. Throws a {@link GitError} if it fails. */
export async function output(context: GitContext, args: readonly string[], options: RunOptions = {}) {
  const result = await run(context, args, options);
  if (result.code !== 0) throw new GitError(args[0] ?? '', result);
  return result.stdout;
}

/** Like {@link output}, but as text without the last line end. */
export async function text(context: GitContext, args: readonly string[], options: RunOptions = {}) {
  return (await output(context, args, options)).toString('utf8').replace(/\n$/, '');
}

const MAX_STDERR = 64 * 1024;

/** The end of a text, starting at a line break: half a line would lose the prefix that says who printed it. */
function lastLines(text: string): string {
  if (text.length <= MAX_STDERR) return text;
  const end = text.slice(-MAX_STDERR);
  return end.slice(end.search(/[\r\n]/) + 1);
}

/** How long git may take to end after it was asked to. In milliseconds. */
const LAST_CALL_MS = 1000;

// A tree from a remote can contain more names than there is memory. Half of this is a million commits with their
// files.
const MAX_STDOUT = 400 * 1024 * 1024;
