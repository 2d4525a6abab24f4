import { addedLines, removedLines } from '../clone/journal-lines.ts';
import { BlobReader } from '../git/blobs.ts';
import { isAncestor } from '../git/refs.ts';
import type { GitContext } from '../git/run.ts';
import { diffJournals, listJournals } from '../git/tree.ts';
import { isUnreadable, type Line, parentName } from '../journal/line.ts';
import { deviceOfPath } from '../journal/path.ts';
import { splitJournal } from '../journal/split.ts';
import type { Named } from './attachments.ts';
import type { Findings } from './findings.ts';

/** One line on a branch: where it is first, and the commits that brought it. */
export interface BranchLine {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  /** The first commit that brought it, and any further ones, which few lines have. Filled in from the history. */
  commit: string | undefined;
  others: string[] | undefined;
}

/** A line that a journal repeats, and where. */
export interface Repeated {
  readonly first: BranchLine;
  readonly file: string;
  readonly line: number;
}

/** Everything in the journals of one commit. */
export interface BranchContents {
  readonly lines: ReadonlyMap<string, BranchLine>;
  readonly ids: ReadonlySet<string>;
  /** Lines that are named as a parent but are missing, by that name, with the line that names them. */
  readonly orphans: Map<string, BranchLine>;
  /** Lines that one device's journals hold twice. Only the history tells whether the device wrote them twice. */
  readonly repeated: readonly Repeated[];
  /** The files that lines name, by hash, each with a line that names it: a current one if there is one. */
  readonly named: ReadonlyMap<string, Named>;
}

/** For at most this many repeated lines the history is searched for branches. Any further ones count as wrong. */
const MOST_REPEATED = 100;
/** How many of the commits that brought such a line are compared with each other. */
const MOST_COMPARED = 8;

/** How many lines are read before the event loop gets a turn: a few milliseconds. */
const LINES_A_TURN = 500;

/** Reads every journal of a commit, one file at a time, and finds lines that cannot be read or are duplicated. */
export async function readBranch(
  git: GitContext,
  tip: string | null,
  findings: Findings,
): Promise<BranchContents> {
  const lines = new Map<string, BranchLine>();
  const ids = new Set<string>();
  const parents = new Map<string, BranchLine>();
  const naming: Line[] = [];
  const repeated: Repeated[] = [];
  const blobs = new BlobReader(git);
  let turn = 0;
  const take = (line: Line, file: string, number: number) => {
    const first = lines.get(line.hash);
    if (first) {
      const again = { first, file, line: number };
      if (isOneDevices(again) && repeated.length < MOST_REPEATED) repeated.push(again);
      else findings.add(twice(again, isOneDevices(again)));
      return;
    }
    const held = { id: line.id, file, line: number, commit: undefined, others: undefined };
    lines.set(line.hash, held);
    ids.add(line.id);
    for (const parent of line.parents) parents.set(parent, held);
    if (line.attachments) naming.push(line);
  };
  try {
    for (const { path, id } of tip === null ? [] : await listJournals(git, tip)) {
      const bytes = (await blobs.readClipped(id)) ?? Buffer.alloc(0);
      for (const { number, outcome } of splitJournal(bytes)) {
        if (isUnreadable(outcome)) findings.add(unreadable(path, number, outcome.reason, outcome.newer));
        else take(outcome, path, number);
        turn += 1;
        if (turn % LINES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }
  } finally {
    blobs.close();
  }
  const named = new Map<string, Named>();
  for (const line of naming) {
    const { id, file, line: number } = lines.get(line.hash) as BranchLine;
    const isCurrent = line.deletedAt === undefined && !parents.has(parentName(line.hash));
    for (const { sha256 } of line.attachments ?? [])
      if (isCurrent || !named.has(sha256)) named.set(sha256, { id, file, line: number, isCurrent });
  }
  for (const hash of lines.keys()) parents.delete(parentName(hash));
  return { lines, ids, orphans: parents, repeated, named };
}

/** The hashes of all lines of the files that differ between two commits, if they are on one side only. */
export async function changedLines(
  git: GitContext,
  before: string | null,
  after: string | null,
): Promise<Set<string>> {
  if (before === after) return new Set();
  const blobs = new BlobReader(git);
  try {
    const changed = new Set<string>();
    for (const change of await diffJournals(git, before, after)) {
      const sides = [await removedLines({ blobs }, change), await addedLines({ blobs }, change)];
      for (const { hash } of sides.flat()) changed.add(hash);
    }
    return changed;
  } finally {
    blobs.close();
  }
}

const isOneDevices = ({ first, file }: Repeated): boolean =>
  deviceOfPath(file) !== undefined && deviceOfPath(file) === deviceOfPath(first.file);

/**
 * Reports the lines that one device's journals hold twice. A device writes a line only once on a branch. On two
 * branches that are merged later, it may have written the same line to both.
 */
export async function checkRepeated(
  git: GitContext,
  repeated: readonly Repeated[],
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  for (const again of repeated) {
    signal.throwIfAborted();
    findings.add(twice(again, !(await isFromTwoBranches(git, again.first))));
  }
}

/** Whether neither of two commits that brought a line is an ancestor of the other. Merges count as bringing it, too. */
async function isFromTwoBranches(git: GitContext, { commit, others = [] }: BranchLine): Promise<boolean> {
  const commits = [...(commit === undefined ? [] : [commit]), ...others].slice(0, MOST_COMPARED);
  for (const [index, one] of commits.entries()) {
    for (const other of commits.slice(index + 1)) {
      if (!(await isAncestor(git, one, other)) && !(await isAncestor(git, other, one))) return true;
    }
  }
  return false;
}

/** If two devices copy the same line to a repository, each writes it, which is fine. */
function twice({ first: { id, file: firstFile, line: firstLine }, file, line }: Repeated, isDefect: boolean) {
  return {
    kind: 'line-twice',
    severity: isDefect ? 'wrong' : 'notice',
    detail: `The same line is already in line ${firstLine} of ${firstFile}.`,
    action: isDefect
      ? 'Readers count it once, so nothing is lost. One device never writes a line twice: see who changed the file.'
      : 'Nothing to do: readers count it once.',
    ...{ file, line, id },
  } as const;
}

function unreadable(file: string, line: number, reason: string, newer: true | undefined) {
  if (newer) {
    return {
      kind: 'line-newer',
      severity: 'notice',
      detail: `The line ${reason}.`,
      action: 'It is kept as it is. A newer gitpost reads it.',
      ...{ file, line },
    } as const;
  }
  const isDevices = deviceOfPath(file) !== undefined;
  return {
    kind: 'line-unreadable',
    severity: isDevices ? 'wrong' : 'notice',
    detail: `The line ${reason}.`,
    action: isDevices
      ? 'gitpost wrote this file, but never writes such a line. `git log -p` of the file shows who changed it. Every other line is read.'
      : 'Another program wrote this file: fix the line there, or leave it. Every other line is read.',
    ...{ file, line },
  } as const;
}
