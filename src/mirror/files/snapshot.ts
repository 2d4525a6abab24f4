import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import type { Covered } from '../covered.ts';
import { type Entry, fromStored, type StoredEntry, toStored } from '../entry.ts';
import { MirrorBroken } from '../errors.ts';
import type { Likely } from '../search/json-prefilter.ts';
import { type NgramFilter, ngramFilterOf } from '../search/ngram-filter.ts';
import type { Tally } from '../search/tally.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { IdIndex, type IdTable, type StoredIds, TABLES } from './id-index.ts';
import { isWhole, VerifiedFile } from './verified-file.ts';

/** A shard as listed in the state: its file, and the first key that belongs to it (`null` for the very first shard). */
export interface StoredShard {
  readonly number: number;
  /** The flush that wrote its file. */
  readonly written: number;
  readonly from: { readonly time: number; readonly id: string } | null;
}

/** What the mirror's files hold together at one moment. */
export interface State {
  readonly version: number;
  readonly flush: number;
  /** The flush that wrote the index of ids. Shards written later are read for their ids. */
  readonly idsFlush: number;
  readonly repositories: Readonly<Record<string, Covered>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly partial: readonly string[];
  readonly size: number;
  /** How many of the messages are not deleted. */
  readonly current: number;
  readonly shards: readonly StoredShard[];
}

/** Files of another version are treated as absent. */
export const VERSION = 13;

const STATE_FILE = 'state.json';
/** The folder of shards that are not part of the mirror yet. */
const STAGING = 'staging';
const shardFile = ({ number, written }: Pick<StoredShard, 'number' | 'written'>): string =>
  `shard-${number}-${written}.json`;
const ngramFile = ({ number, written }: Pick<StoredShard, 'number' | 'written'>): string =>
  `ngrams-${number}-${written}.json`;
const tallyFile = ({ number, written }: Pick<StoredShard, 'number' | 'written'>): string =>
  `tally-${number}-${written}.json`;
const idsFiles = (flush: number): string[] =>
  Array.from({ length: TABLES }, (_, table) => `ids-${table}-${flush}.json`);

/** How many times the check looks at a mirror that is being written. */
const MOST_LOOKS = 10;

/** All files listed in a state. Those that will be replaced soonest come first. */
const filesOf = (state: State): string[] => [
  ...idsFiles(state.idsFlush),
  ...state.shards.toReversed().map(shardFile),
];

/**
 * The mirror's folder of lowdb files. Only the state is ever overwritten. It is written last and lists the other
 * files, so wherever an interruption happens, the state and its files match.
 */
export class Snapshot {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The state, if it is intact and all of its files exist. */
  async readState(): Promise<State | undefined> {
    const state = await this.#file<State>(STATE_FILE).read();
    if (state?.version !== VERSION || state.shards.length === 0) return undefined;
    const files = new Set(await readdir(this.#directory));
    return state.shards.every((shard) => files.has(shardFile(shard))) ? state : undefined;
  }

  /**
   * The names of the files that are missing or damaged; `absent` if there is no mirror, or one of another version.
   * Changes nothing. If the mirror is written in the meantime, it is checked again.
   */
  async check(): Promise<readonly string[] | 'absent'> {
    let state = await this.#file<State>(STATE_FILE).read();
    let suspects = state ? filesOf(state) : [STATE_FILE];
    for (let look = 1; ; look += 1) {
      if (!state && !(await this.#isThere(STATE_FILE))) return 'absent';
      if (state && state.version !== VERSION) return 'absent';
      const broken = await this.#notWhole(suspects);
      const later = await this.#file<State>(STATE_FILE).read();
      if (broken.length === 0 || later?.flush === state?.flush || look === MOST_LOOKS) return broken;
      // Files that were replaced in the meantime are no longer listed.
      const named = new Set(later ? filesOf(later) : []);
      suspects = later ? broken.filter((name) => named.has(name)) : [STATE_FILE];
      state = later;
    }
  }

  async #notWhole(names: readonly string[]): Promise<string[]> {
    const broken: string[] = [];
    for (const name of names) if (!(await isWhole(join(this.#directory, name)))) broken.push(name);
    return broken;
  }

  #isThere(name: string): Promise<boolean> {
    return stat(join(this.#directory, name)).then(
      () => true,
      () => false,
    );
  }

  /** Deletes everything, starting with the state, since new files will have the names of old ones. */
  async wipe(): Promise<void> {
    await rm(join(this.#directory, STATE_FILE), { recursive: true, force: true });
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** The index of ids; `undefined` if one of its files is missing or damaged. */
  async readIds(flush: number): Promise<IdIndex | undefined> {
    const tables: (StoredIds | null)[] = [];
    for (const file of idsFiles(flush)) tables.push(await this.#file<StoredIds>(file).read());
    return IdIndex.of(tables);
  }

  /** The entries of a shard. Throws {@link MirrorBroken} if its file is damaged. */
  async readShard(shard: Pick<StoredShard, 'number' | 'written'>): Promise<Entry[]> {
    const data = await this.#file<StoredEntry[]>(shardFile(shard)).read();
    if (data === null) throw new MirrorBroken(`file ${shardFile(shard)}`);
    return data.map(fromStored);
  }

  /** The likely entries in some parts of a shard. Throws {@link MirrorBroken} if those parts are damaged. */
  readSome(
    shard: Pick<StoredShard, 'number' | 'written'>,
    isWanted: (part: number) => boolean,
    isLikely: Likely,
  ): Entry[] {
    const data = this.#file<StoredEntry[]>(shardFile(shard)).readSome(isWanted, isLikely);
    if (data === null) throw new MirrorBroken(`file ${shardFile(shard)}`);
    return data.map(fromStored);
  }

  async writeShard(shard: Pick<StoredShard, 'number' | 'written'>, entries: readonly Entry[]): Promise<void> {
    await this.#save(shardFile(shard), entries.map(toStored));
  }

  /** Writes a shard and its n-gram filter to the staging folder. */
  async stage(name: string, entries: readonly Entry[]): Promise<void> {
    await this.#save(join(STAGING, `${name}.json`), entries.map(toStored));
    await this.#save(join(STAGING, `${name}.ngrams.json`), toBase64(ngramFilterOf(entries)));
  }

  /** Renames staged files to those of a shard of the mirror. */
  async adopt(name: string, shard: Pick<StoredShard, 'number' | 'written'>): Promise<void> {
    const move = (from: string, to: string) =>
      rename(join(this.#directory, STAGING, from), join(this.#directory, to));
    await move(`${name}.ngrams.json`, ngramFile(shard));
    await move(`${name}.json`, shardFile(shard));
  }

  /** Removes the staged files with these names, unless they were adopted. */
  async removeStaged(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await rm(join(this.#directory, STAGING, `${name}.ngrams.json`), { force: true });
      await rm(join(this.#directory, STAGING, `${name}.json`), { force: true });
    }
  }

  /** Removes everything that was staged but never adopted. */
  async clearStaged(): Promise<void> {
    await rm(join(this.#directory, STAGING), { recursive: true, force: true });
  }

  /** The n-gram filter stored with a shard, or `null` if it is missing or damaged. */
  async readNgramFilter(shard: Pick<StoredShard, 'number' | 'written'>): Promise<NgramFilter | null> {
    const text = await this.#file<string>(ngramFile(shard)).read();
    return text === null ? null : fromBase64(text);
  }

  async writeNgramFilter(
    shard: Pick<StoredShard, 'number' | 'written'>,
    ngramFilter: NgramFilter,
  ): Promise<void> {
    await this.#save(ngramFile(shard), toBase64(ngramFilter));
  }

  /** The counts stored with a shard, or `null` if they are missing or damaged. */
  readTally(shard: Pick<StoredShard, 'number' | 'written'>): Promise<Tally | null> {
    return this.#file<Tally>(tallyFile(shard)).read();
  }

  async writeTally(shard: Pick<StoredShard, 'number' | 'written'>, tally: Tally): Promise<void> {
    await this.#save(tallyFile(shard), tally);
  }

  async writeIds(flush: number, tables: readonly IdTable[]): Promise<void> {
    for (const [index, file] of idsFiles(flush).entries()) await this.#save(file, tables[index]);
  }

  /** Writes the state and removes all files that it does not list. Throws if a listed file is gone. */
  async commit(state: State): Promise<void> {
    await this.#save(STATE_FILE, state);
    const named = new Set([STATE_FILE, ...idsFiles(state.idsFlush), ...state.shards.map(shardFile)]);
    const kept = new Set([STAGING, ...state.shards.map(ngramFile), ...state.shards.map(tallyFile)]);
    for (const file of await readdir(this.#directory)) {
      if (!named.delete(file) && !kept.has(file))
        await rm(join(this.#directory, file), { recursive: true, force: true });
    }
    const [missing] = named;
    if (missing !== undefined) throw new MirrorBroken(`file ${missing}`);
  }

  #file<Data>(name: string): VerifiedFile<Data> {
    return new VerifiedFile<Data>(join(this.#directory, name));
  }

  async #save<Data>(name: string, data: Data): Promise<void> {
    await new Low<Data>(this.#file<Data>(name), data).write();
  }
}
