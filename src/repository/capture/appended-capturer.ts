import { setTimeout as delay } from 'node:timers/promises';
import type { Clone } from '../../clone/clone.ts';
import type { Follower } from '../follow/follow.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import { appendedCommit, findAppended } from './appended.ts';
import type { Capturer } from './capture.ts';

/** Slightly longer than the second for which a file must not have changed. */
const PAUSE_MS = 1050;
/** How many times to look before a branch is switched, if programs keep appending. */
const ATTEMPTS = 4;

interface Ports {
  readonly clone: Clone;
  readonly follower: Follower;
  readonly reconciler: Reconciler;
  readonly capturer: Capturer;
  /** Resolves to whether lines can be captured into the clone, once that is known. */
  readonly whenUsable: () => Promise<boolean>;
  readonly onTrouble: (error: unknown) => void;
}

/** Captures what other programs append to journals of their own, once the file has not changed for a second. */
export class AppendedCapturer {
  readonly #ports: Ports;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /**
   * Captures what programs have appended so far, before another branch is checked out: git would refuse that because
   * of the changed files, and what is appended is only captured on the branch that is checked out. Waits for a file
   * that is still being written, for four seconds at most.
   */
  async now(): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#isClosed; attempt += 1) {
      const isRestless = await this.#run().catch((error: unknown) => {
        this.#ports.onTrouble(error);
        return false;
      });
      if (!isRestless) return;
      await delay(PAUSE_MS);
    }
  }

  soon(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#running = this.#run()
        .then((isRestless) => (isRestless ? this.soon() : undefined))
        .catch(this.#ports.onTrouble);
    }, PAUSE_MS);
  }

  /** Starts nothing new. */
  stop(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Resolves when everything that was started has finished. */
  ended(): Promise<void> {
    return this.#running;
  }

  /** Captures the files that are at rest. Resolves to whether there are others. */
  async #run(): Promise<boolean> {
    const { clone, follower, reconciler, capturer, whenUsable } = this.#ports;
    if (!(await whenUsable())) return false;
    await follower.now();
    return clone.mutex.run(async (held) => {
      await reconciler.run(held);
      const found = await findAppended(clone);
      const commits = found.ready.map((appended) => appendedCommit(appended, clone));
      await capturer.commitFiles(held, commits);
      return found.restless;
    });
  }
}
