import { Mutex } from '../../async/mutex.ts';
import type { SyncResult } from '../../contract/repository.ts';
import type { SyncGoal } from '../../domain/repository.ts';

interface PlannedSync {
  readonly goal: SyncGoal;
  readonly result: Promise<SyncResult>;
}

/**
 * Runs one sync at a time. All requests that arrive during a sync share the next one, so a request always covers what
 * was captured before it.
 */
export class SyncQueue {
  readonly #work: (goal: SyncGoal) => Promise<SyncResult>;
  readonly #ready: () => Promise<void>;
  readonly #mutex = new Mutex();
  #next: PlannedSync | undefined;

  /** @param ready resolves when a sync can begin; until then all requests share it */
  constructor(ready: () => Promise<void>, work: (goal: SyncGoal) => Promise<SyncResult>) {
    this.#ready = ready;
    this.#work = work;
  }

  /** Plans a sync, or joins one that has not begun: a push does all that a pull does. Resolves to its result. */
  run(goal: SyncGoal): Promise<SyncResult> {
    if (this.#next && (this.#next.goal === 'push' || goal === 'pull')) return this.#next.result;
    const next: PlannedSync = {
      goal,
      result: this.#mutex.run(async () => {
        await this.#ready();
        if (this.#next === next) this.#next = undefined;
        return this.#work(goal);
      }),
    };
    this.#next = next;
    return next.result;
  }

  /** Resolves when the requested syncs have ended. */
  ended(): Promise<void> {
    return this.#mutex.run(async () => undefined);
  }
}
