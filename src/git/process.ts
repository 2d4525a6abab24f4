import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { activityOf } from './activity.ts';
import { type Gits, SILENCE_MS } from './gits.ts';

/** Where git runs and how: everything that a command of ours needs besides its arguments. */
export interface GitContext {
  /** The clone's folder. */
  readonly directory: string;
  /** The whole environment of the child: nothing else is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Settings as `key=value`, given to each command with `-c`, so a person's own ones change nothing. */
  readonly settings: readonly string[];
  /** Knows the gits that are at work in the clone; absent when there is no clone. */
  readonly gits?: Gits;
}

/** git ended in a way that the caller did not count on: a surprise, never something a person did. */
export class GitError extends Error {
  readonly code: number | null;
  readonly stderr: string;

  constructor(command: string, result: { readonly code: number | null; readonly stderr: string }) {
    super(`git ${command} ended with ${result.code ?? 'a signal'}: ${result.stderr.trim()}`);
    this.name = 'GitError';
    this.code = result.code;
    this.stderr = result.stderr;
  }
}

/** A git did nothing for so long that it was ended. It may have done what was asked of it all the same. */
export class GitHung extends GitError {
  constructor(command: string, milliseconds: number) {
    const stderr = `git ${command} did nothing for ${Math.round(milliseconds / 1000)} seconds and was ended`;
    super(command, { code: null, stderr });
    this.name = 'GitHung';
  }
}

/** The clone was closed, so no git starts in it any more: it is being renamed, removed, or the program ends. */
export class GitClosed extends GitError {
  constructor(command: string) {
    super(command, { code: null, stderr: 'the repository is being closed' });
    this.name = 'GitClosed';
  }
}

export interface ProcessOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly settings?: readonly string[];
}

/** How often a git is looked at in the time that it may do nothing. */
const LOOKS = 4;
/** It gets this many times as long while it waits for the disk, and if the system does not say what it does. */
const [SLOW_DISK, BLIND] = [6, 3];
/** What a git that is ended at the end of its input may take for it, and what the system may take to end it. */
const [LAST_CALL_MS, LAST_RESORT_MS] = [2000, 1000];

/**
 * A running git. Nobody outside can reach its streams or wait for it without a limit: each way to wait goes through
 * {@link wait}, which ends a git that does nothing.
 */
export class GitProcess {
  readonly command: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #gits: Gits | undefined;
  readonly #silence: number;
  readonly #began = Date.now();
  readonly #waiters = new Set<(error: Error) => void>();
  readonly #exited: Promise<void>;
  readonly #closed: Promise<number | null>;
  #timer: NodeJS.Timeout | undefined;
  /** How often it was looked at since it last did something, and what it had done by then. */
  #looks = 0;
  #used = -1;
  #hung: GitHung | undefined;

  constructor(context: GitContext, args: readonly string[], options: ProcessOptions = {}) {
    const { gits } = context;
    this.command = args.find((arg) => /^[a-z]/.test(arg)) ?? '';
    if (gits?.isClosed) throw new GitClosed(this.command);
    this.#gits = gits;
    this.#silence = gits?.silence ?? SILENCE_MS;
    const settings = [...context.settings, ...(options.settings ?? [])].flatMap((setting) => ['-c', setting]);
    const child: ChildProcessWithoutNullStreams = spawn('git', [...settings, ...args], {
      cwd: context.directory,
      env: { ...context.environment, ...options.environment },
      // A process group of its own: so a limit ends its children too, and Ctrl-C does not reach a half-written commit.
      detached: true,
      windowsHide: true,
    });
    if (child.stdin === undefined) {
      // Without free file descriptors, node makes no streams, and says why only later, when nobody listens.
      child.on('error', () => undefined);
      throw new Error('git cannot be started: too many files are open.');
    }
    this.#child = child;
    gits?.begun(this);
    // A git that ends early closes its input; its exit code says so, and the broken pipe says nothing more.
    child.stdin.on('error', () => undefined);
    child.stderr.on('data', () => this.#heard());
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    void this.#exited.then(() => gits?.ended(this));
    this.#closed = new Promise((resolve, reject) => {
      child.once('close', resolve);
      child.once('error', reject);
    });
    // Anyone who waits for it hears of a git that could not be started.
    this.#closed.catch(() => undefined);
  }

  /** Gives it something to read. */
  write(input: string | Buffer): void {
    this.#child.stdin.write(input);
  }

  /** Gives it the last that it has to read. */
  end(input: string | Buffer = ''): void {
    this.#child.stdin.end(input);
  }

  /** Hands over what it prints, as it comes. */
  onOutput(listener: (chunk: Buffer) => void): void {
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#heard();
      listener(chunk);
    });
  }

  /** Hands over what it says on its standard error, as it comes. */
  onWords(listener: (words: string) => void): void {
    this.#child.stderr.setEncoding('utf8').on('data', listener);
  }

  /** Is called once, when it has ended and all that it said was handed over, or could not be started. */
  onEnd(listener: (end: { readonly code: number | null } | Error) => void): void {
    this.#closed.then((code) => listener({ code }), listener);
  }

  /** All that it prints, waited for piece by piece. While the caller is busy with one, no time passes. */
  async *output(): AsyncGenerator<Buffer> {
    const chunks = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    try {
      for (;;) {
        const chunk = await this.wait(chunks.next());
        if (chunk.done) return;
        yield chunk.value;
      }
    } finally {
      this.#child.stdout.destroy();
    }
  }

  /** Waits for its end; answers its exit code, `null` if a signal ended it. */
  code(): Promise<number | null> {
    return this.wait(this.#closed);
  }

  /**
   * Waits for something that it has to do. A git that does nothing for {@link Gits.silence} ms is ended with all its
   * children, and this rejects with {@link GitHung}. One that works, or waits for a slow disk, is left to it.
   */
  wait<Value>(work: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#hung) return reject(this.#hung);
      this.#waiters.add(reject);
      if (this.#waiters.size === 1) this.#startClock();
      work.then(resolve, reject).finally(() => {
        this.#waiters.delete(reject);
        if (this.#hung) return;
        this.#gits?.answered(this.command);
        if (this.#waiters.size === 0) clearTimeout(this.#timer);
      });
    });
  }

  /** Signals it and the helpers that it started, which would outlive it and keep a connection open. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended on its own.
    }
  }

  /** Ends it: at the end of its input, or by force. Resolves when it is gone, after three seconds at the latest. */
  async stop(): Promise<void> {
    this.end();
    if (await this.#isGone(LAST_CALL_MS)) return;
    this.kill();
    await this.#isGone(LAST_RESORT_MS);
  }

  async #isGone(limit: number): Promise<boolean> {
    const given = new AbortController();
    const late = delay(limit, false, { signal: given.signal, ref: false }).catch(() => false);
    const isGone = await Promise.race([this.#exited.then(() => true), late]);
    given.abort();
    return isGone;
  }

  #startClock(): void {
    this.#looks = 0;
    this.#used = -1;
    this.#timer = setTimeout(() => void this.#look(), this.#silence / LOOKS);
  }

  #heard(): void {
    this.#looks = 0;
    if (this.#waiters.size > 0) this.#timer?.refresh();
  }

  async #look(): Promise<void> {
    this.#looks += 1;
    const { pid } = this.#child;
    const activity = pid === undefined ? undefined : await activityOf(pid);
    // What it said in the meantime, or while this program itself was held up, has been read by now.
    if (this.#looks === 0 || this.#waiters.size === 0) return;
    if (activity && activity.used !== this.#used) this.#looks = 1;
    this.#used = activity?.used ?? -1;
    if (this.#looks >= LOOKS * (activity === undefined ? BLIND : activity.waitsForDisk ? SLOW_DISK : 1)) {
      return this.#giveUp();
    }
    if (this.#looks > 1) this.#gits?.silent(this.command);
    this.#timer?.refresh();
  }

  #giveUp(): void {
    const hung = new GitHung(this.command, this.#silence);
    this.#hung = hung;
    this.kill();
    this.#gits?.hung(this.command, this.#began);
    for (const reject of [...this.#waiters]) reject(hung);
  }
}
