import { compareKeys, type Entry, type Key } from '../entry.ts';
import { shownIn } from '../search/filter.ts';
import { SHARD_LIMITS } from '../shard.ts';
import { packIds } from './id-index.ts';
import { Snapshot } from './snapshot.ts';

/** A shard in the mirror's staging folder. {@link Database.adopt} can make it part of the mirror. */
export interface StagedShard {
  /** Its name until then. */
  readonly name: string;
  /** The key of its first message. */
  readonly from: Key;
  /** The ids of its messages, packed by {@link packIds}. */
  readonly ids: Uint32Array;
}

/** Messages that follow each other in the timeline, all of one repository and not in the mirror yet. */
export interface StagedShards {
  readonly shards: readonly StagedShard[];
  readonly first: Key;
  readonly last: Key;
  readonly size: number;
  /** How many of them are not deleted. */
  readonly shown: number;
}

/**
 * Writes messages as full shards to a mirror's staging folder, even if the mirror is open elsewhere. They must come
 * in timeline order without duplicates.
 */
export class StagedShardsWriter {
  readonly #snapshot: Snapshot;
  readonly #name: string;
  readonly #shards: StagedShard[] = [];
  #waiting: Entry[] = [];
  /** The writing of the previous shard, which continues while the next one fills up. */
  #writing: Promise<void> = Promise.resolve();
  #characters = 0;
  #first: Key | undefined;
  #last: Key | undefined;
  #size = 0;
  #shown = 0;

  /** @param name a name that no other writer uses at the same time */
  constructor(directory: string, name: string) {
    this.#snapshot = new Snapshot(directory);
    this.#name = name;
  }

  async add(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries.toSorted((a, b) => compareKeys(a.key, b.key))) {
      this.#first ??= entry.key;
      this.#last = entry.key;
      this.#size += 1;
      if (shownIn(entry).length > 0) this.#shown += 1;
      this.#waiting.push(entry);
      this.#characters += entry.characters;
      const isFull =
        this.#waiting.length >= SHARD_LIMITS.entries || this.#characters >= SHARD_LIMITS.characters;
      if (isFull) await this.#write();
    }
  }

  /** Writes what is left; `undefined` if there was nothing at all. */
  async end(): Promise<StagedShards | undefined> {
    if (this.#waiting.length > 0) await this.#write();
    await this.#writing;
    if (!this.#first || !this.#last) return undefined;
    const [shards, first, last] = [this.#shards, this.#first, this.#last];
    return { shards, first, last, size: this.#size, shown: this.#shown };
  }

  /** Removes what was written so far. */
  async abandon(): Promise<void> {
    await this.#writing;
    await this.#snapshot.removeStaged(this.#shards.map(({ name }) => name));
  }

  async #write(): Promise<void> {
    const [entries, name] = [this.#waiting, `${this.#name}-${this.#shards.length}`];
    [this.#waiting, this.#characters] = [[], 0];
    await this.#writing;
    this.#writing = this.#snapshot.stage(name, entries);
    this.#shards.push({ name, from: (entries[0] as Entry).key, ids: packIds(entries.map(({ id }) => id)) });
  }
}
