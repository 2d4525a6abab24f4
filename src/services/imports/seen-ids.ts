/** Which ids an import has met: 8 bytes for each, so that millions of them fit. */
export class SeenIds {
  #slots = new BigUint64Array(1 << 12);
  #size = 0;

  /** Notes an id; whether it was there before. Two ids that share their first 64 bits, which no import has, are one. */
  add(id: string): boolean {
    if (this.#size * 2 > this.#slots.length) this.#grow();
    // 0 marks a free place.
    const value = BigInt(`0x${id.replaceAll('-', '').slice(0, 16)}`) || 1n;
    if (!put(this.#slots, value)) return true;
    this.#size += 1;
    return false;
  }

  #grow(): void {
    const larger = new BigUint64Array(this.#slots.length * 2);
    for (const value of this.#slots) if (value !== 0n) put(larger, value);
    this.#slots = larger;
  }
}

/** Puts a value into its place; false if it is there already. */
function put(slots: BigUint64Array, value: bigint): boolean {
  const mask = slots.length - 1;
  let at = Number((value * 0x9e3779b97f4a7c15n) & BigInt(mask));
  for (; slots[at] !== 0n; at = (at + 1) & mask) if (slots[at] === value) return false;
  slots[at] = value;
  return true;
}
