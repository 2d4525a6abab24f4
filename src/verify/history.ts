import { type PatchCommit, readPatches } from '../git/patches.ts';
import type { GitContext } from '../git/run.ts';
import { hashOf, isUnreadable, parseLine } from '../journal/line.ts';
import { withoutBom } from '../journal/split.ts';
import type { BranchContents, BranchLine } from './branch.ts';
import type { Findings } from './findings.ts';

/** A line that a gitpost captured but that is no longer on the branch. */
interface Gone {
  readonly id: string;
  readonly by: PatchCommit;
  removed: PatchCommit | undefined;
}

export interface History {
  readonly commits: number;
  /** The ids of messages with lines in commits that the remote's branch lacks. */
  readonly unpushed: ReadonlySet<string>;
}

/**
 * Reads the history of a branch from its beginning: which commit brought each line, and whether everything that
 * commits claim to have captured is still there.
 *
 * @param isUnpushed whether the remote's branch lacks a commit
 */
export async function readHistory(
  git: GitContext,
  tip: string | null,
  contents: BranchContents,
  isUnpushed: (commit: string) => boolean,
  findings: Findings,
  signal: AbortSignal,
): Promise<History> {
  const gone = new Map<string, Gone>();
  const unpushed = new Set<string>();
  let current: PatchCommit | undefined;
  let brought = new Set<string>();
  let commits = 0;

  const end = () => {
    if (!current || current.merge) return;
    for (const id of current.ids) {
      if (!brought.has(id) && !contents.ids.has(id)) findings.add(broughtNothing(id, current.commit));
    }
  };
  const added = (shown: Buffer) => {
    if (!current) return;
    const bytes = withoutBom(shown);
    const hash = hashOf(bytes);
    const line = contents.lines.get(hash);
    const id = line ? line.id : noteGone(gone, hash, bytes, current);
    if (id === undefined) return;
    brought.add(id);
    if (line) noteCommit(line, current.commit);
    if (isUnpushed(current.commit)) unpushed.add(id);
  };
  const removed = (bytes: Buffer) => {
    const lost = gone.size === 0 ? undefined : gone.get(hashOf(withoutBom(bytes)));
    if (lost) lost.removed ??= current;
  };
  const commit = (next: PatchCommit) => {
    end();
    current = next;
    brought = new Set();
    commits += 1;
  };
  if (tip !== null) await readPatches(git, tip, { commit, added, removed }, signal);
  end();
  for (const lost of gone.values()) if (lost.by.ids.includes(lost.id)) findings.add(lineGone(lost));
  return { commits, unpushed };
}

/** Records a line that the tip does not have. Returns its message id if it is a line at all. */
function noteGone(gone: Map<string, Gone>, hash: string, bytes: Buffer, by: PatchCommit): string | undefined {
  const known = gone.get(hash);
  if (known) {
    // It came back, for example through a merge, so its earlier removal does not count.
    known.removed = undefined;
    return known.id;
  }
  const line = parseLine(bytes);
  if (isUnreadable(line)) return undefined;
  gone.set(hash, { id: line.id, by, removed: undefined });
  return line.id;
}

function noteCommit(line: BranchLine, commit: string): void {
  if (line.commit === undefined) line.commit = commit;
  else if (line.commit !== commit) line.others = [...(line.others ?? []), commit];
}

/** Whether a commit brought a line. */
export const isBroughtBy = ({ commit, others }: BranchLine, asked: string): boolean =>
  commit === asked || (others?.includes(asked) ?? false);

const broughtNothing = (id: string, commit: string) =>
  ({
    kind: 'line-gone',
    severity: 'notice',
    detail: 'The commit names a message but added no line of it, and the branch has none either.',
    action: 'This is normal after a purge. Otherwise see `git show` of the commit and `git log -- messages`.',
    ...{ id, commit },
  }) as const;

/** A person may remove lines with a later commit. If anything else removes them, that is a loss. */
function lineGone({ id, by, removed }: Gone) {
  const isPersons = removed !== undefined && !removed.ours;
  const how = removed
    ? `The commit ${removed.commit.slice(0, 12)} removed its line.`
    : 'No commit removed its line: a merge may have kept only one side.';
  return {
    kind: 'line-gone',
    severity: isPersons && !removed.merge ? 'notice' : 'wrong',
    detail: `This commit captured a message, but its line is no longer on the branch. ${how}`,
    action:
      'The history keeps it: `git show` of this commit has the line. Append it to a file of your own below messages/ to restore it.',
    ...{ id, commit: by.commit },
  } as const;
}
