import type { Snapshot } from './files/snapshot.ts';
import { type Tally, tallyOf } from './search/tally.ts';
import { Shard } from './shard.ts';
import type { Slot, Timeline } from './timeline.ts';

/** If a shard has very many tags, as someone may send on purpose, its counts are not kept in memory. */
const MOST_KEPT_TAGS = 5000;

export interface ShardReaderPorts {
  readonly snapshot: Snapshot;
  readonly timeline: () => Timeline;
  /** Whether the shard of a slot is being written at the moment. */
  readonly isWriting: (slot: Slot) => boolean;
  readonly onTrouble: (error: unknown) => void;
}

/** Reads the shards of the timeline from their files when they are needed. */
export class ShardReader {
  readonly #ports: ShardReaderPorts;
  /** The slots whose files are being read. */
  readonly #reading = new Map<Slot, Promise<Shard>>();

  constructor(ports: ShardReaderPorts) {
    this.#ports = ports;
  }

  /** The shard of a slot, in memory from now on. Another one that was not used for a while may leave it. */
  async ensure(slot: Slot): Promise<Shard> {
    const shard = slot.shard ?? (await this.#read(slot));
    const timeline = this.#ports.timeline();
    timeline.use(slot, shard);
    timeline.letGo(this.#ports.isWriting);
    return shard;
  }

  /** The counts of a slot: as they are known, from their own file, or from the entries. */
  async tally(slot: Slot): Promise<Tally> {
    const { snapshot, isWriting, onTrouble } = this.#ports;
    if (slot.changed || isWriting(slot)) return tallyOf((slot.shard as Shard).entries());
    if (slot.tally) return slot.tally;
    const { number, written } = slot;
    const kept = await snapshot.readTally({ number, written });
    const tally = kept ?? tallyOf(slot.shard?.entries() ?? (await snapshot.readShard({ number, written })));
    // If it was changed or written in the meantime, these are the counts of an older content.
    if (slot.changed || slot.written !== written) return this.tally(slot);
    if (tally.tags.length <= MOST_KEPT_TAGS) slot.tally = tally;
    if (!kept) await snapshot.writeTally({ number, written }, tally).catch(onTrouble);
    return tally;
  }

  /**
   * Reads the file of a slot. Readers at the same time share the result: there may be hundreds of them, and none must
   * bring back what was in the file before a change that another one made.
   */
  #read(slot: Slot): Promise<Shard> {
    const known = this.#reading.get(slot);
    if (known) return known;
    const reading = this.#ports.snapshot
      .readShard(slot)
      .then((entries) => slot.shard ?? new Shard(entries))
      .finally(() => this.#reading.delete(slot));
    this.#reading.set(slot, reading);
    return reading;
  }
}
