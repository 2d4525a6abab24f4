import { fromBase64, toBase64 } from './base64.ts';

/** A table as plain data: its typed arrays in base64. */
export interface StoredIds {
  readonly size: number;
  readonly keys: string;
  readonly shards: string;
}

/** With this many tables, none takes long to grow or to be written, even for a million ids. */
export const TABLES = 32;

/** Finds the shard of a message by its id. Ids are UUIDs of 16 bytes. */
export class IdIndex {
  readonly #tables: readonly IdTable[];

  constructor(tables: readonly IdTable[] = Array.from({ length: TABLES }, () => new IdTable())) {
    this.#tables = tables;
  }

  get size(): number {
    return this.#tables.reduce((sum, { size }) => sum + size, 0);
  }

  get(id: string): number | undefined {
    const words = wordsOf(id);
    const hash = mix(words);
    return this.#table(hash).get(words, hash);
  }

  /** Stores the shard of an id. Returns false if that was already known. */
  set(id: string, shard: number): boolean {
    const words = wordsOf(id);
    const hash = mix(words);
    return this.#table(hash).set(words, hash, shard);
  }

  /** Whether the shard of any of these packed ids is known. */
  hasAny(packed: Uint32Array): boolean {
    for (let at = 0; at < packed.length; at += 4) {
      const words = wordsAt(packed, at);
      const hash = mix(words);
      if (this.#table(hash).get(words, hash) !== undefined) return true;
    }
    return false;
  }

  /** Reserves room for this many more ids, in steps, so storing them later is fast. */
  async reserve(count: number): Promise<void> {
    for (const table of this.#tables) {
      // Ids are spread evenly, apart from chance.
      table.reserve(Math.ceil((count / TABLES) * 1.1));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Stores the shard of all these packed ids. */
  setAll(packed: Uint32Array, shard: number): void {
    for (let at = 0; at < packed.length; at += 4) {
      const words = wordsAt(packed, at);
      const hash = mix(words);
      this.#table(hash).set(words, hash, shard);
    }
  }

  /** The ids that end with some hexadecimal digits, in the form with dashes. */
  endingWith(ending: string): string[] {
    return this.#tables.flatMap((table) => table.endingWith(ending));
  }

  /** The current contents, as tables that later changes do not affect. */
  copies(): IdTable[] {
    return this.#tables.map((table) => table.copy());
  }

  /** An index made from stored tables; `undefined` if they don't form a complete one. */
  static of(stored: readonly (StoredIds | null)[]): IdIndex | undefined {
    const tables = stored.flatMap((data) => (data ? [IdTable.fromJSON(data)] : []));
    return tables.length === TABLES ? new IdIndex(tables) : undefined;
  }

  // The upper bits of the hash select the table, the lower ones the slot in it.
  #table(hash: number): IdTable {
    return this.#tables[hash >>> 27] as IdTable;
  }
}

/** An open-addressed hash table in typed arrays. A `Map` with a million entries would take ten times the memory. */
export class IdTable {
  #keys: Uint32Array = new Uint32Array(4 * 64);
  /** The shard's number + 1; 0 if the slot is free. */
  #shards: Uint32Array = new Uint32Array(64);
  #size = 0;
  /** Whether a copy uses the same arrays. They must not be changed then. */
  #isShared = false;

  get size(): number {
    return this.#size;
  }

  get(words: Words, hash: number): number | undefined {
    const shard = this.#shards[this.#slot(words, hash)] ?? 0;
    return shard === 0 ? undefined : shard - 1;
  }

  set(words: Words, hash: number, shard: number): boolean {
    const slot = this.#slot(words, hash);
    if (this.#shards[slot] === shard + 1) return false;
    this.#own();
    if (this.#shards[slot] === 0) {
      this.#size += 1;
      this.#keys.set(words, slot * 4);
    }
    this.#shards[slot] = shard + 1;
    if (!this.#hasRoom(0)) this.#grow();
    return true;
  }

  endingWith(ending: string): string[] {
    // The last eight digits are one word, which rules out nearly all other ids without creating a string.
    const digits = ending.slice(-8);
    const value = Number.parseInt(digits, 16);
    const mask = 2 ** (4 * digits.length) - 1;
    const found: string[] = [];
    for (let slot = 0; slot < this.#shards.length; slot += 1) {
      const last = this.#keys[slot * 4 + 3] ?? 0;
      if (this.#shards[slot] === 0 || ((last ^ value) & mask) !== 0) continue;
      const id = idOf(wordsAt(this.#keys, slot * 4));
      if (id.endsWith(ending)) found.push(id);
    }
    return found;
  }

  /** Reserves room for this many more, in arrays that no copy uses. */
  reserve(count: number): void {
    while (!this.#hasRoom(count)) this.#grow();
    this.#own();
  }

  /**
   * A table with the current contents. This is fast: the arrays are only copied by the first change to either table.
   */
  copy(): IdTable {
    const copy = new IdTable();
    copy.#size = this.#size;
    [copy.#keys, copy.#shards] = [this.#keys, this.#shards];
    [this.#isShared, copy.#isShared] = [true, true];
    return copy;
  }

  /** The arrays of the table as plain data, for storage. */
  toJSON(): StoredIds {
    return { size: this.#size, keys: toBase64(this.#keys), shards: toBase64(this.#shards) };
  }

  static fromJSON(data: StoredIds): IdTable {
    const table = new IdTable();
    table.#size = data.size;
    table.#keys = fromBase64(data.keys);
    table.#shards = fromBase64(data.shards);
    return table;
  }

  #hasRoom(more: number): boolean {
    return (this.#size + more) * 3 <= this.#shards.length * 2;
  }

  #own(): void {
    if (!this.#isShared) return;
    [this.#keys, this.#shards] = [this.#keys.slice(), this.#shards.slice()];
    this.#isShared = false;
  }

  #slot(words: Words, hash: number): number {
    const mask = this.#shards.length - 1;
    let slot = hash & mask;
    while (this.#shards[slot] !== 0 && !this.#holds(slot, words)) slot = (slot + 1) & mask;
    return slot;
  }

  #holds(slot: number, words: Words): boolean {
    const at = slot * 4;
    const keys = this.#keys;
    return (
      keys[at] === words[0] &&
      keys[at + 1] === words[1] &&
      keys[at + 2] === words[2] &&
      keys[at + 3] === words[3]
    );
  }

  #grow(): void {
    const [keys, shards] = [this.#keys, this.#shards];
    this.#keys = new Uint32Array(keys.length * 2);
    this.#shards = new Uint32Array(shards.length * 2);
    this.#isShared = false;
    for (let old = 0; old < shards.length; old += 1) {
      const shard = shards[old] ?? 0;
      if (shard === 0) continue;
      const at = old * 4;
      const words = wordsAt(keys, at);
      const slot = this.#slot(words, mix(words));
      this.#keys.set(words, slot * 4);
      this.#shards[slot] = shard;
    }
  }
}

/** Mixes all words of an id, since not all UUIDs are random in the same places. */
function mix(words: Words): number {
  let hash = 0;
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** The words of some ids, one after the other. */
export function packIds(ids: readonly string[]): Uint32Array {
  const packed = new Uint32Array(ids.length * 4);
  for (const [index, id] of ids.entries()) packed.set(wordsOf(id), index * 4);
  return packed;
}

type Words = readonly [number, number, number, number];

/** The id made from its words. */
function idOf(words: Words): string {
  const digits = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The positions of each word's digits in a UUID. */
const PLACES = [
  [0, 1, 2, 3, 4, 5, 6, 7],
  [9, 10, 11, 12, 14, 15, 16, 17],
  [19, 20, 21, 22, 24, 25, 26, 27],
  [28, 29, 30, 31, 32, 33, 34, 35],
] as const;

// Called several times for each message that is read, so it creates no string.
function wordsOf(id: string): Words {
  return [wordAt(id, PLACES[0]), wordAt(id, PLACES[1]), wordAt(id, PLACES[2]), wordAt(id, PLACES[3])];
}

const wordsAt = (packed: Uint32Array, at: number): Words => [
  packed[at] ?? 0,
  packed[at + 1] ?? 0,
  packed[at + 2] ?? 0,
  packed[at + 3] ?? 0,
];

function wordAt(id: string, places: readonly number[]): number {
  let word = 0;
  for (const place of places) {
    const code = id.charCodeAt(place);
    // The character codes of the digits 0 to 9 start at 48, those of a to f at 97.
    word = (word << 4) | (code < 58 ? code - 48 : code - 87);
  }
  return word >>> 0;
}
