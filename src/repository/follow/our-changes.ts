import { branchRef, type Clone, type SyncMove } from '../../clone/clone.ts';
import { addedLines } from '../../clone/journal-lines.ts';
import { isAncestor } from '../../git/refs.ts';
import { run } from '../../git/run.ts';
import { blobsOf, diffTrees, isAbsent, type TreeChange } from '../../git/tree.ts';
import { attachmentOf, deviceOfPath } from '../../journal/path.ts';

/**
 * Tells whether we brought a file onto the branch, by a capture or a sync, so index and work tree may not have it
 * yet. What a person has committed is theirs: if they remove it again a moment later, they mean it.
 */
export async function broughtByUs(
  clone: Pick<Clone, 'git' | 'settings' | 'syncMoves'>,
): Promise<(change: TreeChange) => boolean> {
  const synced = await syncedStates(clone);
  return (change) =>
    synced.has(change.path) || deviceOfPath(change.path) === clone.settings.device || addsFile(change);
}

/** Tells whether a change was made by us, by a capture or a sync, and the file was not changed by anyone since. */
export async function madeByUs(clone: Clone): Promise<(change: TreeChange) => Promise<boolean>> {
  const synced = await syncedStates(clone);
  // Only a person removes lines from a journal of this device without adding any.
  return async (change) =>
    synced.get(change.path)?.has(stateOf(change)) ||
    addsFile(change) ||
    (deviceOfPath(change.path) === clone.settings.device &&
      (await addedLines(clone, blobsOf(change))).length > 0);
}

/**
 * Whether a change adds an attachment. Captures do that, and a line that names the attachment is useless without it.
 */
const addsFile = ({ path, oldMode, newMode }: TreeChange): boolean =>
  isAbsent(oldMode) && !isAbsent(newMode) && attachmentOf(path) !== undefined;

/** How many moves back we look for what a killed process brought onto the branch. */
const MOST_MOVES = 1000;

/**
 * What the last run of this program brought onto the branch before anyone else moved it, according to the branch's
 * log. If that run was killed, index and work tree may not have followed, and the mirror may not know about it.
 * `undefined` if there is nothing.
 *
 * @param followed the commit that index and work tree were last brought to
 */
export async function lastBrought(
  clone: Pick<Clone, 'git' | 'settings'>,
  followed: string | null,
): Promise<SyncMove | undefined> {
  const args = ['log', '-g', '-n', String(MOST_MOVES), '--format=%H %gs', branchRef(clone), '--'];
  const { code, stdout } = await run(clone.git, args);
  const moves = code === 0 ? stdout.toString().trim().split('\n') : [];
  const isOurs = (move: string) => / gitpost$/.test(move);
  const last = moves.findIndex(isOurs);
  const [to] = moves[last]?.split(' ') ?? [];
  if (to === undefined || (followed !== null && (await isAncestor(clone.git, to, followed))))
    return undefined;
  // What a person committed before that is theirs, even if it was not followed yet.
  const [before] =
    moves
      .slice(last)
      .find((move) => !isOurs(move))
      ?.split(' ') ?? [];
  const isLater =
    before !== undefined && (followed === null || (await isAncestor(clone.git, followed, before)));
  return { from: isLater ? before : followed, to };
}

/** The states in which syncs have brought files that index and work tree may not have followed yet, by path. */
async function syncedStates({
  git,
  syncMoves,
}: Pick<Clone, 'git' | 'syncMoves'>): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const states = new Map<string, Set<string>>();
  for (const { from, to } of syncMoves) {
    for (const change of await diffTrees(git, from, to)) {
      const { path } = change;
      states.set(path, (states.get(path) ?? new Set()).add(stateOf(change)));
    }
  }
  return states;
}

const stateOf = ({ newMode, newId }: TreeChange): string => `${newMode} ${newId}`;
