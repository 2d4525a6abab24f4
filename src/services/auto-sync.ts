/** What an automatic sync needs from a repository. */
export interface Syncable {
  readonly name: string;
  readonly sync: () => Promise<{ readonly isTrouble: boolean }>;
}

/** GitHub recommends at most six pushes a minute per repository. */
const SHORTEST_MS = 10_000;
const LONGEST_MS = 15 * 60_000;

/**
 * Syncs each repository at an interval, so messages captured in between are pushed together. While a remote is
 * unreachable or refuses, the pauses grow. They are randomised, so many machines do not return at the same moment.
 */
export class AutoSync {
  #interval: number;
  readonly #repositories: () => readonly Syncable[];
  readonly #next = new Map<string, { at: number; failures: number }>();
  readonly #running = new Set<string>();
  #isOn = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param seconds between two syncs; 0 for never */
  constructor(seconds: number, repositories: () => readonly Syncable[]) {
    this.#interval = seconds * 1000;
    this.#repositories = repositories;
  }

  start(): void {
    this.#isOn = true;
    if (this.#interval === 0) return;
    this.#timer = setInterval(() => this.#tick(), Math.min(1000, this.#interval));
    this.#timer.unref();
  }

  stop(): void {
    this.#isOn = false;
    clearInterval(this.#timer);
  }

  /** Changes the interval; 0 for never. */
  every(seconds: number): void {
    if (seconds * 1000 === this.#interval) return;
    this.#interval = seconds * 1000;
    // What was scheduled with the old interval may be far in the future.
    this.#next.clear();
    if (!this.#isOn) return;
    this.stop();
    this.start();
  }

  /** Takes note of a sync that a person requested: its result says whether there is still a reason to back off. */
  heard(name: string, isTrouble: boolean): void {
    this.#plan(name, isTrouble ? 1 : 0);
  }

  #tick(): void {
    const now = Date.now();
    for (const repository of this.#repositories()) {
      const next = this.#next.get(repository.name) ?? { at: now + this.#interval, failures: 0 };
      this.#next.set(repository.name, next);
      if (now < next.at || this.#running.has(repository.name)) continue;
      void this.#run(repository, next.failures);
    }
  }

  async #run(repository: Syncable, failures: number): Promise<void> {
    this.#running.add(repository.name);
    const { isTrouble } = await repository.sync().catch(() => ({ isTrouble: true }));
    this.#running.delete(repository.name);
    this.#plan(repository.name, isTrouble ? failures + 1 : 0);
  }

  #plan(name: string, failures: number): void {
    this.#next.set(name, { at: Date.now() + pauseAfter(this.#interval, failures), failures });
  }
}

/** Milliseconds until the next automatic sync, after this many failures in a row. */
export function pauseAfter(interval: number, failures: number, chance = Math.random()): number {
  const usual = Math.max(interval, SHORTEST_MS);
  if (failures === 0) return usual;
  return Math.min(usual * 2 ** failures, Math.max(LONGEST_MS, usual)) * (0.75 + chance / 2);
}
