import { setTimeout as delay } from 'node:timers/promises';

/**
 * How long a git process that someone is waiting for may do nothing: write no byte, compute nothing, read and write
 * nothing. In milliseconds.
 */
export const SILENCE_MS = 10_000;

/** A command that hung is reported for this many times the silence, unless it is found hanging again. */
const KNOWN_FOR = 6;

/** How long git processes get to finish on their own, and after they were asked to. In milliseconds. */
const [OWN_END_MS, ASKED_END_MS] = [3000, 1000];

/** A git process that can be stopped. */
interface Ended {
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void;
}

/**
 * The git processes running in one clone. Since all of them are known, a clone can be closed: afterwards none is
 * running in its folder, and none is started again.
 */
export class Gits {
  /** See {@link SILENCE_MS}. */
  readonly silence: number;
  readonly #onHung: (since: number) => void;
  readonly #running = new Set<Ended>();
  /** When a command was last found hanging. */
  readonly #hanging = new Map<string, number>();
  #isClosed = false;

  /**
   * @param onHung called when a git process was killed because it did nothing, with the time at which it started (ms
   *   since 1970)
   */
  constructor(silence: number = SILENCE_MS, onHung: (since: number) => void = () => undefined) {
    this.silence = silence;
    this.#onHung = onHung;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The commands found hanging a short while ago. A command that is not used again drops off this list. */
  get hanging(): readonly string[] {
    const since = performance.now() - KNOWN_FOR * this.silence;
    return [...this.#hanging].filter(([, at]) => at > since).map(([command]) => command);
  }

  /** Records that a git process has started. */
  begun(git: Ended): void {
    this.#running.add(git);
  }

  /** Records that a git process has ended. */
  ended(git: Ended): void {
    this.#running.delete(git);
  }

  /** Records that someone is waiting for a git process that does nothing. */
  silent(command: string): void {
    this.#hanging.set(command, performance.now());
  }

  /** Records that a git process has done what was asked of it. */
  answered(command: string): void {
    this.#hanging.delete(command);
  }

  /** Records that a git process was killed because it did nothing. */
  hung(command: string, since: number): void {
    this.#hanging.set(command, performance.now());
    this.#onHung(since);
  }

  /**
   * Lets no further git process start, and ends those that are running. Resolves to false if one cannot be ended, for
   * example because of a dead disk.
   */
  async close(): Promise<boolean> {
    this.#isClosed = true;
    if (await this.#areEnded(OWN_END_MS)) return true;
    for (const git of this.#running) git.kill('SIGTERM');
    if (await this.#areEnded(ASKED_END_MS)) return true;
    for (const git of this.#running) git.kill('SIGKILL');
    return this.#areEnded(ASKED_END_MS);
  }

  async #areEnded(limit: number): Promise<boolean> {
    const deadline = performance.now() + limit;
    while (this.#running.size > 0) {
      if (performance.now() > deadline) return false;
      await delay(10);
    }
    return true;
  }
}
