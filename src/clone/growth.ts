import type { CloneProblem, Growth } from '../contract/repository.ts';
import { countObjects } from '../git/objects.ts';
import { countApart } from '../git/refs.ts';
import { countFiles } from '../git/tree.ts';
import type { Clone } from './clone.ts';

/** How long to wait for a large clone to be measured before the last known figures are returned. In milliseconds. */
const PATIENCE_MS = 300;

/**
 * GitHub recommends keeping a repository below 10 GB on disk.
 * @see https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits
 */
const [RECOMMENDED_BYTES, NEARLY] = [10e9, 0.9];

/** A problem to report if a clone comes close to the size that GitHub recommends. */
export function sizeProblems({ size }: Growth): readonly CloneProblem[] {
  if (size === null || size < NEARLY * RECOMMENDED_BYTES) return [];
  const reason = `takes ${(size / 1e9).toFixed(1)} GB. GitHub recommends staying below 10 GB. Put large files into a repository of their own; docs/files.md says what they cost.`;
  return [{ file: '.git', line: null, reason }];
}

const UNKNOWN: Growth = { commits: null, files: null, size: null };

/** Measures a clone, but only on request and if the branch has moved since the last time. */
export class GrowthMeter {
  readonly #clone: Clone;
  readonly #onCounted: () => void;
  #known: Growth = UNKNOWN;
  #tip: string | null = null;
  #running: Promise<void> | undefined;

  /** @param onCounted called whenever there are new figures */
  constructor(clone: Clone, onCounted: () => void) {
    this.#clone = clone;
    this.#onCounted = onCounted;
  }

  /** As measured last; `null` values if it was not measured yet. */
  get known(): Growth {
    return this.#known;
  }

  /** Resolves when the figures are up to date, or after 300 ms if that takes longer. */
  async measure(): Promise<void> {
    const { tip } = this.#clone;
    if (tip === this.#tip && this.#known !== UNKNOWN) return;
    this.#running ??= this.#count(tip)
      .catch(() => {
        // The commit counted up to is gone, so everything is counted the next time.
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
    // Only new commits are counted, so a history of a hundred thousand commits is walked once.
    const { ahead, behind } = await countApart(git, tip, this.#tip);
    this.#known = { commits: (this.#known.commits ?? 0) + ahead - behind, files, size };
    this.#tip = tip;
    this.#onCounted();
  }
}
