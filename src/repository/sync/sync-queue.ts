import { Mutex } from '../../async/mutex.ts';
import type { SyncResult } from '../../contract/repository.ts';

interface PlannedSync {
  readonly push: boolean;
  readonly result: Promise<SyncResult>;
}

/**
 * Runs one sync at a time. All requests that arrive during a sync share the next one, so a request always covers what
 * was captured before it.
 */
export class SyncQueue {
  readonly #work: (push: boolean) => Promise<SyncResult>;
  readonly #ready: () => Promise<void>;
  readonly #mutex = new Mutex();
  #next: PlannedSync | undefined;

  /** @param ready resolves when a sync can begin; until then all requests share it */
  constructor(ready: () => Promise<void>, work: (push: boolean) => Promise<SyncResult>) {
    this.#ready = ready;
    this.#work = work;
  }

  run(push: boolean): Promise<SyncResult> {
    if (this.#next && (this.#next.push || !push)) return this.#next.result;
    const next: PlannedSync = {
      push,
      result: this.#mutex.run(async () => {
        await this.#ready();
        if (this.#next === next) this.#next = undefined;
        return this.#work(push);
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
