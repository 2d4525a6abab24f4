import { mergeBase } from '../../git/merge.ts';
import { isAncestor } from '../../git/refs.ts';
import {
  diffJournals,
  hasUnsafeFolder,
  type JournalChange,
  leavesFolders,
  listJournals,
  type TreeChange,
} from '../../git/tree.ts';
import type { Line } from '../../journal/line.ts';
import { oldestFirst } from '../../journal/path.ts';
import { readInTurns } from '../../journal/split.ts';
import type { Covered } from '../../mirror/covered.ts';
import type { Database } from '../../mirror/database.ts';
import type { FoundLine } from '../../mirror/entry.ts';
import type { Clone } from '../clones/clone.ts';
import { findCommits } from './attribution.ts';
import { type Problems, readDifference, withoutMoved } from './differences.ts';
import { type EntryChange, mirrorLines } from './mirroring.ts';
import { readAhead } from './read-ahead.ts';

/** What reading a branch into the mirror needs, and whom it tells. */
export interface Reading {
  readonly clone: Clone;
  readonly mirror: Database;
  /** Told of all messages that changed, some at a time. */
  readonly onChanges: (changes: readonly EntryChange[]) => void;
  /** Told that there are lines whose commits are still to be found. */
  readonly onUnattributed: () => void;
  readonly signal: AbortSignal;
}

/** More new lines than this get their commits in the background, so that nobody waits for them. */
const ATTRIBUTE_AT_ONCE = 2000;

const FILES_A_STEP = 32;

/**
 * Takes note of the commit that the branch is at.
 *
 * @param way what it differs by from another commit, where that is known
 */
export async function takeTip(
  clone: Clone,
  tip: string | null,
  way?: { readonly base: string | null; readonly changes: readonly TreeChange[] },
): Promise<void> {
  const isAsSafe = way !== undefined && way.base === clone.tip && way.changes.every(leavesFolders);
  if (!isAsSafe) clone.unsafe = tip !== null && (await hasUnsafeFolder(clone.git, tip));
  clone.segments = undefined;
  clone.tip = tip;
}

/** What two commits differ by and the way from one to the other. */
export interface Way {
  readonly covered: Covered;
  readonly base: string | null;
  readonly tip: string | null;
  readonly changes: readonly JournalChange[];
}

/** Reads the way from what the mirror covers to the tip at once. Returns how many messages changed. */
export async function catchUp({ clone, mirror, ...reading }: Reading, way: Way): Promise<number> {
  const { covered, base, tip } = way;
  if (tip !== null) begin({ clone, mirror }, covered, tip);
  const difference = await readDifference(clone, way.changes, covered.problems);
  const removed = await withoutMoved(clone, tip, difference.removed);
  const found = await attributed(clone, base, tip, difference.added);
  const changes = await mirrorLines(mirror, clone.name, found, removed);
  await mirrorLines(mirror, clone.name, await movedLines(clone, base, tip));
  mirror.cover(clone.name, coveredAt({ clone, mirror }, tip, difference.problems));
  reading.onChanges(changes);
  if (found.some(({ commit }) => commit === null)) reading.onUnattributed();
  return changes.length;
}

/**
 * Reads a long way in steps, each of which lets captures have their turn: it needs no lock, since what is captured
 * meanwhile only adds to both. Returns how many messages changed.
 */
export async function catchUpInSteps({ clone, mirror, ...reading }: Reading, way: Way): Promise<number> {
  const { name } = clone;
  const removed: Line[] = [];
  let problems = way.covered.problems;
  const all = oldestFirst(way.changes);
  // A message with lines in several files changes in several steps.
  const changed = new Set<string>();
  const mirrored = async (added: readonly Line[], gone: readonly Line[] = []) => {
    await mirror.room();
    const changes = await mirrorLines(mirror, name, added.map(uncommitted), gone);
    for (const { before, after } of changes) changed.add((after ?? before)?.id ?? '');
    reading.onChanges(changes);
  };
  for (let index = 0; index < all.length; index += FILES_A_STEP) {
    if (reading.signal.aborted) return changed.size;
    const difference = await readDifference(clone, all.slice(index, index + FILES_A_STEP), problems);
    problems = difference.problems;
    removed.push(...difference.removed);
    await mirrored(difference.added);
  }
  if (removed.length > 0) await mirrored([], await withoutMoved(clone, way.tip, removed));
  const { towards } = mirror.covered(name) ?? {};
  // Where it is gone, the mirror was made anew meanwhile, from all that the branch holds.
  if (towards !== undefined) mirror.cover(name, coveredAt({ clone, mirror }, towards, problems));
  reading.onUnattributed();
  return changed.size;
}

/** Notes that lines up to a commit are on their way into the mirror. */
export function begin(
  { clone, mirror }: Pick<Reading, 'clone' | 'mirror'>,
  covered: Covered,
  tip: string,
): void {
  mirror.cover(clone.name, { ...covered, towards: tip });
}

const coveredAt = (
  { clone, mirror }: Pick<Reading, 'clone' | 'mirror'>,
  head: string | null,
  problems: Problems,
): Covered => ({
  branch: clone.settings.branch,
  head,
  problems,
  ...(mirror.covered(clone.name)?.unattributed && { unattributed: true }),
});

const uncommitted = (line: Line): FoundLine => ({ line, commit: null });

async function attributed(
  clone: Clone,
  base: string | null,
  tip: string | null,
  added: readonly Line[],
): Promise<FoundLine[]> {
  if (tip === null || added.length > ATTRIBUTE_AT_ONCE) return added.map(uncommitted);
  const parents = await clone.blobs.parentsOf(tip);
  // Where there is one commit alone, it has brought them all.
  if (parents?.length === 1 && parents[0] === base) return added.map((line) => ({ line, commit: tip }));
  const range = base === null ? [tip] : [tip, `^${base}`];
  const commits = await findCommits(clone, range, added);
  return added.map((line) => ({ line, commit: commits.get(line.hash) ?? null }));
}

/** The lines that a rebase or an amend brought again by other commits: the ones that we know are in the branch no more. */
async function movedLines(clone: Clone, base: string | null, tip: string | null): Promise<FoundLine[]> {
  if (base === null || tip === null || (await isAncestor(clone.git, base, tip))) return [];
  const fork = await mergeBase(clone.git, base, tip);
  const { added } = await readDifference(clone, await diffJournals(clone.git, fork, tip), {});
  const commits = await findCommits(clone, fork === null ? [tip] : [tip, `^${fork}`], added);
  return added.map((line) => ({ line, commit: commits.get(line.hash) ?? null }));
}

/** Reads everything that the branch holds. The commits of the lines follow. */
export async function rebuild({ clone, mirror, ...reading }: Reading, tip: string | null): Promise<number> {
  const problems: Record<string, Problems[string]> = {};
  // Where there is nothing at all, there is nothing that is too much, and no need to look at all of it again.
  const present = mirror.size === 0 ? undefined : new Set<string>();
  let changed = 0;
  const mirrored = async (added: readonly Line[], gone: readonly Line[] = []) => {
    await mirror.room();
    const changes = await mirrorLines(mirror, clone.name, added.map(uncommitted), gone);
    changed += changes.length;
    reading.onChanges(changes);
  };
  const files = tip === null ? [] : oldestFirst(await listJournals(clone.git, tip));
  const read = async ({ path, id }: (typeof files)[number]) => {
    const bytes = await clone.blobs.readClipped(id);
    return { path, journal: await readInTurns(bytes ?? Buffer.alloc(0)) };
  };
  for await (const { path, journal } of readAhead(files, read)) {
    if (journal.problems.length > 0) problems[path] = journal.problems;
    for (const line of journal.lines) present?.add(line.hash);
    await mirrored(journal.lines);
  }
  if (present) await mirrored([], await linesBeyond(mirror, clone.name, present));
  mirror.cover(clone.name, coveredAt({ clone, mirror }, tip, problems));
  if (changed > 0 || (present && present.size > 0)) reading.onUnattributed();
  return changed;
}

/** What the mirror holds of a repository that is not among the lines of its branch. */
async function linesBeyond(mirror: Database, name: string, present: ReadonlySet<string>): Promise<Line[]> {
  const beyond: Line[] = [];
  for await (const entries of mirror.walk()) {
    for (const { held } of entries) {
      for (const { line, commits } of held.values()) {
        if (commits.has(name) && !present.has(line.hash)) beyond.push(line);
      }
    }
  }
  return beyond;
}
