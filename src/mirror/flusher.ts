import type { Census } from './census.ts';
import { type Snapshot, type State, VERSION } from './files/snapshot.ts';
import { ngramFilterOf } from './search/ngram-filter.ts';
import type { Shard } from './shard.ts';
import { FIRST, type Slot, type Timeline } from './timeline.ts';

const FLUSH_DELAY_MS = 1000;
/**
 * If more shards than this are in memory, they are written immediately. A long task waits if there are twice as many.
 */
const MOST_SHARDS = 32;

interface Ports {
  readonly snapshot: Snapshot;
  readonly census: Census;
  /** The current timeline. It is replaced when everything is forgotten. */
  readonly timeline: () => Timeline;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Decides when the mirror's files are written: a second after a change, immediately if a lot is in memory, and at the
 * end. One flush runs at a time. What a flush could not write stays in memory and is written with the next change.
 */
export class Flusher {
  readonly #ports: Ports;
  /** The number of the last flush. Each file is named after the flush that wrote it. */
  #flush = 0;
  /** The flush that wrote the index of ids; 0 if it has to be written. */
  #idsFlush = 0;
  #isDirty = false;
  /** Whether the last flush failed. */
  #isStuck = false;
  readonly #writing = new Set<Slot>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Continues from the files listed in a state. */
  continueAt({ flush, idsFlush }: Pick<State, 'flush' | 'idsFlush'>): void {
    this.#flush = flush;
    this.#idsFlush = idsFlush;
  }

  /** There is a new timeline, so the index of ids has to be written with the next flush. */
  beginAgain(): void {
    this.#idsFlush = 0;
  }

  /** Whether the file of a slot is being written. */
  isWriting = (slot: Slot): boolean => this.#writing.has(slot);

  /** Something has changed and will be written soon. */
  schedule(): void {
    this.#isDirty = true;
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_DELAY_MS);
    this.#timer.unref();
  }

  /** Something has changed that is useless without the next change. It is written together with that one. */
  noteChange(): void {
    this.#isDirty = true;
  }

  /** A number for files that are not written by a flush. */
  nextNumber(): number {
    this.#flush += 1;
    return this.#flush;
  }

  /** Writes what has changed. Resolves when the files are written, or when an error was reported. */
  flush(): Promise<void> {
    return this.#run(false);
  }

  /** Runs a task while no flush is running. A flush removes the files that its state does not list. */
  between<Value>(task: () => Promise<Value>): Promise<Value> {
    const done = this.#running.then(task);
    this.#running = done.then(() => undefined, this.#ports.onTrouble);
    return done;
  }

  /** Resolves when there is room for many more entries, as far as possible. What is not in a file yet is in memory. */
  async room(): Promise<void> {
    const { loaded } = this.#ports.timeline();
    // If files cannot be written, waiting for them makes no room.
    if (loaded <= MOST_SHARDS || this.#isStuck) return;
    const written = this.#writing.size > 0 ? this.#running : this.flush();
    // Reading continues while what was read before is being written.
    if (this.#ports.timeline().loaded > 2 * MOST_SHARDS) await written;
  }

  /** Writes everything, including the index of ids. */
  async close(): Promise<void> {
    await this.#run(true);
    clearTimeout(this.#timer);
  }

  #run(isLast: boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = this.#running.then(() => this.#write(isLast)).catch(this.#ports.onTrouble);
    return this.#running;
  }

  async #write(isLast: boolean): Promise<void> {
    const { snapshot } = this.#ports;
    const timeline = this.#ports.timeline();
    if (!this.#isDirty && !(isLast && (timeline.idsChanged > 0 || this.#younger(timeline) > 0))) return;
    this.#isDirty = false;
    this.#flush += 1;
    // Everything to be written is collected at one moment, and then written step by step.
    const changed = timeline.slots().filter((slot) => slot.changed);
    const contents = changed.map((slot) => ({ slot, entries: (slot.shard as Shard).entries() }));
    for (const slot of changed) {
      slot.changed = false;
      slot.written = this.#flush;
      delete slot.ngramFilter;
      delete slot.tally;
      this.#writing.add(slot);
    }
    const ids = this.#takeIds(timeline, isLast);
    const state = this.#state(timeline);
    try {
      const newest = timeline.slots().at(-1);
      for (const { slot, entries } of contents) {
        const file = { number: slot.number, written: state.flush };
        await snapshot.writeShard(file, entries);
        // The newest shard is written over and over, and is in memory most of the time.
        if (slot !== newest) await snapshot.writeNgramFilter(file, ngramFilterOf(entries));
        timeline.use(slot, slot.shard as Shard);
      }
      if (ids) await snapshot.writeIds(state.flush, ids);
      await snapshot.commit(state);
      this.#isStuck = false;
    } catch (error) {
      // What was not written is still in memory and is tried again with the next change.
      for (const slot of changed) slot.changed = true;
      this.#idsFlush = 0;
      this.#isDirty = true;
      this.#isStuck = true;
      throw error;
    } finally {
      this.#writing.clear();
      this.#ports.timeline().letGo(this.isWriting);
    }
  }

  /** The index of ids, if it is time to write it. It is large, and the ids it lacks are in newer shards. */
  #takeIds(timeline: Timeline, isLast: boolean) {
    const { ids, idsChanged } = timeline;
    const isYoung =
      idsChanged <= 1000 + ids.size / 4 &&
      this.#younger(timeline) <= MOST_SHARDS + timeline.slots().length / 4;
    if (!isLast && this.#idsFlush !== 0 && isYoung) return undefined;
    timeline.idsChanged = 0;
    this.#idsFlush = this.#flush;
    return ids.copies();
  }

  /** How many shards were written after the index of ids. The next start has to read them. */
  #younger(timeline: Timeline): number {
    return timeline.slots().filter(({ written }) => written > this.#idsFlush).length;
  }

  #state(timeline: Timeline): State {
    return {
      version: VERSION,
      flush: this.#flush,
      idsFlush: this.#idsFlush,
      ...this.#ports.census.stored(),
      shards: timeline.slots().map(({ number, written, from }) => {
        return { number, written, from: from === FIRST ? null : from };
      }),
    };
  }
}
