import { compareKeys, type Entry, type Key } from './entry.ts';
import { IdIndex } from './files/id-index.ts';
import type { NgramFilter } from './search/ngram-filter.ts';
import type { Tally } from './search/tally.ts';
import { Shard } from './shard.ts';

/** A shard's place in the timeline, and its file. */
interface StoredPlace {
  /** Its number, which never changes. */
  readonly number: number;
  /** The first key that belongs to it. */
  readonly from: Key;
  /** The flush that last wrote its file; 0 for never. */
  readonly written: number;
}

/** A shard's place in the timeline. Its content is in memory, in its file, or both. */
export interface Slot extends Omit<StoredPlace, 'written'> {
  written: number;
  /** Whether it has changes that are not in its file. */
  changed: boolean;
  shard: Shard | undefined;
  /** The n-grams in its file, once they were needed; `null` if that is unknown. */
  ngramFilter?: NgramFilter | null;
  /** The counts of its file, once they were needed. */
  tally?: Tally;
}

/** How many shards stay in memory, besides those that are not written yet. */
const KEPT_SHARDS = 16;
/** How many stay in any case. A change needs two at once: the one that a message is in, and the one it moves to. */
const RECENT_SHARDS = 2;

/** A key before all others. */
export const FIRST: Key = { time: Number.NEGATIVE_INFINITY, id: '' };

/** All shards in timeline order, and which of them each id is in. */
export class Timeline {
  readonly ids: IdIndex;
  /** How many ids moved to another shard since the index was last written. */
  idsChanged = 0;
  readonly #slots: Slot[];
  readonly #byNumber: Map<number, Slot>;
  /** Those in memory, the most recently used last. */
  readonly #loaded = new Set<Slot>();
  #nextNumber: number;

  constructor(slots: readonly Slot[] = [], ids = new IdIndex()) {
    this.#slots = [...slots];
    this.#byNumber = new Map(slots.map((slot) => [slot.number, slot]));
    this.#nextNumber = Math.max(0, ...this.#byNumber.keys()) + 1;
    this.ids = ids;
    if (slots.length === 0) this.#add(FIRST, new Shard());
  }

  /** All slots, oldest first. */
  slots(): readonly Slot[] {
    return this.#slots;
  }

  /** How many shards are in memory. */
  get loaded(): number {
    return this.#loaded.size;
  }

  /** The slot of a message, by its id. */
  slotOf(id: string): Slot | undefined {
    const number = this.ids.get(id);
    return number === undefined ? undefined : this.#byNumber.get(number);
  }

  /** The slot that a key belongs to. */
  slotAt(key: Key): Slot {
    return this.#slots[Math.max(0, this.#position(key) - 1)] as Slot;
  }

  /** The last slot with keys before the given key, or the last of all if none is given. */
  slotBefore(key?: Key): Slot | undefined {
    if (key === undefined) return this.#slots.at(-1);
    const index = this.#position(key) - 1;
    const slot = this.#slots[index];
    return slot && compareKeys(slot.from, key) < 0 ? slot : this.#slots[index - 1];
  }

  /** Adds an entry to its slot, which must be in memory. If the shard gets too full, it is split. */
  put(slot: Slot, entry: Entry): void {
    const shard = slot.shard as Shard;
    shard.put(entry);
    slot.changed = true;
    this.#index(entry.id, slot);
    if (!shard.isFull) return;
    const later = shard.split(entry);
    this.#add(later.from, later.shard);
  }

  remove(slot: Slot, id: string): void {
    slot.shard?.remove(id);
    slot.changed = true;
  }

  /** A number for a new shard. */
  newNumber(): number {
    this.#nextNumber += 1;
    return this.#nextNumber - 1;
  }

  /** Whether there is no message between two keys, inclusive. The slot of the first key must be in memory. */
  isFree(first: Key, last: Key): boolean {
    const next = this.#slots[this.#position(first)];
    if (next && compareKeys(next.from, last) <= 0) return false;
    const entries = (this.slotAt(first).shard as Shard).entries();
    return entries.every(({ key }) => compareKeys(key, first) < 0 || compareKeys(key, last) > 0);
  }

  /**
   * Inserts shards that are already in files. {@link isFree} must be true for their range, and their ids must not be
   * anywhere else.
   */
  insert(last: Key, shards: readonly (StoredPlace & { readonly ids: Uint32Array })[]): void {
    const [first] = shards;
    if (!first) return;
    const around = this.slotAt(first.from);
    const later = (around.shard as Shard).entries().filter(({ key }) => compareKeys(key, last) > 0);
    for (const { id } of later) this.remove(around, id);
    if (later[0]) this.#add(later[0].key, new Shard(later));
    const slots = shards.map(({ number, from, written }): Slot => {
      return { number, from, written, changed: false, shard: undefined };
    });
    this.#slots.splice(this.#position(first.from), 0, ...slots);
    for (const [index, slot] of slots.entries()) {
      this.#byNumber.set(slot.number, slot);
      const { ids } = shards[index] as { readonly ids: Uint32Array };
      this.ids.setAll(ids, slot.number);
      this.idsChanged += ids.length / 4;
    }
  }

  /** Loads a slot's content into memory, or marks it as recently used. */
  use(slot: Slot, shard: Shard): void {
    slot.shard = shard;
    this.#loaded.delete(slot);
    this.#loaded.add(slot);
  }

  /**
   * Drops shards from memory that were not read for long, except those in no file yet and the most recently used ones.
   */
  letGo(isPinned: (slot: Slot) => boolean): void {
    const older = [...this.#loaded].slice(0, -RECENT_SHARDS);
    for (const slot of older) {
      if (this.#loaded.size <= KEPT_SHARDS) return;
      if (slot.changed || isPinned(slot)) continue;
      slot.shard = undefined;
      this.#loaded.delete(slot);
    }
  }

  #add(from: Key, shard: Shard): void {
    const slot: Slot = { number: this.newNumber(), from, written: 0, changed: true, shard };
    this.#slots.splice(this.#position(from), 0, slot);
    this.#byNumber.set(slot.number, slot);
    this.#loaded.add(slot);
    for (const { id } of shard.entries()) this.#index(id, slot);
  }

  #index(id: string, slot: Slot): void {
    if (this.ids.set(id, slot.number)) this.idsChanged += 1;
  }

  /** How many slots begin at or before a key. */
  #position(key: Key): number {
    let [low, high] = [0, this.#slots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys((this.#slots[middle] as Slot).from, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
