import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import type { Filter } from '../domain/query.ts';
import { compareKeys, type Entry, fromStored, type Key, type StoredEntry, toStored } from './entry.ts';
import { IdIndex } from './id-index.ts';
import { isPartial, matches, repositoriesOf } from './matches.ts';
import { Shard } from './shard.ts';
import { VerifiedFile } from './verified-file.ts';

/** A file of the mirror is gone or damaged: the mirror is to be made anew from the commits. */
export class MirrorBroken extends Error {
  constructor(file: string) {
    super(`The mirror's file ${file} is missing or damaged`);
    this.name = 'MirrorBroken';
  }
}

/** What the mirror knows of a repository beside its messages; what it covers is told by `head`. */
export interface Covered {
  readonly head: string | null;
  readonly problems: Readonly<Record<string, readonly { readonly line: number; readonly reason: string }[]>>;
}

interface ShardInfo {
  /** Its number, which it keeps for good. */
  readonly number: number;
  /** The first key that belongs to it. */
  readonly from: Key;
  /** The flush that wrote its file last; 0 for never. */
  written: number;
  changed: boolean;
  shard: Shard | undefined;
}

interface State {
  readonly version: number;
  readonly flush: number;
  readonly idsFlush: number;
  readonly repositories: Readonly<Record<string, Covered>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly partial: readonly string[];
  readonly shards: readonly (readonly [number: number, written: number, time: number | null, id: string])[];
}

const VERSION = 1;
const FLUSH_DELAY_MS = 1000;
/** How many shards stay in memory beside those that are not written yet. */
const KEPT_SHARDS = 64;

const FIRST: Key = { time: Number.NEGATIVE_INFINITY, id: '' };

/**
 * The mirror: every message of every repository in a local JSON database (lowdb), cut into shards along the
 * timeline. It serves all reads and can be lost at any time. Files are written some time after a change and on
 * {@link close}, each under a new name, and the state, which names them, after them: so whatever is cut off,
 * the state and its files fit together, and what came later is read again from the commits.
 */
export class Database {
  readonly #directory: string;
  readonly #repositories = new Map<string, Covered>();
  readonly #counts = new Map<string, number>();
  readonly #partial = new Set<string>();
  #shards: ShardInfo[] = [];
  #ids = new IdIndex();
  #idsFlush = 0;
  #idsChanged = 0;
  #flush = 0;
  #nextNumber = 1;
  #dirty = false;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #onTrouble: (error: unknown) => void = () => undefined;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#reset();
  }

  /** Opens the mirror in a folder; where it is not whole, it is empty. */
  static async open(
    directory: string,
    onTrouble: (error: unknown) => void = () => undefined,
  ): Promise<Database> {
    const database = new Database(directory);
    database.#onTrouble = onTrouble;
    if (!(await database.#load())) database.#reset();
    return database;
  }

  /** How far the mirror agrees with a repository; `undefined` where it knows nothing of it. */
  covered(repository: string): Covered | undefined {
    return this.#repositories.get(repository);
  }

  cover(repository: string, covered: Covered): void {
    this.#repositories.set(repository, covered);
    this.#schedule();
  }

  /** The names of all repositories that the mirror holds messages of. */
  repositories(): string[] {
    return [...this.#repositories.keys()];
  }

  /** How many messages it holds, deleted ones too. */
  get size(): number {
    return this.#ids.size;
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
      const info = this.#infoOf(id);
      if (!info) return undefined;
      if (info.shard) return info.shard.get(id);
      await this.#ensure(info);
    }
  }

  /** Adds a message. One with that id is replaced. */
  create(entry: Entry): Promise<void> {
    return this.update(entry.id, () => entry);
  }

  /**
   * Changes a message by a function of what is there now, which runs when nothing else can come in between;
   * where it returns `undefined`, the message is taken out.
   */
  async update(id: string, change: (entry: Entry | undefined) => Entry | undefined): Promise<void> {
    for (;;) {
      const info = this.#infoOf(id);
      if (info && !info.shard) {
        await this.#ensure(info);
        continue;
      }
      const before = info?.shard?.get(id);
      const after = change(before);
      if (after === before) return;
      const target = after ? this.#infoAt(after.key) : info;
      if (target && !target.shard) {
        await this.#ensure(target);
        continue;
      }
      if (before && (info !== target || !after)) this.#removeFrom(info as ShardInfo, id);
      if (after) this.#putInto(target as ShardInfo, after);
      if (after && isPartial(after)) this.#partial.add(id);
      else this.#partial.delete(id);
      this.#count(before, -1);
      this.#count(after, 1);
      this.#schedule();
      return;
    }
  }

  async delete(id: string): Promise<void> {
    await this.update(id, () => undefined);
  }

  /** All entries, newest first, older than `before` where given; a group at a time, each read when it is asked for. */
  async *walk(before?: Key): AsyncGenerator<readonly Entry[]> {
    let end = before;
    for (;;) {
      const info = end === undefined ? this.#shards.at(-1) : this.#infoBefore(end);
      if (!info) return;
      const shard = await this.#ensure(info);
      const limit = end;
      const entries = shard.entries();
      yield (
        limit === undefined ? entries : entries.filter(({ key }) => compareKeys(key, limit) < 0)
      ).toReversed();
      if (info.from === FIRST) return;
      end = info.from;
    }
  }

  /** The current messages that pass a filter, newest first, older than `before` where given. */
  async *query(filter: Filter, before?: Key): AsyncGenerator<Entry> {
    const until = filter.until === undefined ? undefined : { time: filter.until, id: '' };
    const start = before && until ? (compareKeys(before, until) < 0 ? before : until) : (before ?? until);
    for await (const entries of this.walk(start)) {
      for (const entry of entries) if (matches(entry, filter)) yield entry;
      const oldest = entries.at(-1);
      if (oldest && filter.since !== undefined && oldest.key.time < filter.since) return;
      // A long search lets everybody else have their turn between two shards.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Takes everything out that is known of a repository. */
  async forget(repository: string, without: (entry: Entry) => Entry | undefined): Promise<void> {
    for await (const entries of this.walk()) {
      for (const { id } of entries) await this.update(id, (entry) => entry && without(entry));
    }
    this.#repositories.delete(repository);
    this.#counts.delete(repository);
    this.#schedule();
  }

  /** Forgets everything, to be made anew. */
  clear(): void {
    this.#reset();
    this.#schedule();
  }

  /** Writes what has changed; resolves when the files are there. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#write(false)).catch(this.#onTrouble);
    return this.#flushing;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#write(true).catch(this.#onTrouble);
    clearTimeout(this.#timer);
  }

  #count(entry: Entry | undefined, step: 1 | -1): void {
    if (!entry || entry.folded.current.deletedAt !== undefined) return;
    for (const name of repositoriesOf(entry)) this.#counts.set(name, this.countIn(name) + step);
  }

  #reset(): void {
    this.#counts.clear();
    this.#partial.clear();
    this.#repositories.clear();
    this.#ids = new IdIndex();
    this.#idsFlush = 0;
    this.#shards = [];
    this.#loaded.clear();
    this.#addShard(FIRST, new Shard());
  }

  #addShard(from: Key, shard: Shard): ShardInfo {
    const info: ShardInfo = { number: this.#nextNumber, from, written: 0, changed: true, shard };
    this.#nextNumber += 1;
    this.#shards.splice(this.#position(from), 0, info);
    this.#numbers = undefined;
    for (const { id } of shard.entries()) this.#ids.set(id, info.number);
    return info;
  }

  /** How many shards begin at or before a key. */
  #position(key: Key): number {
    let [low, high] = [0, this.#shards.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys((this.#shards[middle] as ShardInfo).from, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #infoAt = (key: Key): ShardInfo => this.#shards[Math.max(0, this.#position(key) - 1)] as ShardInfo;

  /** The last shard that begins before a key. */
  #infoBefore(key: Key): ShardInfo | undefined {
    const info = this.#infoAt(key);
    if (compareKeys(info.from, key) < 0) return info;
    return this.#shards[this.#shards.indexOf(info) - 1];
  }

  #infoOf(id: string): ShardInfo | undefined {
    const number = this.#ids.get(id);
    return number === undefined ? undefined : this.#byNumber().get(number);
  }

  #numbers: Map<number, ShardInfo> | undefined;

  #byNumber(): Map<number, ShardInfo> {
    this.#numbers ??= new Map(this.#shards.map((info) => [info.number, info]));
    return this.#numbers;
  }

  #putInto(info: ShardInfo, entry: Entry): void {
    const shard = info.shard as Shard;
    shard.put(entry);
    info.changed = true;
    if (this.#ids.get(entry.id) !== info.number) {
      this.#ids.set(entry.id, info.number);
      this.#idsChanged += 1;
    }
    if (!shard.isFull) return;
    const later = shard.split();
    this.#addShard(later.from, later.shard);
    this.#idsChanged += later.shard.size;
  }

  #removeFrom(info: ShardInfo, id: string): void {
    info.shard?.remove(id);
    info.changed = true;
  }

  async #ensure(info: ShardInfo): Promise<Shard> {
    if (info.shard) {
      // The one used last stands last, so that those that nobody reads are let go first.
      this.#loaded.delete(info);
      this.#loaded.add(info);
      return info.shard;
    }
    const stored = await this.#readShard(info);
    info.shard ??= new Shard(stored);
    this.#loaded.add(info);
    this.#letGo();
    return info.shard;
  }

  readonly #loaded = new Set<ShardInfo>();
  readonly #writing = new Set<ShardInfo>();

  #letGo(): void {
    for (const info of this.#loaded) {
      if (this.#loaded.size <= KEPT_SHARDS) return;
      if (info.changed || this.#writing.has(info)) continue;
      info.shard = undefined;
      this.#loaded.delete(info);
    }
  }

  async #readShard(info: ShardInfo): Promise<Entry[]> {
    const name = shardFile(info.number, info.written);
    const data = await new VerifiedFile<StoredEntry[]>(join(this.#directory, name)).read();
    if (data === null) throw new MirrorBroken(name);
    return data.map(fromStored).filter((entry) => entry !== undefined);
  }

  #schedule(): void {
    this.#dirty = true;
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_DELAY_MS);
    this.#timer.unref();
  }

  async #load(): Promise<boolean> {
    const state = await new VerifiedFile<State>(join(this.#directory, STATE_FILE)).read();
    if (state?.version !== VERSION || state.shards.length === 0) return false;
    const files = new Set(await readdir(this.#directory));
    if (!state.shards.every(([number, written]) => files.has(shardFile(number, written)))) return false;
    this.#flush = state.flush;
    this.#shards = state.shards.map(([number, written, time, id]) => ({
      number,
      from: time === null ? FIRST : { time, id },
      written,
      changed: false,
      shard: undefined,
    }));
    this.#nextNumber = Math.max(...this.#shards.map(({ number }) => number)) + 1;
    for (const [name, covered] of Object.entries(state.repositories)) this.#repositories.set(name, covered);
    for (const [name, count] of Object.entries(state.counts)) this.#counts.set(name, count);
    for (const id of state.partial) this.#partial.add(id);
    return this.#loadIds(state.idsFlush);
  }

  /** Reads the index of ids, and what was written after it from the shards themselves. */
  async #loadIds(idsFlush: number): Promise<boolean> {
    const stored = await new VerifiedFile<ReturnType<IdIndex['toJSON']>>(this.#idsFile(idsFlush)).read();
    if (stored === null) return false;
    this.#ids = IdIndex.fromJSON(stored);
    this.#idsFlush = idsFlush;
    for (const info of this.#shards) {
      if (info.written <= idsFlush) continue;
      const entries = await this.#readShard(info).catch(() => undefined);
      if (!entries) return false;
      for (const { id } of entries) this.#ids.set(id, info.number);
    }
    return true;
  }

  #idsFile = (flush: number): string => join(this.#directory, `ids-${flush}.json`);

  async #write(last: boolean): Promise<void> {
    if (!this.#dirty && !(last && this.#idsChanged > 0)) return;
    this.#dirty = false;
    this.#flush += 1;
    const flush = this.#flush;
    // All that is written is taken now, at one moment, and turned into files in turns.
    const changed = this.#shards.filter((info) => info.changed);
    const contents = changed.map((info) => ({ info, entries: (info.shard as Shard).entries() }));
    for (const info of changed) {
      info.changed = false;
      info.written = flush;
      this.#writing.add(info);
    }
    const writeIds = last || this.#idsFlush === 0 || this.#idsChanged > 1000 + this.#ids.size / 10;
    const ids = writeIds ? this.#ids.toJSON() : undefined;
    if (ids) {
      this.#idsChanged = 0;
      this.#idsFlush = flush;
    }
    const state: State = {
      version: VERSION,
      flush,
      idsFlush: this.#idsFlush,
      repositories: Object.fromEntries(this.#repositories),
      counts: Object.fromEntries(this.#counts),
      partial: this.partial(),
      shards: this.#shards.map(({ number, written, from }) => [
        number,
        written,
        from === FIRST ? null : from.time,
        from.id,
      ]),
    };
    try {
      for (const { info, entries } of contents) {
        await this.#save(shardFile(info.number, flush), entries.map(toStored));
        this.#loaded.add(info);
      }
      if (ids) await this.#save(`ids-${flush}.json`, ids);
      await this.#save(STATE_FILE, state);
      await this.#sweep(state);
    } catch (error) {
      // What was not written is still in memory: it is tried again with the next change.
      for (const { info } of contents) info.changed = true;
      this.#idsFlush = 0;
      this.#dirty = true;
      throw error;
    } finally {
      this.#writing.clear();
      this.#letGo();
    }
  }

  async #save<Data>(file: string, data: Data): Promise<void> {
    const low = new Low<Data>(new VerifiedFile<Data>(join(this.#directory, file)), data);
    await low.write();
  }

  /** Takes away the files that the state does not name any more. */
  async #sweep(state: State): Promise<void> {
    const named = new Set(state.shards.map(([number, written]) => shardFile(number, written)));
    named.add(STATE_FILE).add(`ids-${state.idsFlush}.json`);
    const files = await readdir(this.#directory);
    for (const file of files) {
      if (!named.delete(file)) await rm(join(this.#directory, file), { force: true });
    }
    const [missing] = named;
    if (missing !== undefined) throw new MirrorBroken(missing);
  }
}

const STATE_FILE = 'state.json';
const shardFile = (number: number, written: number): string => `shard-${number}-${written}.json`;
