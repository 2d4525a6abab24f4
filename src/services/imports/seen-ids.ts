import { randomBytes } from 'node:crypto';

/** The set of ids that an import has seen: 8 bytes each, so it can hold millions. */
export class SeenIds {
  #slots = new BigUint64Array(1 << 12);
  #size = 0;
  /** Odd and random, so someone who chooses the ids cannot choose their slots (multiply-shift hashing). */
  readonly #factor = randomBytes(8).readBigUInt64LE() | 1n;

  /**
   * Adds an id. Returns whether it was already there. Two ids count as the same if the exclusive or of their halves
   * is equal.
   */
  add(id: string): boolean {
    if (this.#size * 2 > this.#slots.length) this.#grow();
    const hex = id.replaceAll('-', '');
    // Both halves are used, since ids of the same millisecond, or numbered by someone, share one of them.
    const value = BigInt(`0x${hex.slice(0, 16)}`) ^ BigInt(`0x${hex.slice(16)}`);
    // 0 marks a free slot.
    if (!this.#put(this.#slots, value || 1n)) return true;
    this.#size += 1;
    return false;
  }

  #grow(): void {
    const larger = new BigUint64Array(this.#slots.length * 2);
    for (const value of this.#slots) if (value !== 0n) this.#put(larger, value);
    this.#slots = larger;
  }

  /** Puts a value into its slot. Returns false if it is already there. */
  #put(slots: BigUint64Array, value: bigint): boolean {
    const bits = BigInt(Math.log2(slots.length));
    let at = Number(BigInt.asUintN(64, value * this.#factor) >> (64n - bits));
    for (; slots[at] !== 0n; at = (at + 1) % slots.length) if (slots[at] === value) return false;
    slots[at] = value;
    return true;
  }
}
