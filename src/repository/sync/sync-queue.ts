import { Mutex } from '../../async/mutex.ts';
import type { SyncResult } from '../../contract/repository.ts';

interface PlannedSync {
  readonly push: boolean;
  readonly result: Promise<SyncResult>;
}

/**
 * One sync at a time. Anyone who asks during a sync gets the result of the next one, together with all others who asked
 * meanwhile: so it covers whatever was captured before it was asked for.
 */
export class SyncQueue {
  readonly #work: (push: boolean) => Promise<SyncResult>;
  readonly #ready: () => Promise<void>;
  readonly #mutex = new Mutex();
  #next: PlannedSync | undefined;

  /** @param ready resolves when a sync can begin; until then all who ask share it */
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

  /** Resolves when the syncs that were asked for have ended. */
  ended(): Promise<void> {
    return this.#mutex.run(async () => undefined);
  }
}
