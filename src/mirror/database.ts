import { Census } from './census.ts';
import type { Covered } from './covered.ts';
import { compareKeys, type Entry, type Key } from './entry.ts';
import { Snapshot } from './files/snapshot.ts';
import type { StagedShards } from './files/staged-shards.ts';
import { Flusher } from './flusher.ts';
import { loadMirror } from './load.ts';
import { type Hints, readCandidates } from './search/read-candidates.ts';
import type { Tally } from './search/tally.ts';
import { ShardReader } from './shard-reader.ts';
import { FIRST, Timeline } from './timeline.ts';

/** Which entries to walk through; all of them by default. */
export interface WalkRange {
  /** Start with entries older than this. */
  readonly before?: Key | undefined;
  /** Skip groups that hold nothing of this time or later. In milliseconds since 1970. */
  readonly since?: number | undefined;
  /** What every wanted entry has. Entries that are known not to have it are left out. */
  readonly hints?: Hints;
}

/**
 * The mirror: every message of every repository in a local JSON database (lowdb), split into shards along the
 * timeline. It answers all reads and can be lost at any time: what its files lack after a crash is read again from
 * the commits.
 */
export class Database {
  /** The folder that its files are in. */
  readonly directory: string;
  readonly #snapshot: Snapshot;
  readonly #onTrouble: (error: unknown) => void;
  readonly #census = new Census();
  readonly #flusher: Flusher;
  #timeline = new Timeline();
  readonly #shards: ShardReader;

  private constructor(directory: string, onTrouble: (error: unknown) => void) {
    this.directory = directory;
    this.#snapshot = new Snapshot(directory);
    this.#onTrouble = onTrouble;
    this.#flusher = new Flusher({
      snapshot: this.#snapshot,
      census: this.#census,
      timeline: () => this.#timeline,
      onTrouble,
    });
    this.#shards = new ShardReader({
      snapshot: this.#snapshot,
      timeline: () => this.#timeline,
      isWriting: this.#flusher.isWriting,
      onTrouble,
    });
  }

  /** Opens the mirror in a folder. If its files are not complete, it starts empty. */
  static async open(
    directory: string,
    onTrouble: (error: unknown) => void = () => undefined,
  ): Promise<Database> {
    const database = new Database(directory, onTrouble);
    await database.#snapshot.clearStaged().catch(onTrouble);
    if (await database.#load()) return database;
    database.#begin();
    await database.#snapshot.wipe().catch(onTrouble);
    return database;
  }

  /** What the mirror covers of a repository; `undefined` if it knows nothing about it. */
  covered(repository: string): Covered | undefined {
    return this.#census.covered(repository);
  }

  /** Records what the mirror covers of a repository. Only the first problems of each file are kept. */
  cover(repository: string, covered: Covered): void {
    this.#census.cover(repository, covered);
    this.#flusher.schedule();
  }

  /** The names of all repositories that it knows anything about. */
  repositories(): string[] {
    return this.#census.repositories();
  }

  /** How many messages it holds, including deleted ones. */
  get size(): number {
    return this.#census.size;
  }

  /** How many of them are not deleted. */
  get current(): number {
    return this.#census.current;
  }

  /** The ids of messages that are in a repository that lacks some of their lines. */
  partial(): string[] {
    return this.#census.partial();
  }

  /** How many current messages a repository holds. */
  countIn(repository: string): number {
    return this.#census.countIn(repository);
  }

  /** The message with an id, deleted or not. */
  async read(id: string): Promise<Entry | undefined> {
    for (;;) {
      const slot = this.#timeline.slotOf(id);
      if (!slot) return undefined;
      if (slot.shard) return slot.shard.get(id);
      await this.#shards.ensure(slot);
    }
  }

  /** The ids of all messages that end with some digits, including deleted ones. */
  idsEnding(ending: string): readonly string[] {
    return this.#timeline.ids.endingWith(ending);
  }

  /**
   * Changes a message with a function of its current entry. Nothing else can get in between. If the function returns
   * `undefined`, the message is removed.
   */
  async update(id: string, change: (entry: Entry | undefined) => Entry | undefined): Promise<void> {
    let last: { readonly before: Entry | undefined; readonly after: Entry | undefined } | undefined;
    for (;;) {
      const timeline = this.#timeline;
      const slot = timeline.slotOf(id);
      if (slot && !slot.shard) {
        await this.#shards.ensure(slot);
        continue;
      }
      const before = slot?.shard?.get(id);
      // The function is called once, unless the message was changed elsewhere while a shard was being read.
      if (!last || last.before !== before) last = { before, after: change(before) };
      const { after } = last;
      if (after === before) return;
      const target = after && timeline.slotAt(after.key);
      if (target && !target.shard) {
        await this.#shards.ensure(target);
        continue;
      }
      if (slot && before && slot !== target) timeline.remove(slot, id);
      if (target && after) timeline.put(target, after);
      this.#census.changed(id, before, after);
      this.#flusher.schedule();
      return;
    }
  }

  /** All entries, or those of a range, newest first. They come in groups, each read on demand. */
  async *walk({ before, since, hints }: WalkRange = {}): AsyncGenerator<readonly Entry[]> {
    let end = before;
    for (;;) {
      const slot = this.#timeline.slotBefore(end);
      if (!slot) return;
      const some = hints && (await readCandidates(slot, hints, this.#snapshot, this.#flusher.isWriting));
      const entries = some ?? (await this.#shards.ensure(slot)).entries();
      // The shard may have been changed or split while its file was being read. Its later half is then in another
      // one.
      if (this.#timeline.slotBefore(end) !== slot) continue;
      if (entries.length > 0) {
        const limit = end;
        yield (limit ? entries.filter(({ key }) => compareKeys(key, limit) < 0) : entries).toReversed();
      }
      if (slot.from === FIRST || (since !== undefined && slot.from.time < since)) return;
      end = slot.from;
    }
  }

  /**
   * The counts of each part of the timeline that may hold messages of a time, newest first. Times are milliseconds
   * since 1970. A part is only read once, and again after it has changed.
   */
  async *tallies(since: number, until?: number): AsyncGenerator<Tally> {
    let end: Key | undefined = until === undefined ? undefined : { time: until, id: '' };
    for (;;) {
      const slot = this.#timeline.slotBefore(end);
      if (!slot) return;
      const tally = await this.#shards.tally(slot);
      if (this.#timeline.slotBefore(end) !== slot) continue;
      yield tally;
      if (slot.from === FIRST || slot.from.time < since) return;
      end = slot.from;
    }
  }

  /** Whether there is no message between two keys, inclusive. */
  async isFree(first: Key, last: Key): Promise<boolean> {
    for (;;) {
      const slot = this.#timeline.slotAt(first);
      if (slot.shard) return this.#timeline.isFree(first, last);
      await this.#shards.ensure(slot);
    }
  }

  /**
   * Makes staged shards part of the mirror, all at once. Returns false and changes nothing if there are already
   * messages between them, if one of them is already known, or if their files are gone. The state is written with the
   * next change.
   */
  adopt(repository: string, staged: StagedShards): Promise<boolean> {
    return this.#flusher
      .between(() => this.#adopt(repository, staged))
      .catch(() => false)
      .finally(() =>
        this.#snapshot.removeStaged(staged.shards.map(({ name }) => name)).catch(this.#onTrouble),
      );
  }

  /** Removes everything of a repository. `without` removes it from one message. */
  async forget(repository: string, without: (entry: Entry) => Entry | undefined): Promise<void> {
    for await (const entries of this.walk()) {
      for (const { id } of entries) await this.update(id, (entry) => entry && without(entry));
    }
    this.#census.forget(repository);
    if (this.size === 0) this.#begin();
    this.#flusher.schedule();
  }

  /** Forgets everything. It is then read again from the clones. */
  clear(): void {
    this.#census.clear();
    this.#begin();
    this.#flusher.schedule();
  }

  /** Writes what has changed. Resolves when the files are written, or when an error was reported. */
  flush(): Promise<void> {
    return this.#flusher.flush();
  }

  /** Resolves when there is room in memory for many more messages; see {@link Flusher.room}. */
  room(): Promise<void> {
    return this.#flusher.room();
  }

  /** Writes everything that is not in files yet. */
  close(): Promise<void> {
    return this.#flusher.close();
  }

  async #adopt(repository: string, { shards, first, last, size, shown }: StagedShards): Promise<boolean> {
    const timeline = this.#timeline;
    const isKnown = () => shards.some(({ ids }) => timeline.ids.hasAny(ids));
    if (isKnown() || !(await this.isFree(first, last))) return false;
    const written = this.#flusher.nextNumber();
    const placed = shards.map((shard) => ({ ...shard, number: timeline.newNumber(), written }));
    for (const shard of placed) await this.#snapshot.adopt(shard.name, shard);
    await timeline.ids.reserve(size);
    // Entries that were added in the meantime stay, and the next flush removes the files again.
    while (!timeline.slotAt(first).shard) await this.#shards.ensure(timeline.slotAt(first));
    if (timeline !== this.#timeline || !timeline.isFree(first, last) || isKnown()) return false;
    timeline.insert(last, placed);
    this.#census.added(repository, { size, shown });
    // The state is written when the branch is covered. Without that, the shards would have to be compared with the
    // branch line by line.
    this.#flusher.noteChange();
    return true;
  }

  #begin(): void {
    this.#timeline = new Timeline();
    this.#flusher.beginAgain();
  }

  async #load(): Promise<boolean> {
    const loaded = await loadMirror(this.#snapshot);
    if (!loaded) return false;
    this.#timeline = loaded.timeline;
    this.#census.load(loaded.state);
    this.#flusher.continueAt(loaded.state);
    return true;
  }
}
