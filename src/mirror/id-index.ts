/** The table as plain data: the words of its arrays in base64. */
export interface StoredIds {
  readonly size: number;
  readonly keys: string;
  readonly shards: string;
}

/**
 * Finds the shard of a message by its id: an open-addressed hash table in typed arrays, since a million entries
 * of a `Map` would take ten times the memory. Ids are UUIDs, 16 bytes each.
 */
export class IdIndex {
  #keys: Uint32Array = new Uint32Array(4 * 1024);
  /** The shard's number + 1; 0 where the slot is free. */
  #shards: Uint32Array = new Uint32Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: string): number | undefined {
    const shard = this.#shards[this.#slot(wordsOf(id))] ?? 0;
    return shard === 0 ? undefined : shard - 1;
  }

  set(id: string, shard: number): void {
    const words = wordsOf(id);
    const slot = this.#slot(words);
    if (this.#shards[slot] === 0) {
      this.#size += 1;
      this.#keys.set(words, slot * 4);
    }
    this.#shards[slot] = shard + 1;
    if (this.#size * 3 > this.#shards.length * 2) this.#grow();
  }

  /** The words of the table as plain data, for keeping. */
  toJSON(): StoredIds {
    return { size: this.#size, keys: encode(this.#keys), shards: encode(this.#shards) };
  }

  static fromJSON(data: StoredIds): IdIndex {
    const index = new IdIndex();
    index.#size = data.size;
    index.#keys = decode(data.keys);
    index.#shards = decode(data.shards);
    return index;
  }

  #slot(words: Words): number {
    const mask = this.#shards.length - 1;
    let slot = mix(words) & mask;
    while (this.#shards[slot] !== 0 && !this.#holds(slot, words)) slot = (slot + 1) & mask;
    return slot;
  }

  #holds(slot: number, words: Words): boolean {
    return words.every((word, index) => this.#keys[slot * 4 + index] === word);
  }

  #grow(): void {
    const [keys, shards] = [this.#keys, this.#shards];
    this.#keys = new Uint32Array(keys.length * 2);
    this.#shards = new Uint32Array(shards.length * 2);
    for (let old = 0; old < shards.length; old += 1) {
      const shard = shards[old] ?? 0;
      if (shard === 0) continue;
      const words = [...keys.subarray(old * 4, old * 4 + 4)] as unknown as Words;
      const slot = this.#slot(words);
      this.#keys.set(words, slot * 4);
      this.#shards[slot] = shard;
    }
  }
}

/** Spreads ids that differ in any of their words, since not all UUIDs are random where others are. */
function mix(words: Words): number {
  let hash = 0;
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

type Words = readonly [number, number, number, number];

function wordsOf(id: string): Words {
  const digits = id.replaceAll('-', '');
  const word = (index: number): number => Number.parseInt(digits.slice(index * 8, index * 8 + 8), 16);
  return [word(0), word(1), word(2), word(3)];
}

const encode = (array: Uint32Array): string =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');

function decode(text: string): Uint32Array {
  const bytes = Buffer.from(text, 'base64');
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
