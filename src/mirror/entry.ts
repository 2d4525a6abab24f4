import { type Folded, fold } from '../journal/fold.ts';
import { type Line, readLine } from '../journal/line.ts';
import { MirrorBroken } from './errors.ts';

/** A line with the commit that brought it to each repository; `null` if that is not known yet. */
export interface HeldLine {
  readonly line: Line;
  readonly commits: ReadonlyMap<string, string | null>;
}

/** Everything known about one message. It is immutable: a change creates a new one. */
export interface Entry {
  readonly id: string;
  readonly held: ReadonlyMap<string, HeldLine>;
  readonly folded: Folded;
  readonly key: Key;
  /** The total length of all its lines, in characters. */
  readonly characters: number;
}

/** The position of a message in the timeline: the milliseconds of `createdAt`, then the id. */
export interface Key {
  readonly time: number;
  readonly id: string;
}

/** Whether a message is deleted. It can be undeleted. */
export const isDeleted = (entry: Entry): boolean => entry.folded.current.deletedAt !== undefined;

export const compareKeys = (a: Key, b: Key): number => {
  if (a.time !== b.time) return a.time - b.time;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
};

/** Makes an entry from lines that all belong to one message; `undefined` if there are none. */
export function makeEntry(held: ReadonlyMap<string, HeldLine>): Entry | undefined {
  if (held.size === 0) return undefined;
  const lines = [...held.values()].map(({ line }) => line);
  const folded = fold(lines);
  const { id, createdAt } = folded.current;
  const characters = lines.reduce((sum, { raw }) => sum + raw.length, 0);
  return { id, held, folded, key: { time: Date.parse(createdAt), id }, characters };
}

/** A line with the commit that brought it to one repository; `null` if that is not known yet. */
export interface FoundLine {
  readonly line: Line;
  readonly commit: string | null;
}

/**
 * An entry with some lines added to a repository and others removed from it; `undefined` if nothing is left. A known
 * commit id is not replaced by `null`. The message is folded once, however many lines there are.
 */
export function withChanges(
  entry: Entry | undefined,
  repository: string,
  added: readonly FoundLine[],
  removed: readonly Line[] = [],
): Entry | undefined {
  const held = new Map(entry?.held);
  for (const { line, commit } of added) {
    const old = held.get(line.hash);
    const known = commit ?? old?.commits.get(repository) ?? null;
    const commits =
      old || known !== null ? new Map(old?.commits).set(repository, known) : notFoundIn(repository);
    held.set(line.hash, { line: old?.line ?? line, commits });
  }
  for (const { hash } of removed) {
    const old = held.get(hash);
    if (!old?.commits.has(repository)) continue;
    const commits = new Map(old.commits);
    commits.delete(repository);
    if (commits.size === 0) held.delete(hash);
    else held.set(hash, { line: old.line, commits });
  }
  const isSameLines =
    held.size === entry?.held.size && [...held.keys()].every((hash) => entry.held.has(hash));
  if (!entry || !isSameLines) return makeEntry(held);
  const { id, folded, key, characters } = entry;
  return { id, held, folded, key, characters };
}

/** The commits of a line that still have to be found. One object is shared by a million lines after a rebuild. */
function notFoundIn(repository: string): HeldLine['commits'] {
  const commits = notFound.get(repository) ?? new Map([[repository, null]]);
  notFound.set(repository, commits);
  return commits;
}

const notFound = new Map<string, HeldLine['commits']>();

/**
 * An entry as stored in a shard: its position in the timeline, its lines as they are, and which repositories have
 * each.
 */
export type StoredEntry = readonly [
  id: string,
  time: number,
  lines: readonly (readonly [raw: string, commits: Readonly<Record<string, string | null>>])[],
];

export function toStored(entry: Entry): StoredEntry {
  if (entry instanceof KeptEntry) return entry.stored;
  const lines = [...entry.held.values()];
  const { id, time } = entry.key;
  return [id, time, lines.map(({ line, commits }) => [line.raw, Object.fromEntries(commits)])];
}

/**
 * An entry read from a shard. Throws {@link MirrorBroken} when its lines are accessed and this version cannot read
 * them.
 */
export const fromStored = (stored: StoredEntry): Entry => new KeptEntry(stored);

/** All lines of a message exactly as they are in the journals. Lines from a shard are not parsed for this. */
export const rawLinesOf = (entry: Entry): string[] =>
  entry instanceof KeptEntry
    ? entry.stored[2].map(([raw]) => raw)
    : [...entry.held.values()].map(({ line }) => line.raw);

/** An entry whose lines are parsed on access, since most entries of a shard are skipped. */
class KeptEntry implements Entry {
  readonly id: string;
  readonly key: Key;
  readonly stored: StoredEntry;
  #made: Entry | undefined;

  constructor(stored: StoredEntry) {
    const [id, time] = stored;
    this.id = id;
    this.key = { time, id };
    this.stored = stored;
  }

  get held(): Entry['held'] {
    return this.#entry().held;
  }

  get folded(): Folded {
    return this.#entry().folded;
  }

  get characters(): number {
    return this.stored[2].reduce((sum, [raw]) => sum + raw.length, 0);
  }

  #entry(): Entry {
    this.#made ??= parse(this.stored);
    return this.#made;
  }
}

function parse([id, , lines]: StoredEntry): Entry {
  try {
    const held = lines.map(([raw, commits]): HeldLine => {
      return { line: readLine(raw), commits: new Map(Object.entries(commits)) };
    });
    const entry = makeEntry(new Map(held.map((one) => [one.line.hash, one])));
    if (entry?.id === id) return entry;
  } catch {
    // It was written by a version that read lines differently.
  }
  throw new MirrorBroken(`entry ${id}`);
}
