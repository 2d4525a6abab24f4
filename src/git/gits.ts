import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds in which a git that somebody waits for must do something: write a byte, compute, read or write. */
export const SILENCE_MS = 10_000;

/** So many times the silence, it is believed that a git hangs that nobody has asked since. */
const KNOWN_FOR = 6;

/** How long gits may take to come to their end on their own, and after they were asked to. In milliseconds. */
const [OWN_END_MS, ASKED_END_MS] = [3000, 1000];

/** A git that can be stopped. */
interface Ended {
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void;
}

/**
 * The gits that are at work in one clone. All of them are known, so a clone can be closed: then none is at work in its
 * folder any more, and none starts again.
 */
export class Gits {
  /** See {@link SILENCE_MS}. */
  readonly silence: number;
  readonly #onHung: (since: number) => void;
  readonly #running = new Set<Ended>();
  /** When a command was last found to hang. */
  readonly #hanging = new Map<string, number>();
  #isClosed = false;

  /** @param onHung hears of a git that was ended because it did nothing, and since when (ms since 1970) it ran */
  constructor(silence: number = SILENCE_MS, onHung: (since: number) => void = () => undefined) {
    this.silence = silence;
    this.#onHung = onHung;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The commands that do not answer, as was found a moment ago; one that nobody asks again is let go. */
  get hanging(): readonly string[] {
    const since = performance.now() - KNOWN_FOR * this.silence;
    return [...this.#hanging].filter(([, at]) => at > since).map(([command]) => command);
  }

  /** Notes that a git has begun. */
  begun(git: Ended): void {
    this.#running.add(git);
  }

  /** Notes that a git is gone. */
  ended(git: Ended): void {
    this.#running.delete(git);
  }

  /** Notes that somebody waits for a git that does nothing. */
  silent(command: string): void {
    this.#hanging.set(command, performance.now());
  }

  /** Notes that a git has done what was asked of it. */
  answered(command: string): void {
    this.#hanging.delete(command);
  }

  /** Notes that a git was ended because it did nothing. */
  hung(command: string, since: number): void {
    this.#hanging.set(command, performance.now());
    this.#onHung(since);
  }

  /** Lets no further git begin, and ends those that run. False if one of them can't be ended, as on a dead disk. */
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
