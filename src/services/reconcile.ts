import { mergeBase } from '../git/merge.ts';
import { isAncestor, resolve } from '../git/refs.ts';
import { output } from '../git/run.ts';
import { diffJournals, hasUnsafeFolder, type JournalChange, listJournals } from '../git/tree.ts';
import type { Line } from '../journal/line.ts';
import { JOURNAL_FOLDER } from '../journal/path.ts';
import { readJournal } from '../journal/split.ts';
import type { Covered } from '../mirror/covered.ts';
import type { Database } from '../mirror/database.ts';
import { findCommits } from './attribution.ts';
import { branchRef, type Clone } from './clone.ts';
import { type EntryChange, type FoundLine, mirrorLines } from './mirroring.ts';

/** What a branch turned out to hold that the mirror did not know. */
export interface Reconciled {
  readonly before: string | null;
  readonly after: string | null;
  readonly changes: readonly EntryChange[];
  /** Lines that the branch held and holds no more. */
  readonly removed: readonly Line[];
  /** Lines whose commits are still to be found. */
  readonly unattributed: number;
}

type Problems = Covered['problems'];

/** More new lines than this get their commits in the background, so that nobody waits for them. */
const ATTRIBUTE_AT_ONCE = 2000;

/**
 * Makes the mirror agree with a clone's branch; `undefined` where it does already, which is how our own writes
 * are known: by content, not by a flag. Runs under the clone's lock.
 */
export async function reconcile(clone: Clone, mirror: Database): Promise<Reconciled | undefined> {
  const tip = await resolve(clone.git, branchRef(clone));
  const covered = mirror.covered(clone.name);
  if (covered && covered.head === tip) {
    if (clone.tip !== tip) await takeTip(clone, tip);
    return undefined;
  }
  await takeTip(clone, tip);
  const base = covered?.head == null ? null : await resolve(clone.git, covered.head);
  const known = covered !== undefined && (covered.head === null || base !== null);
  return known ? catchUp(clone, mirror, covered, base, tip) : rebuild(clone, mirror, tip);
}

async function takeTip(clone: Clone, tip: string | null): Promise<void> {
  clone.tip = tip;
  clone.segments = undefined;
  clone.unsafe = tip !== null && (await hasUnsafeFolder(clone.git, tip));
}

async function catchUp(
  clone: Clone,
  mirror: Database,
  covered: Covered,
  base: string | null,
  tip: string | null,
): Promise<Reconciled> {
  const difference = await readDifference(clone, await diffJournals(clone.git, base, tip), covered.problems);
  const removed = await withoutMoved(clone, tip, difference);
  const range = base === null ? [tip ?? ''] : [tip ?? '', `^${base}`];
  const later = difference.added.length > ATTRIBUTE_AT_ONCE;
  const commits =
    later || tip === null ? new Map() : await findCommits(clone.git, clone.blobs, range, difference.added);
  const found = difference.added.map((line): FoundLine => ({ line, commit: commits.get(line.hash) ?? null }));
  const changes = await mirrorLines(mirror, clone.name, found, removed);
  await mirrorLines(mirror, clone.name, await movedLines(clone, base, tip));
  mirror.cover(clone.name, { head: tip, problems: difference.problems });
  const unattributed = found.filter(({ commit }) => commit === null).length;
  return { before: base, after: tip, changes, removed, unattributed };
}

/** The lines that a rebase or an amend brought again by other commits: the ones that we know are in the branch no more. */
async function movedLines(clone: Clone, base: string | null, tip: string | null): Promise<FoundLine[]> {
  if (base === null || tip === null || (await isAncestor(clone.git, base, tip))) return [];
  const fork = await mergeBase(clone.git, base, tip);
  const { added } = await readDifference(clone, await diffJournals(clone.git, fork, tip), {});
  const commits = await findCommits(clone.git, clone.blobs, fork === null ? [tip] : [tip, `^${fork}`], added);
  return added.map((line) => ({ line, commit: commits.get(line.hash) ?? null }));
}

interface Difference {
  readonly added: readonly Line[];
  readonly removed: readonly Line[];
  readonly problems: Problems;
}

async function readDifference(
  clone: Clone,
  changes: readonly JournalChange[],
  known: Problems,
): Promise<Difference> {
  const added = new Map<string, Line>();
  const removed = new Map<string, Line>();
  const problems: Record<string, Problems[string]> = { ...known };
  for (const change of changes) {
    const difference = await readChange(clone, change);
    for (const line of difference.added) added.set(line.hash, line);
    for (const line of difference.removed) removed.set(line.hash, line);
    const all = difference.appended
      ? [...(known[change.path] ?? []), ...difference.problems]
      : difference.problems;
    if (all.length > 0) problems[change.path] = all;
    else delete problems[change.path];
  }
  for (const hash of added.keys()) removed.delete(hash);
  return { added: [...added.values()], removed: [...removed.values()], problems };
}

/** Reads what a file gained and lost; of one that was only appended to, no more than the new part. */
async function readChange({ blobs }: Clone, { before, after }: JournalChange) {
  const [old, now] = await Promise.all([
    before ? blobs.read(before) : null,
    after ? blobs.read(after) : null,
  ]);
  const from = old ?? Buffer.alloc(0);
  const to = now ?? Buffer.alloc(0);
  const appended = from.length > 0 && from.at(-1) === LF && to.subarray(0, from.length).equals(from);
  if (appended) {
    const { lines, problems } = readJournal(to.subarray(from.length), countLines(from) + 1);
    return { appended, added: lines, removed: [], problems };
  }
  const [earlier, later] = [readJournal(from).lines, readJournal(to)];
  const [had, has] = [hashes(earlier), hashes(later.lines)];
  return {
    appended,
    added: later.lines.filter((line) => !had.has(line.hash)),
    removed: earlier.filter((line) => !has.has(line.hash)),
    problems: later.problems,
  };
}

const LF = 0x0a;

const hashes = (lines: readonly Line[]): Set<string> => new Set(lines.map((line) => line.hash));

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) lines += 1;
  return lines;
}

/** A line that one file lost may still stand in another; so those that were lost are looked for in all of them. */
async function withoutMoved(clone: Clone, tip: string | null, { removed }: Difference): Promise<Line[]> {
  if (removed.length === 0 || tip === null) return [...removed];
  const ids = [...new Set(removed.map((line) => line.id))];
  const args = ['grep', '-a', '-h', '-i', '-F', '-f', '-', tip, '--', `${JOURNAL_FOLDER}/`];
  const matches = await output(clone.git, args, { input: `${ids.join('\n')}\n` }).catch(() =>
    Buffer.alloc(0),
  );
  const present = hashes(readJournal(matches).lines);
  return removed.filter((line) => !present.has(line.hash));
}

/** Reads everything that the branch holds. The commits of the lines follow, found by {@link attribute}. */
async function rebuild(clone: Clone, mirror: Database, tip: string | null): Promise<Reconciled> {
  const changes: EntryChange[] = [];
  const problems: Record<string, Problems[string]> = {};
  const present = new Set<string>();
  let unattributed = 0;
  for (const file of tip === null ? [] : await listJournals(clone.git, tip)) {
    const bytes = await clone.blobs.read(file.id);
    const journal = readJournal(bytes ?? Buffer.alloc(0));
    if (journal.problems.length > 0) problems[file.path] = journal.problems;
    for (const line of journal.lines) present.add(line.hash);
    unattributed += journal.lines.length;
    changes.push(
      ...(await mirrorLines(
        mirror,
        clone.name,
        journal.lines.map((line) => ({ line, commit: null })),
      )),
    );
  }
  const removed: Line[] = [];
  for await (const entries of mirror.walk()) {
    for (const { held } of entries) {
      for (const { line, commits } of held.values()) {
        if (commits.has(clone.name) && !present.has(line.hash)) removed.push(line);
      }
    }
  }
  changes.push(...(await mirrorLines(mirror, clone.name, [], removed)));
  mirror.cover(clone.name, { head: tip, problems });
  return { before: null, after: tip, changes, removed, unattributed };
}

/** Finds the commits of all lines that came without, after a rebuild or a large pull; messages stay as they are. */
export async function attribute(clone: Clone, mirror: Database): Promise<void> {
  const tip = clone.tip;
  if (tip === null) return;
  const wanted: Line[] = [];
  for await (const entries of mirror.walk()) {
    for (const { held } of entries) {
      for (const { line, commits } of held.values()) {
        if (commits.get(clone.name) === null) wanted.push(line);
      }
    }
  }
  const found = await findCommits(clone.git, clone.blobs, [tip], wanted);
  const lines = wanted.flatMap((line): FoundLine[] => {
    const commit = found.get(line.hash);
    return commit === undefined ? [] : [{ line, commit }];
  });
  await clone.lock.run(async () => {
    const held = await stillHeld(clone, mirror, lines);
    await mirrorLines(mirror, clone.name, held);
  });
}

/** What was taken out of the branch while its commit was looked for must not come back. */
async function stillHeld(clone: Clone, mirror: Database, lines: readonly FoundLine[]): Promise<FoundLine[]> {
  const held: FoundLine[] = [];
  for (const found of lines) {
    const entry = await mirror.read(found.line.id);
    if (entry?.held.get(found.line.hash)?.commits.has(clone.name)) held.push(found);
  }
  return held;
}
