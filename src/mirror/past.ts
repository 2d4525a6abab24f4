import { setImmediate as turn } from 'node:timers/promises';
import type { Filter } from '../domain/query.ts';
import { type Line, timeOf } from '../journal/line.ts';
import type { Database, WalkRange } from './database.ts';
import { compareKeys, type Entry, type HeldLine, type Key, makeEntry, rawLinesOf } from './entry.ts';
import type { LineSet } from './line-set.ts';
import { matches } from './search/filter.ts';
import { likelyFor } from './search/json-prefilter.ts';
import { EARLY } from './search/ngram-filter.ts';
import type { Hints } from './search/read-candidates.ts';

/** An earlier state of the mirror: which lines count, and those that it no longer holds. */
export interface Past {
  /** Identifies it in a cursor. */
  readonly name: string;
  /** No line that counts is later than this, in milliseconds since 1970. */
  readonly latest: number;
  /** The line as it counted then, if it did. */
  readonly keep: (held: HeldLine) => HeldLine | undefined;
  /** Lines that existed then but are no longer in the mirror, by the id of their message. */
  readonly gone: ReadonlyMap<string, readonly HeldLine[]>;
  /** The messages that have no line in the mirror any more, newest first. */
  readonly goneEntries: readonly Entry[];
}

/** The mirror as of a moment, with every line up to then. */
export const pastAt = (time: number): Past => ({
  name: new Date(time).toISOString(),
  latest: time,
  keep: (held) => (Date.parse(timeOf(held.line)) <= time ? held : undefined),
  gone: new Map(),
  goneEntries: [],
});

/** The lines in the journals of a commit. */
export interface CommitLines {
  readonly commit: string;
  readonly lines: LineSet;
  /** The latest time in them; infinite if unknown. */
  readonly latest: number;
}

/**
 * The mirror as of a commit, with the lines that the branch held there.
 *
 * @param repositories those that have the commit on their branch
 * @param removed lines of the commit that are no longer in the mirror
 */
export function pastOf(
  { commit, lines, latest }: CommitLines,
  repositories: readonly string[],
  removed: readonly { readonly line: Line; readonly isKnown: boolean }[],
): Past {
  const commits = new Map(repositories.map((name) => [name, null]));
  const gone = new Map<string, HeldLine[]>();
  const unknown = new Set<string>();
  for (const { line, isKnown } of removed) {
    const known = gone.get(line.id) ?? [];
    gone.set(line.id, known);
    known.push({ line, commits });
    if (!isKnown) unknown.add(line.id);
  }
  const goneEntries = [...unknown].flatMap((id) => entryOf(gone.get(id) ?? []) ?? []);
  return {
    name: commit,
    latest,
    keep: (held) => (lines.has(held.line.hash) ? within(held, repositories) : undefined),
    gone,
    goneEntries: goneEntries.sort((a, b) => compareKeys(b.key, a.key)),
  };
}

/** A line as held by some repositories only; the same object if no other one has it. */
function within(held: HeldLine, repositories: readonly string[]): HeldLine {
  const { line, commits } = held;
  const isSame = commits.size === repositories.length && repositories.every((name) => commits.has(name));
  return isSame
    ? held
    : { line, commits: new Map(repositories.map((name) => [name, commits.get(name) ?? null])) };
}

/** A message as it was then, at its current position; `undefined` if it did not exist yet. */
function entryAt(past: Past, entry: Entry): Entry | undefined {
  const gone = past.gone.get(entry.id) ?? [];
  const kept = [...entry.held.values()].map(past.keep);
  const isSame = gone.length === 0 && [...entry.held.values()].every((held, index) => kept[index] === held);
  if (isSame) return entry;
  const made = entryOf([...kept.flatMap((held) => held ?? []), ...gone]);
  return made && { ...made, key: entry.key };
}

const entryOf = (held: readonly HeldLine[]): Entry | undefined =>
  makeEntry(new Map(held.map((one) => [one.line.hash, one])));

/** The message with an id as it was then. */
export async function readPast(mirror: Database, past: Past, id: string): Promise<Entry | undefined> {
  const entry = await mirror.read(id);
  return entry ? entryAt(past, entry) : past.goneEntries.find((gone) => gone.id === id);
}

/** Finds the messages with a line that is earlier than their position. */
const EARLIER: Hints = { needs: EARLY, isLikely: () => true };

/** How many entries are examined before the event loop gets a turn. Most of them have to be parsed. */
const ENTRIES_A_TURN = 250;

/** The messages that passed a filter then, newest first, and older than `before` if that is given. */
export async function* queryPast(
  mirror: Database,
  filter: Filter,
  past: Past,
  before?: Key,
): AsyncGenerator<Entry> {
  const until: Key | undefined = filter.until === undefined ? undefined : { time: filter.until, id: '' };
  const range = { before: earlier(before, until), since: filter.since };
  const isLikely = likelyFor(filter);
  const canPass = (entry: Entry): boolean =>
    past.gone.has(entry.id) || isLikely(rawLinesOf(entry).join('\n'));
  let looked = 0;
  for await (const entry of withGone(mirror, entriesOf(mirror, past, range), past, range.before)) {
    looked += 1;
    if (looked % ENTRIES_A_TURN === 0) await turn();
    if (filter.terms.length > 0 && !canPass(entry)) continue;
    const was = entryAt(past, entry);
    if (was && matches(was, filter)) yield was;
  }
}

/**
 * Every message that may have existed then. Of the messages after the latest line that counts, only the few with an
 * earlier line are read.
 */
async function* entriesOf(mirror: Database, past: Past, { before, since }: WalkRange): AsyncGenerator<Entry> {
  if (past.latest === Number.POSITIVE_INFINITY) return yield* flat(mirror.walk({ before, since }));
  const border: Key = { time: past.latest + 1, id: '' };
  const from = since === undefined ? border.time : Math.max(since, border.time);
  for await (const entry of flat(mirror.walk({ before, since: from, hints: EARLIER })))
    if (compareKeys(entry.key, border) >= 0) yield entry;
  yield* flat(mirror.walk({ before: earlier(before, border), since }));
}

async function* flat(groups: AsyncIterable<readonly Entry[]>): AsyncGenerator<Entry> {
  for await (const entries of groups) yield* entries;
}

/** Inserts the messages that are gone at their positions. */
async function* withGone(
  mirror: Database,
  entries: AsyncIterable<Entry>,
  { goneEntries }: Past,
  before: Key | undefined,
): AsyncGenerator<Entry> {
  let at = before === undefined ? 0 : goneEntries.findIndex(({ key }) => compareKeys(key, before) < 0);
  if (at === -1) at = goneEntries.length;
  // If the mirror has the message again by now, it is among the others.
  const isGone = async ({ id }: Entry) => (await mirror.read(id)) === undefined;
  for await (const entry of entries) {
    for (let gone = goneEntries[at]; gone && compareKeys(gone.key, entry.key) > 0; gone = goneEntries[at]) {
      if (await isGone(gone)) yield gone;
      at += 1;
    }
    yield entry;
  }
  for (const gone of goneEntries.slice(at)) if (await isGone(gone)) yield gone;
}

const earlier = (one: Key | undefined, other: Key | undefined): Key | undefined =>
  one && (other === undefined || compareKeys(one, other) < 0) ? one : other;
