import { readdir } from 'node:fs/promises';
import { gitPath } from '../../git/clone.ts';
import { run } from '../../git/run.ts';
import type { Clone } from './clone.ts';

/** Each batch leaves one small pack; with many of them every git command gets slower. */
const MANY_PACKS = 50;
/** So many are packed together even while messages keep coming. */
const TOO_MANY_PACKS = 250;
const IDLE_MS = 1500;

/** Packs a clone's many small packs together, off the write path: when nobody has written for a moment. */
export class Maintenance {
  readonly #clone: Clone;
  readonly #onTrouble: (error: unknown) => void;
  /** As counted last, and those made since. */
  #packs = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(clone: Clone, onTrouble: (error: unknown) => void) {
    this.#clone = clone;
    this.#onTrouble = onTrouble;
  }

  /** Is told of each batch. */
  batchDone(): void {
    if (this.#closed) return;
    this.#packs += 1;
    if (this.#running) return;
    clearTimeout(this.#timer);
    const pause = this.#packs > TOO_MANY_PACKS ? 0 : IDLE_MS;
    this.#timer = setTimeout(() => {
      this.#running = this.#maintain()
        .catch(this.#onTrouble)
        .finally(() => {
          this.#running = undefined;
        });
    }, pause);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #maintain(): Promise<void> {
    this.#packs = await this.#countPacks();
    if (this.#packs < MANY_PACKS) return;
    // Takes what all small packs hold into one, reachable or not, so that nothing that is being written is lost.
    const settings = ['pack.threads=1', 'core.compression=-1'];
    const args = ['repack', '-q', '-d', '--geometric=2', '--no-write-bitmap-index'];
    await run(this.#clone.git, args, { settings });
    // The one that writes knows the packs that it wrote, which are gone.
    await this.#clone.lock.run(() => this.#clone.importer.close());
    this.#packs = await this.#countPacks();
  }

  async #countPacks(): Promise<number> {
    const files = await readdir(await gitPath(this.#clone.git, 'objects/pack')).catch(() => []);
    return files.filter((file) => file.endsWith('.pack')).length;
  }
}
