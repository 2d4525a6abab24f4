import type { Growth } from '../contract/repository.ts';
import { countObjects } from '../git/objects.ts';
import { countApart } from '../git/refs.ts';
import { countFiles } from '../git/tree.ts';
import type { Clone } from './clone.ts';

/** How long who asks waits for a large clone to be counted before the last known figures are told, in milliseconds. */
const PATIENCE_MS = 300;

const UNKNOWN: Growth = { commits: null, files: null, size: null };

/** Counts how large a clone has grown, only when it is asked for and the branch has moved since. */
export class GrowthMeter {
  readonly #clone: Clone;
  readonly #onCounted: () => void;
  #known: Growth = UNKNOWN;
  #tip: string | null = null;
  #running: Promise<void> | undefined;

  /** @param onCounted is told whenever there are new figures */
  constructor(clone: Clone, onCounted: () => void) {
    this.#clone = clone;
    this.#onCounted = onCounted;
  }

  /** As counted last; `null` where it was not counted yet. */
  get known(): Growth {
    return this.#known;
  }

  /** Resolves when the figures are those of now, or after a moment where that takes long. */
  async look(): Promise<void> {
    const { tip } = this.#clone;
    if (tip === this.#tip && this.#known !== UNKNOWN) return;
    this.#running ??= this.#count(tip)
      .catch(() => {
        // The commit that was counted to is gone; whoever asks next has all of it counted.
        [this.#known, this.#tip] = [UNKNOWN, null];
      })
      .finally(() => {
        this.#running = undefined;
      });
    await Promise.race([this.#running, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref())]);
  }

  async #count(tip: string | null): Promise<void> {
    const { git } = this.#clone;
    const { size } = await countObjects(git);
    const files = tip === null ? 0 : await countFiles(git, tip);
    // Only what is new is counted, so that a hundred thousand commits are walked once.
    const { ahead, behind } = await countApart(git, tip, this.#tip);
    this.#known = { commits: (this.#known.commits ?? 0) + ahead - behind, files, size };
    this.#tip = tip;
    this.#onCounted();
  }
}
