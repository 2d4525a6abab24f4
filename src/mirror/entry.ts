import { type Folded, fold } from '../journal/fold.ts';
import { type Line, readLine } from '../journal/line.ts';

/** A line with the commit that brought it to each repository, `null` where that is not known yet. */
export interface HeldLine {
  readonly line: Line;
  readonly commits: ReadonlyMap<string, string | null>;
}

/** Everything known of one message. It is never changed: a change makes a new one. */
export interface Entry {
  readonly id: string;
  readonly held: ReadonlyMap<string, HeldLine>;
  readonly folded: Folded;
  readonly key: Key;
}

/** Where a message stands in the timeline: the milliseconds of `createdAt`, then the id. */
export interface Key {
  readonly time: number;
  readonly id: string;
}

export const compareKeys = (a: Key, b: Key): number => {
  if (a.time !== b.time) return a.time - b.time;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
};

/** Makes an entry of lines that are all of one message, or `undefined` of none. */
export function makeEntry(held: ReadonlyMap<string, HeldLine>): Entry | undefined {
  if (held.size === 0) return undefined;
  const folded = fold([...held.values()].map(({ line }) => line));
  const { id, createdAt } = folded.current;
  return { id, held, folded, key: { time: Date.parse(createdAt), id } };
}

/** A line with the commit that brought it to one repository, `null` where that is not known yet. */
export interface FoundLine {
  readonly line: Line;
  readonly commit: string | null;
}

/**
 * An entry with lines known to be in a repository, and others known not to be there any more; `undefined` where nothing
 * is left of it. An id of a commit is not forgotten for `null`. The message is folded once, however many lines there are.
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
    held.set(line.hash, { line: old?.line ?? line, commits: new Map(old?.commits).set(repository, known) });
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
  return entry && isSameLines ? { ...entry, held } : makeEntry(held);
}

/** An entry as a shard keeps it: the lines as they are, and where each is. */
export type StoredEntry = readonly (readonly [
  raw: string,
  commits: Readonly<Record<string, string | null>>,
])[];

export const toStored = (entry: Entry): StoredEntry =>
  [...entry.held.values()].map(({ line, commits }) => [line.raw, Object.fromEntries(commits)]);

export function fromStored(stored: StoredEntry): Entry | undefined {
  const held = stored.map(([raw, commits]): HeldLine => {
    return { line: readLine(raw), commits: new Map(Object.entries(commits)) };
  });
  return makeEntry(new Map(held.map((one) => [one.line.hash, one])));
}
