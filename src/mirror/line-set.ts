import { IdIndex } from './files/id-index.ts';

/** Which lines are among some, by their hashes: in typed arrays, so a million of them take at most 40 MB. */
export class LineSet {
  readonly #index = new IdIndex();

  get size(): number {
    return this.#index.size;
  }

  /** @param hash the SHA-256 of a line in hex: half of its digits tell it from every other line */
  add(hash: string): void {
    // The index reads the digits that a UUID has, and passes over four in between.
    this.#index.set(hash, 0);
  }

  /** Whether a line is in it, by its hash. */
  has(hash: string): boolean {
    return this.#index.get(hash) !== undefined;
  }
}
