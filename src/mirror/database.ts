import type { Filter } from '../domain/query.ts';
import { type Covered, firstProblems } from './covered.ts';
import { compareKeys, type Entry, type Key } from './entry.ts';
import { Snapshot, type State, VERSION } from './files/snapshot.ts';
import type { Stretch } from './files/staged-shards.ts';
import { isPartial, matches, shownIn } from './search/filter.ts';
import { likelyFor } from './search/json-prefilter.ts';
import { needsOf, signatureOf } from './search/ngram-filter.ts';
import { type Hints, skim } from './search/read-candidates.ts';
import { type Tally, tallyOf } from './search/tally.ts';
import { Shard } from './shard.ts';
import { FIRST, type Slot, Timeline } from './timeline.ts';

const FLUSH_DELAY_MS = 1000;
const MOST_KEPT_TAGS = 5000;
/** Where more shards than these are in memory, they are written at once; a long work waits where there are twice as many. */
const MOST_SHARDS = 32;

/** So many entries are looked at before others have a turn: most of them are parsed for that. */
const ENTRIES_A_TURN = 250;

/** Which entries to walk through: all, but for what is said. */
export interface Part {
  /** Where to begin: with those older than this. */
  readonly before?: Key | undefined;
  /** Groups that hold nothing of this time or later are not read; in milliseconds since 1970. */
  readonly since?: number | undefined;
  /** What all that is looked for has; entries without it are left out, as far as is known. */
  readonly hints?: Hints;
}

/**
 * The mirror: every message of every repository in a local JSON database (lowdb), cut into shards along the
 * timeline. It serves all reads and can be lost at any time. Files are written some time after a change and on
 * {@link close}; what they lack after a crash is read again from the commits.
 */
export class Database {
  /** The folder that its files are in. */
  readonly directory: string;
  readonly #snapshot: Snapshot;
  readonly #onTrouble: (error: unknown) => void;
  readonly #repositories = new Map<string, Covered>();
  readonly #counts = new Map<string, number>();
  readonly #partial = new Set<string>();
  readonly #writing = new Set<Slot>();
  #timeline = new Timeline();
  #size = 0;
  #current = 0;
  #idsFlush = 0;
  #flush = 0;
  #dirty = false;
  /** Whether the last flush failed. */
  #isStuck = false;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  private constructor(directory: string, onTrouble: (error: unknown) => void) {
    this.directory = directory;
    this.#snapshot = new Snapshot(directory);
    this.#onTrouble = onTrouble;
  }

  /** Opens the mirror in a folder; where it is not whole, it is empty. */
  static async open(
    directory: string,
    onTrouble: (error: unknown) => void = () => undefined,
  ): Promise<Database> {
    const database = new Database(directory, onTrouble);
    await database.#snapshot.clearBeside().catch(onTrouble);
    if (await database.#load()) return database;
    database.#reset();
    await database.#snapshot.wipe().catch(onTrouble);
    return database;
  }

  /** How far the mirror agrees with a repository; `undefined` where it knows nothing of it. */
  covered(repository: string): Covered | undefined {
    return this.#repositories.get(repository);
  }

  cover(repository: string, covered: Covered): void {
    const isSame = covered.problems === this.#repositories.get(repository)?.problems;
    const problems = isSame ? covered.problems : firstProblems(covered.problems);
    this.#repositories.set(repository, { ...covered, problems });
    this.#schedule();
  }

  /** The names of all repositories that the mirror holds messages of. */
  repositories(): string[] {
    return [...this.#repositories.keys()];
  }

  /** How many messages it holds, deleted ones too. */
  get size(): number {
    return this.#size;
  }

  /** How many of them are not deleted. */
  get current(): number {
    return this.#current;
  }

  /** The ids of messages of which a repository that holds them lacks lines that another one has. */
  partial(): string[] {
    return [...this.#partial];
  }

  /** How many current messages a repository holds. */
  countIn(repository: string): number {
    return this.#counts.get(repository) ?? 0;
  }

  /** The message with an id, deleted or not. */
  async read(id: string): Promise<Entry | undefined> {
    for (;;) {
      const slot = this.#timeline.slotOf(id);
      if (!slot) return undefined;
      if (slot.shard) return slot.shard.get(id);
      await this.#ensure(slot);
    }
  }

  /** The ids of all messages that end with some digits, deleted ones too. */
  idsEnding(ending: string): readonly string[] {
    return this.#timeline.ids.endingWith(ending);
  }

  /** Adds a message. One with that id is replaced. */
  create(entry: Entry): Promise<void> {
    return this.update(entry.id, () => entry);
  }

  /**
   * Changes a message by a function of what is there now, which runs when nothing else can come in between; where
   * it returns `undefined`, the message is taken out.
   */
  async update(id: string, change: (entry: Entry | undefined) => Entry | undefined): Promise<void> {
    let last: { readonly before: Entry | undefined; readonly after: Entry | undefined } | undefined;
    for (;;) {
      const timeline = this.#timeline;
      const slot = timeline.slotOf(id);
      if (slot && !slot.shard) {
        await this.#ensure(slot);
        continue;
      }
      const before = slot?.shard?.get(id);
      // Asked once, but where somebody else has changed the message while a shard was read.
      if (!last || last.before !== before) last = { before, after: change(before) };
      const { after } = last;
      if (after === before) return;
      const target = after && timeline.slotAt(after.key);
      if (target && !target.shard) {
        await this.#ensure(target);
        continue;
      }
      if (slot && before && slot !== target) timeline.remove(slot, id);
      if (target && after) timeline.put(target, after);
      this.#count(id, before, after);
      this.#schedule();
      return;
    }
  }

  async delete(id: string): Promise<void> {
    await this.update(id, () => undefined);
  }

  /** All entries, newest first, or those of a part; a group at a time, read when it is asked for. */
  async *walk({ before, since, hints }: Part = {}): AsyncGenerator<readonly Entry[]> {
    const isBeingWritten = (slot: Slot): boolean => this.#writing.has(slot);
    let end = before;
    for (;;) {
      const slot = this.#timeline.slotBefore(end);
      if (!slot) return;
      const some = hints && (await skim(slot, hints, this.#snapshot, isBeingWritten));
      const entries = some ?? (await this.#ensure(slot)).entries();
      // It may have been changed or split while its file was read: then its later half is in another one.
      if (this.#timeline.slotBefore(end) !== slot) continue;
      if (entries.length > 0) {
        const limit = end;
        yield (limit ? entries.filter(({ key }) => compareKeys(key, limit) < 0) : entries).toReversed();
      }
      if (slot.from === FIRST || (since !== undefined && slot.from.time < since)) return;
      end = slot.from;
    }
  }

  /** The messages that pass a filter, newest first, older than `before` where given. */
  async *query(filter: Filter, before?: Key): AsyncGenerator<Entry> {
    const { since } = filter;
    const needs = needsOf(filter);
    const hints = needs && { needs, isLikely: likelyFor(filter) };
    const part = { before: earlier(before, filter.until), since };
    for await (const entries of this.walk(hints ? { ...part, hints } : part)) {
      for (const [index, entry] of entries.entries()) {
        // A long search lets everybody else have their turn between two shards, and within one.
        if (index % ENTRIES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
        if (matches(entry, filter)) yield entry;
      }
    }
  }

  /**
   * What is counted in each part of the timeline that may hold messages of a time, newest first; times are
   * milliseconds since 1970. A part is read once, and again when it has changed.
   */
  async *tallies(since: number, until?: number): AsyncGenerator<Tally> {
    let end: Key | undefined = until === undefined ? undefined : { time: until, id: '' };
    for (;;) {
      const slot = this.#timeline.slotBefore(end);
      if (!slot) return;
      const tally = await this.#tally(slot);
      if (this.#timeline.slotBefore(end) !== slot) continue;
      yield tally;
      if (slot.from === FIRST || slot.from.time < since) return;
      end = slot.from;
    }
  }

  /** Whether no message stands between two keys, both included. */
  async isFree(first: Key, last: Key): Promise<boolean> {
    for (;;) {
      const slot = this.#timeline.slotAt(first);
      if (slot.shard) return this.#timeline.isFree(first, last);
      await this.#ensure(slot);
    }
  }

  /**
   * Makes a stretch that was written beside the mirror a part of it, all at once; false where a message stands in between
   * already or is known elsewhere, or where its files are not to be had: then nothing is changed. It is written with the
   * next change.
   */
  takeIn(repository: string, stretch: Stretch): Promise<boolean> {
    // A flush takes files away that its state does not name, so that none may be under way.
    const taken = this.#flushing.then(() => this.#takeIn(repository, stretch));
    this.#flushing = taken.then(() => undefined, this.#onTrouble);
    return taken
      .catch(() => false)
      .finally(() =>
        this.#snapshot.removeBeside(stretch.shards.map(({ name }) => name)).catch(this.#onTrouble),
      );
  }

  /** Takes everything out that is known of a repository, by a function that takes it out of one message. */
  async forget(repository: string, without: (entry: Entry) => Entry | undefined): Promise<void> {
    for await (const entries of this.walk()) {
      for (const { id } of entries) await this.update(id, (entry) => entry && without(entry));
    }
    this.#repositories.delete(repository);
    this.#counts.delete(repository);
    if (this.#size === 0) this.#begin();
    this.#schedule();
  }

  /** Forgets everything, to be made anew. */
  clear(): void {
    this.#reset();
    this.#schedule();
  }

  /** Writes what has changed; resolves when the files are there, or when the trouble with them has been told. */
  flush(): Promise<void> {
    return this.#flushSoon(false);
  }

  /** Resolves when there is room for many more, as far as can be: what is not in files yet is held in memory. */
  async room(): Promise<void> {
    // Where files can not be written, waiting for them makes no room.
    if (this.#timeline.loaded <= MOST_SHARDS || this.#isStuck) return;
    const written = this.#writing.size > 0 ? this.#flushing : this.flush();
    // Two works go on side by side: what is read now, and the writing of what was read before.
    if (this.#timeline.loaded > 2 * MOST_SHARDS) await written;
  }

  async close(): Promise<void> {
    await this.#flushSoon(true);
    clearTimeout(this.#timer);
  }

  async #takeIn(repository: string, { shards, first, last, size, shown }: Stretch): Promise<boolean> {
    const timeline = this.#timeline;
    const isKnown = () => shards.some(({ ids }) => timeline.ids.hasAny(ids));
    if (isKnown() || !(await this.isFree(first, last))) return false;
    this.#flush += 1;
    const written = this.#flush;
    const placed = shards.map((shard) => ({ ...shard, number: timeline.newNumber(), written }));
    for (const shard of placed) await this.#snapshot.takeIn(shard.name, shard);
    await timeline.ids.reserve(size);
    // What came in the meantime stands, and the files are taken away again by the next flush.
    while (!timeline.slotAt(first).shard) await this.#ensure(timeline.slotAt(first));
    if (timeline !== this.#timeline || !timeline.isFree(first, last) || isKnown()) return false;
    timeline.insert(last, placed);
    this.#size += size;
    this.#current += shown;
    this.#counts.set(repository, this.countIn(repository) + shown);
    // It is written with what covers it: without that it would have to be compared with the branch, line by line.
    this.#dirty = true;
    return true;
  }

  #reset(): void {
    this.#size = 0;
    this.#current = 0;
    this.#counts.clear();
    this.#partial.clear();
    this.#repositories.clear();
    this.#begin();
  }

  #begin(): void {
    this.#timeline = new Timeline();
    this.#idsFlush = 0;
  }

  #count(id: string, before: Entry | undefined, after: Entry | undefined): void {
    const [names, namesBefore] = [shownIn(after), shownIn(before)];
    this.#size += Number(after !== undefined) - Number(before !== undefined);
    this.#current += Number(names.length > 0) - Number(namesBefore.length > 0);
    for (const name of namesBefore) this.#counts.set(name, this.countIn(name) - 1);
    for (const name of names) this.#counts.set(name, this.countIn(name) + 1);
    if (after && isPartial(after)) this.#partial.add(id);
    else this.#partial.delete(id);
  }

  async #ensure(slot: Slot): Promise<Shard> {
    const read = slot.shard ?? new Shard(await this.#snapshot.readShard(slot));
    // Another reader may have been quicker, and what was changed since must not be lost.
    const shard = slot.shard ?? read;
    this.#timeline.use(slot, shard);
    this.#letGo();
    return shard;
  }

  async #tally(slot: Slot): Promise<Tally> {
    if (slot.changed || this.#writing.has(slot)) return tallyOf((slot.shard as Shard).entries());
    if (slot.tally) return slot.tally;
    const { number, written } = slot;
    const kept = await this.#snapshot.readTally({ number, written });
    const tally =
      kept ?? tallyOf(slot.shard?.entries() ?? (await this.#snapshot.readShard({ number, written })));
    // What was changed or written meanwhile is another content.
    if (slot.changed || slot.written !== written) return this.#tally(slot);
    // One with a multitude of tags, as somebody may send on purpose, is read again from its file instead.
    if (tally.tags.length <= MOST_KEPT_TAGS) slot.tally = tally;
    if (!kept) await this.#snapshot.writeTally({ number, written }, tally).catch(this.#onTrouble);
    return tally;
  }

  #letGo(): void {
    this.#timeline.letGo((slot) => this.#writing.has(slot));
  }

  async #load(): Promise<boolean> {
    const state = await this.#snapshot.readState();
    const index = state && (await this.#snapshot.readIds(state.idsFlush));
    if (!state || !index) return false;
    const slots = state.shards.map(({ number, written, from }): Slot => {
      return { number, written, from: from ?? FIRST, changed: false, shard: undefined };
    });
    for (const slot of slots) {
      if (slot.written <= state.idsFlush) continue;
      const entries = await this.#snapshot.readShard(slot).catch(() => undefined);
      if (!entries) return false;
      for (const { id } of entries) index.set(id, slot.number);
    }
    this.#timeline = new Timeline(slots, index);
    this.#size = state.size;
    this.#current = state.current;
    this.#flush = state.flush;
    this.#idsFlush = state.idsFlush;
    for (const [name, covered] of Object.entries(state.repositories)) this.#repositories.set(name, covered);
    for (const [name, count] of Object.entries(state.counts)) this.#counts.set(name, count);
    for (const id of state.partial) this.#partial.add(id);
    return true;
  }

  #schedule(): void {
    this.#dirty = true;
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_DELAY_MS);
    this.#timer.unref();
  }

  #flushSoon(last: boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#write(last)).catch(this.#onTrouble);
    return this.#flushing;
  }

  async #write(last: boolean): Promise<void> {
    const timeline = this.#timeline;
    if (!this.#dirty && !(last && (timeline.idsChanged > 0 || this.#younger() > 0))) return;
    this.#dirty = false;
    this.#flush += 1;
    // All that is written is taken now, at one moment, and turned into files in turns.
    const changed = timeline.slots().filter((slot) => slot.changed);
    const contents = changed.map((slot) => ({ slot, entries: (slot.shard as Shard).entries() }));
    for (const slot of changed) {
      slot.changed = false;
      slot.written = this.#flush;
      delete slot.signature;
      delete slot.tally;
      this.#writing.add(slot);
    }
    const ids = this.#takeIds(timeline, last);
    const state = this.#state(timeline);
    try {
      const newest = timeline.slots().at(-1);
      for (const { slot, entries } of contents) {
        const file = { number: slot.number, written: state.flush };
        await this.#snapshot.writeShard(file, entries);
        // The newest one is written again and again, and in memory most of the time.
        if (slot !== newest) await this.#snapshot.writeSignature(file, signatureOf(entries));
        timeline.use(slot, slot.shard as Shard);
      }
      if (ids) await this.#snapshot.writeIds(state.flush, ids);
      await this.#snapshot.commit(state);
      this.#isStuck = false;
    } catch (error) {
      // What was not written is still in memory: it is tried again with the next change.
      for (const slot of changed) slot.changed = true;
      this.#idsFlush = 0;
      this.#dirty = true;
      this.#isStuck = true;
      throw error;
    } finally {
      this.#writing.clear();
      this.#letGo();
    }
  }

  /** The index of ids, where it is time to write it: it is large, and what it lacks stands in newer shards. */
  #takeIds(timeline: Timeline, last: boolean) {
    const { ids, idsChanged } = timeline;
    const isYoung =
      idsChanged <= 1000 + ids.size / 4 && this.#younger() <= MOST_SHARDS + timeline.slots().length / 4;
    if (!last && this.#idsFlush !== 0 && isYoung) return undefined;
    timeline.idsChanged = 0;
    this.#idsFlush = this.#flush;
    return ids.copies();
  }

  /** How many shards were written after the index of ids: the next start reads them. */
  #younger(): number {
    return this.#timeline.slots().filter(({ written }) => written > this.#idsFlush).length;
  }

  #state(timeline: Timeline): State {
    return {
      version: VERSION,
      flush: this.#flush,
      idsFlush: this.#idsFlush,
      repositories: Object.fromEntries(this.#repositories),
      counts: Object.fromEntries(this.#counts),
      partial: this.partial(),
      size: this.#size,
      current: this.#current,
      shards: timeline.slots().map(({ number, written, from }) => {
        return { number, written, from: from === FIRST ? null : from };
      }),
    };
  }
}

/** The earlier one of a key and a moment, where there is any. */
function earlier(key: Key | undefined, time: number | undefined): Key | undefined {
  const moment = time === undefined ? undefined : { time, id: '' };
  if (!key || !moment) return key ?? moment;
  return compareKeys(key, moment) < 0 ? key : moment;
}
