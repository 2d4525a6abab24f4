import { compareKeys, type Entry, type Key } from './entry.ts';

/** How much a shard may hold before it is split. It is written as a whole, and the event loop waits for that. */
export const SHARD_LIMITS = { entries: 1000, characters: 1_000_000 } as const;

/** A section of the timeline that is stored in one file: entries in the order of their keys, oldest first. */
export class Shard {
  readonly #byId = new Map<string, Entry>();
  #sorted: Entry[] | undefined;
  #characters = 0;

  constructor(entries: Iterable<Entry> = []) {
    for (const entry of entries) this.put(entry);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Whether it holds so much that it has to be split. */
  get isFull(): boolean {
    return this.size > SHARD_LIMITS.entries || (this.#characters > SHARD_LIMITS.characters && this.size > 1);
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  /** Adds an entry, or replaces the one with the same id. */
  put(entry: Entry): void {
    this.remove(entry.id);
    this.#byId.set(entry.id, entry);
    this.#characters += entry.characters;
    const last = this.#sorted?.at(-1);
    // Most messages are new and come last. After anything else, the entries are sorted when they are read.
    if (last === undefined || compareKeys(last.key, entry.key) > 0) this.#sorted = undefined;
    else this.#sorted?.push(entry);
  }

  remove(id: string): void {
    const old = this.#byId.get(id);
    if (!old) return;
    this.#byId.delete(id);
    this.#characters -= old.characters;
    this.#sorted = undefined;
  }

  /** The current entries, oldest first. Later changes do not affect the result. */
  entries(): readonly Entry[] {
    this.#sorted ??= [...this.#byId.values()].sort((a, b) => compareKeys(a.key, b.key));
    return this.#sorted.slice();
  }

  /**
   * Moves the later half to a new shard. If the entry that made the shard too full is in that half, only that entry
   * and what follows it are moved, so messages written in order leave full shards behind.
   */
  split(added: Entry): { readonly from: Key; readonly shard: Shard } {
    const entries = this.entries();
    const half = Math.ceil(entries.length / 2);
    const later = entries.slice(Math.max(half, entries.indexOf(added)));
    for (const entry of later) this.remove(entry.id);
    return { from: (later[0] as Entry).key, shard: new Shard(later) };
  }
}
