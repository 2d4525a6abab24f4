import { IdIndex } from './files/id-index.ts';

/** A set of lines, by their hashes, in typed arrays. A million of them take at most 40 MB. */
export class LineSet {
  readonly #index = new IdIndex();

  get size(): number {
    return this.#index.size;
  }

  /** @param hash the SHA-256 of a line in hex; half of its digits are enough to identify it */
  add(hash: string): void {
    // The index reads only the digits where a UUID has them, and skips four in between.
    this.#index.set(hash, 0);
  }

  /** Whether a line with this hash is in the set. */
  has(hash: string): boolean {
    return this.#index.get(hash) !== undefined;
  }
}
