import { estimateObjects } from '../git/objects.ts';
import { writeCommitGraph } from '../git/refs.ts';
import { run } from '../git/run.ts';
import type { Clone } from './clone.ts';

/** Each batch of captures leaves one small pack. Many packs slow down every git command. */
const MANY_PACKS = 50;
/** Merges and small fetches leave loose objects, one file each. */
const MANY_LOOSE = 2000;
/** After this many changes, maintenance no longer waits for a quiet moment. */
const MANY_CHANGES = 250;
const IDLE_MS = 1500;

/**
 * Keeps a clone fast without slowing down captures: when nobody has written for a moment, packs its many small packs
 * and loose objects together and writes a commit-graph.
 */
export class Maintenance {
  readonly #clone: Clone;
  readonly #onTrouble: (error: unknown) => void;
  readonly #abort = new AbortController();
  /** At most how many packs there are: the last count plus one for each change since. */
  #packs = 0;
  #sinceCounted = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(clone: Clone, onTrouble: (error: unknown) => void) {
    this.#clone = clone;
    this.#onTrouble = onTrouble;
  }

  /** Called after each batch of captures and each sync. */
  changed(): void {
    if (this.#abort.signal.aborted) return;
    this.#packs += 1;
    this.#sinceCounted += 1;
    if (this.#running) return;
    clearTimeout(this.#timer);
    const pause = Math.max(this.#packs, this.#sinceCounted) > MANY_CHANGES ? 0 : IDLE_MS;
    this.#timer = setTimeout(() => {
      this.#running = this.#maintain()
        .catch(this.#onTrouble)
        .finally(() => {
          this.#running = undefined;
        });
    }, pause);
    this.#timer.unref();
  }

  /** Stops what is running. That is safe, since git keeps all objects where they are. */
  async close(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #maintain(): Promise<void> {
    const { packs, loose } = await this.#count();
    if (packs < MANY_PACKS && loose < MANY_LOOSE) return;
    const { git, mutex, importer, blobs, mover } = this.#clone;
    const { signal } = this.#abort;
    // A running fast-import keeps its packs from being repacked. The next one only protects its own.
    await mutex.run(() => importer.close());
    // Combines all small packs into one, including unreachable objects, so nothing that is being written is lost.
    const settings = ['pack.threads=1', 'core.compression=-1'];
    const args = ['repack', '-q', '-d', '--geometric=2', '--no-write-bitmap-index'];
    await run(git, args, { settings, signal });
    // git never forgets a pack that it has met: one process for thousands of batches would search thousands of packs
    // that are gone, for everything that is in none of them.
    blobs.renew();
    await mover.renew();
    await writeCommitGraph(git, signal);
    await this.#count();
  }

  async #count() {
    const counts = await estimateObjects(this.#clone.git);
    this.#packs = counts.packs;
    this.#sinceCounted = 0;
    return counts;
  }
}
