import { compareKeys, type Entry, type Key } from './entry.ts';

/** How much a shard may hold before it is split: it is written whole, and the event loop waits for that. */
export const SHARD_LIMITS = { entries: 1000, characters: 1_000_000 } as const;

/** A run of the timeline that is kept in one file: entries in the order of their keys, oldest first. */
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

  /** Adds an entry, or replaces the one with its id. */
  put(entry: Entry): void {
    this.remove(entry.id);
    this.#byId.set(entry.id, entry);
    this.#characters += entry.characters;
    const last = this.#sorted?.at(-1);
    // Most messages are new ones, which stand last; anything else is sorted when it is read.
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

  /** The entries, oldest first, as they are now: later changes do not show in it. */
  entries(): readonly Entry[] {
    this.#sorted ??= [...this.#byId.values()].sort((a, b) => compareKeys(a.key, b.key));
    return this.#sorted.slice();
  }

  /**
   * Takes the later half out, as a shard of its own. If what has made it too full is in that half, no more than
   * that and what comes after it is taken: so messages that are written in order leave full shards behind.
   */
  split(added: Entry): { readonly from: Key; readonly shard: Shard } {
    const entries = this.entries();
    const half = Math.ceil(entries.length / 2);
    const later = entries.slice(Math.max(half, entries.indexOf(added)));
    for (const entry of later) this.remove(entry.id);
    return { from: (later[0] as Entry).key, shard: new Shard(later) };
  }
}
