import type { Census } from './census.ts';
import { type Snapshot, type State, VERSION } from './files/snapshot.ts';
import { signatureOf } from './search/ngram-filter.ts';
import type { Shard } from './shard.ts';
import { FIRST, type Slot, type Timeline } from './timeline.ts';

const FLUSH_DELAY_MS = 1000;
/** With more shards than these in memory, they are written at once; a long work waits if there are twice as many. */
const MOST_SHARDS = 32;

interface Ports {
  readonly snapshot: Snapshot;
  readonly census: Census;
  /** The timeline as it is now: another one after everything was forgotten. */
  readonly timeline: () => Timeline;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Decides when the mirror's files are written: a second after a change, at once if much is in memory, and at the end. One
 * flush at a time. What a flush could not write stays in memory and is written with the next change.
 */
export class Flusher {
  readonly #ports: Ports;
  /** The number of the last flush; each file is named after the one that wrote it. */
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

  /** Continues with the files that a state names. */
  continueAt({ flush, idsFlush }: Pick<State, 'flush' | 'idsFlush'>): void {
    this.#flush = flush;
    this.#idsFlush = idsFlush;
  }

  /** There is a new timeline, so the index of ids has to be written with the next flush. */
  beginAgain(): void {
    this.#idsFlush = 0;
  }

  /** Whether the file of a slot is on its way to the disk. */
  isWriting = (slot: Slot): boolean => this.#writing.has(slot);

  /** Something has changed: it is written soon. */
  schedule(): void {
    this.#isDirty = true;
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_DELAY_MS);
    this.#timer.unref();
  }

  /** Something has changed that is of no use without the next change: it is written with that one. */
  noteChange(): void {
    this.#isDirty = true;
  }

  /** The number that files get which are not written by a flush. */
  nextNumber(): number {
    this.#flush += 1;
    return this.#flush;
  }

  /** Writes what has changed. Resolves when the files are there, or when the trouble with them was reported. */
  flush(): Promise<void> {
    return this.#run(false);
  }

  /** Runs a task while no flush is under way: a flush removes the files that its state does not name. */
  between<Value>(task: () => Promise<Value>): Promise<Value> {
    const done = this.#running.then(task);
    this.#running = done.then(() => undefined, this.#ports.onTrouble);
    return done;
  }

  /** Resolves when there is room for many more, as far as possible: what is in no file yet is held in memory. */
  async room(): Promise<void> {
    const { loaded } = this.#ports.timeline();
    // If files cannot be written, waiting for them makes no room.
    if (loaded <= MOST_SHARDS || this.#isStuck) return;
    const written = this.#writing.size > 0 ? this.#running : this.flush();
    // Two works continue side by side: what is read now, and the writing of what was read before.
    if (this.#ports.timeline().loaded > 2 * MOST_SHARDS) await written;
  }

  /** Writes everything, the index of ids too. */
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
    // Everything to be written is taken now, at one moment, and turned into files in turns.
    const changed = timeline.slots().filter((slot) => slot.changed);
    const contents = changed.map((slot) => ({ slot, entries: (slot.shard as Shard).entries() }));
    for (const slot of changed) {
      slot.changed = false;
      slot.written = this.#flush;
      delete slot.signature;
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
        // The newest one is written again and again, and in memory most of the time.
        if (slot !== newest) await snapshot.writeSignature(file, signatureOf(entries));
        timeline.use(slot, slot.shard as Shard);
      }
      if (ids) await snapshot.writeIds(state.flush, ids);
      await snapshot.commit(state);
      this.#isStuck = false;
    } catch (error) {
      // What was not written is still in memory: it is tried again with the next change.
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

  /** The index of ids, if it is time to write it: it is large, and what it lacks is in newer shards. */
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

  /** How many shards were written after the index of ids: the next start reads them. */
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
