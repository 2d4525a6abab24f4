import type { Held } from '../../async/mutex.ts';
import type { Clone } from '../../clone/clone.ts';
import { mergeBase } from '../../git/merge.ts';
import { isAncestor } from '../../git/refs.ts';
import {
  diffJournals,
  hasUnsafeFolder,
  type JournalChange,
  leavesFolders,
  type TreeChange,
} from '../../git/tree.ts';
import type { Line } from '../../journal/line.ts';
import type { Covered } from '../../mirror/covered.ts';
import type { Database } from '../../mirror/database.ts';
import type { FoundLine } from '../../mirror/entry.ts';
import type { Filler } from './bulk/filler.ts';
import { type Problems, readDifference, withoutMoved } from './differences.ts';
import { findCommits } from './find-commits.ts';
import { type EntryChange, mirrorLines } from './mirror-lines.ts';

/** What is needed to read a branch into the mirror, with the listeners to notify. */
export interface Reading {
  readonly clone: Clone;
  readonly mirror: Database;
  /** Called with all messages that changed, some at a time. */
  readonly onChanges: (changes: readonly EntryChange[]) => void;
  /** Called when there are lines whose commits still have to be found. */
  readonly onUnattributed: () => void;
  /** Whether changes are announced to clients: not at the start, when no client has seen anything yet. */
  readonly isAnnounced: () => boolean;
  /** Reads many journals in parallel, if available. */
  readonly filler: Filler | undefined;
  readonly signal: AbortSignal;
}

/** If there are more new lines than this, their commits are looked up in the background, so nobody waits for them. */
const ATTRIBUTE_AT_ONCE = 2000;

/**
 * Notes the commit that the branch is at.
 *
 * @param way how it differs from another commit, if that is known
 */
export async function takeTip(
  clone: Clone,
  held: Held,
  tip: string | null,
  way?: { readonly base: string | null; readonly changes: readonly TreeChange[] },
): Promise<void> {
  const isAsSafe = way !== undefined && way.base === clone.tip && way.changes.every(leavesFolders);
  const isUnsafe = isAsSafe ? clone.isUnsafe : tip !== null && (await hasUnsafeFolder(clone.git, tip));
  clone.movedTo(held, tip, isUnsafe);
}

/** Two commits, the differences between them, and what the mirror covers so far. */
export interface Way {
  readonly covered: Covered;
  readonly base: string | null;
  readonly tip: string | null;
  readonly changes: readonly JournalChange[];
}

/** Reads everything between what the mirror covers and the tip in one go. Returns how many messages changed. */
export async function catchUp({ clone, mirror, ...reading }: Reading, way: Way): Promise<number> {
  const { covered, base, tip } = way;
  if (tip !== null) noteReading({ clone, mirror }, covered, tip);
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

/** Notes that lines up to a commit are being read into the mirror. */
export function noteReading(
  { clone, mirror }: Pick<Reading, 'clone' | 'mirror'>,
  covered: Covered,
  tip: string,
): void {
  mirror.cover(clone.name, { ...covered, towards: tip });
}

/** What the mirror covers once it agrees with a commit. */
export const coveredAt = (
  { clone, mirror }: Pick<Reading, 'clone' | 'mirror'>,
  head: string | null,
  problems: Problems,
): Covered => ({
  branch: clone.settings.branch,
  head,
  problems,
  ...(mirror.covered(clone.name)?.unattributed && { unattributed: true }),
});

export const uncommitted = (line: Line): FoundLine => ({ line, commit: null });

async function attributed(
  clone: Clone,
  base: string | null,
  tip: string | null,
  added: readonly Line[],
): Promise<FoundLine[]> {
  if (tip === null || added.length > ATTRIBUTE_AT_ONCE) return added.map(uncommitted);
  const parents = await clone.blobs.parentsOf(tip);
  // If there is only a single commit, it brought them all.
  if (parents?.length === 1 && parents[0] === base) return added.map((line) => ({ line, commit: tip }));
  const range = base === null ? [tip] : [tip, `^${base}`];
  const commits = await findCommits(clone, range, added);
  return added.map((line) => ({ line, commit: commits.get(line.hash) ?? null }));
}

/**
 * The lines that a rebase or an amend brought again in other commits: the commits we know are no longer on the
 * branch.
 */
async function movedLines(clone: Clone, base: string | null, tip: string | null): Promise<FoundLine[]> {
  if (base === null || tip === null || (await isAncestor(clone.git, base, tip))) return [];
  const fork = await mergeBase(clone.git, base, tip);
  const { added } = await readDifference(clone, await diffJournals(clone.git, fork, tip), {});
  const commits = await findCommits(clone, fork === null ? [tip] : [tip, `^${fork}`], added);
  return added.map((line) => ({ line, commit: commits.get(line.hash) ?? null }));
}
