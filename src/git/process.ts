import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { activityOf } from './activity.ts';
import { type Gits, SILENCE_MS } from './gits.ts';
import { LaunchedChild } from './launcher/child.ts';
import type { Launcher } from './launcher/launcher.ts';
import { signalGroup, spawnGit } from './launcher/spawn.ts';

/** Where and how git runs: everything that our commands need besides their arguments. */
export interface GitContext {
  /** The clone's folder. */
  readonly directory: string;
  /** The complete environment of the child. Nothing else is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Settings as `key=value`, passed to each command with `-c`, so a person's own settings change nothing. */
  readonly settings: readonly string[];
  /** The git processes running in the clone; absent if there is no clone. */
  readonly gits?: Gits;
  /** Starts the git processes; if absent, this process does it itself. */
  readonly launcher?: Launcher | undefined;
  /**
   * Whether the folder still holds the clone that it held when it was opened: a person may put another one in its
   * place at any time. Absent if nobody watches that.
   */
  readonly isHere?: () => Promise<boolean>;
}

/** git ended in a way that the caller did not expect. This is never caused by something a person did. */
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

/** A git process did nothing for so long that it was killed. It may still have done what was asked. */
export class GitHung extends GitError {
  constructor(command: string, milliseconds: number) {
    const stderr = `git ${command} did nothing for ${Math.round(milliseconds / 1000)} seconds and was ended`;
    super(command, { code: null, stderr });
    this.name = 'GitHung';
  }
}

/** The clone was closed, so no git may start in it: it is being renamed or removed, or the program is ending. */
export class GitClosed extends GitError {
  constructor(command: string) {
    super(command, { code: null, stderr: 'the repository is being closed' });
    this.name = 'GitClosed';
  }
}

export interface ProcessOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly settings?: readonly string[];
  /** For a git that is asked many times: it is started here, since each answer takes one step less that way. */
  readonly stays?: boolean;
}

/** How many times a git process is checked during the time in which it may do nothing. */
const CHECKS = 4;
/** The time is multiplied by these if it waits for the disk, and if the system does not reveal what it does. */
const [SLOW_DISK, BLIND] = [6, 3];
/** How long git may take to finish after the end of its input, and the system to kill it. */
const [LAST_CALL_MS, LAST_RESORT_MS] = [2000, 1000];

/**
 * A running git process. Nobody outside can reach its streams or wait for it without a limit: every wait goes through
 * {@link wait}, which kills a process that does nothing.
 */
export class GitProcess {
  readonly command: string;
  readonly #child: LaunchedChild | ChildProcessWithoutNullStreams;
  readonly #gits: Gits | undefined;
  readonly #silence: number;
  readonly #began = Date.now();
  readonly #waiters = new Set<(error: Error) => void>();
  readonly #exited: Promise<void>;
  readonly #closed: Promise<number | null>;
  #timer: NodeJS.Timeout | undefined;
  /** How many checks there were since it last did something, and how much it had done by then. */
  #checks = 0;
  #used = -1;
  #hung: GitHung | undefined;

  constructor(context: GitContext, args: readonly string[], options: ProcessOptions = {}) {
    const { gits } = context;
    this.command = args.find((arg) => /^[a-z]/.test(arg)) ?? '';
    if (gits?.isClosed) throw new GitClosed(this.command);
    this.#gits = gits;
    this.#silence = gits?.silence ?? SILENCE_MS;
    const settings = [...context.settings, ...(options.settings ?? [])].flatMap((setting) => ['-c', setting]);
    const start = {
      args: [...settings, ...args],
      directory: context.directory,
      environment: { ...context.environment, ...options.environment },
    };
    const launcher = options.stays ? undefined : context.launcher;
    const child = launcher?.start(start) ?? spawnGit(start);
    this.#child = child;
    gits?.begun(this);
    // A git that ends early closes its input. The exit code says so; the broken pipe adds nothing.
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
    // Anyone who waits for it gets the error if git could not be started.
    this.#closed.catch(() => undefined);
  }

  /** Writes to its input. */
  write(input: string | Buffer): void {
    this.#child.stdin.write(input);
  }

  /** Writes the last of its input and closes it. */
  end(input: string | Buffer = ''): void {
    this.#child.stdin.end(input);
  }

  /** Calls the listener with its output as it arrives. */
  onOutput(listener: (chunk: Buffer) => void): void {
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#heard();
      listener(chunk);
    });
  }

  /** Calls the listener with its standard error as it arrives. */
  onWords(listener: (words: string) => void): void {
    this.#child.stderr.setEncoding('utf8').on('data', listener);
  }

  /** Calls the listener once: when it has ended and all its output was delivered, or if it could not be started. */
  onEnd(listener: (end: { readonly code: number | null } | Error) => void): void {
    this.#closed.then((code) => listener({ code }), listener);
  }

  /**
   * Its whole output, chunk by chunk. Waiting for each chunk is limited; the time the caller spends on one does not
   * count.
   */
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

  /** Waits for its end. Resolves to the exit code, or `null` if a signal ended it. */
  code(): Promise<number | null> {
    return this.wait(this.#closed);
  }

  /**
   * Waits for something that it has to do. If git does nothing for {@link Gits.silence} ms, it is killed with all its
   * children, and this rejects with {@link GitHung}. A git that is working, or waiting for a slow disk, is left
   * alone.
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

  /** Signals it and the helpers it started, which would otherwise outlive it and keep a connection open. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.#child instanceof LaunchedChild) this.#child.kill(signal);
    else signalGroup(this.#child.pid, signal);
  }

  /** Ends it by closing its input, or else by force. Resolves when it is gone, after three seconds at the latest. */
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
    this.#checks = 0;
    this.#used = -1;
    this.#timer = setTimeout(() => void this.#check(), this.#silence / CHECKS);
  }

  #heard(): void {
    this.#checks = 0;
    if (this.#waiters.size > 0) this.#timer?.refresh();
  }

  async #check(): Promise<void> {
    this.#checks += 1;
    const { pid } = this.#child;
    const activity = pid === undefined ? undefined : await activityOf(pid);
    // Output that arrived in the meantime, or while this program itself was held up, has been read by now.
    if (this.#checks === 0 || this.#waiters.size === 0) return;
    if (activity && activity.used !== this.#used) this.#checks = 1;
    this.#used = activity?.used ?? -1;
    if (this.#checks >= CHECKS * (activity === undefined ? BLIND : activity.waitsForDisk ? SLOW_DISK : 1)) {
      return this.#giveUp();
    }
    if (this.#checks > 1) this.#gits?.silent(this.command);
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
