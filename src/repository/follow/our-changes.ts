import { branchRef, type Clone, type SyncMove } from '../../clone/clone.ts';
import { addedLines } from '../../clone/journal-lines.ts';
import { isAncestor } from '../../git/refs.ts';
import { run } from '../../git/run.ts';
import { blobsOf, diffTrees, isAbsent, type TreeChange } from '../../git/tree.ts';
import { attachmentOf, deviceOfPath } from '../../journal/path.ts';

/**
 * Tells of a file whether we brought it onto the branch, by a capture or a sync, so that index and work tree may be
 * behind in it. What a person has committed is theirs: to take it out again a moment later is meant.
 */
export async function broughtByUs(
  clone: Pick<Clone, 'git' | 'settings' | 'syncMoves'>,
): Promise<(change: TreeChange) => boolean> {
  const synced = await syncedStates(clone);
  return (change) =>
    synced.has(change.path) || deviceOfPath(change.path) === clone.settings.device || addsFile(change);
}

/** Tells of a change whether it is of our making, by a capture or a sync, and nobody's since. */
export async function madeByUs(clone: Clone): Promise<(change: TreeChange) => Promise<boolean>> {
  const synced = await syncedStates(clone);
  // Only a person takes lines out of a journal of this device and adds none.
  return async (change) =>
    synced.get(change.path)?.has(stateOf(change)) ||
    addsFile(change) ||
    (deviceOfPath(change.path) === clone.settings.device &&
      (await addedLines(clone, blobsOf(change))).length > 0);
}

/** Whether a change adds an attachment, which captures do: a line that names it is of no use without it. */
const addsFile = ({ path, oldMode, newMode }: TreeChange): boolean =>
  isAbsent(oldMode) && !isAbsent(newMode) && attachmentOf(path) !== undefined;

/** As far back as is looked for what a killed program has brought onto the branch. */
const MOST_MOVES = 1000;

/**
 * What the last run of this program had brought onto the branch before anybody else moved it, by the log of the branch:
 * where it was killed, index and work tree may not have followed that, and the mirror may not know of it. `undefined`
 * where there is nothing.
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
  // What a person has committed before that is theirs, even where it was not followed yet.
  const [before] =
    moves
      .slice(last)
      .find((move) => !isOurs(move))
      ?.split(' ') ?? [];
  const isLater =
    before !== undefined && (followed === null || (await isAncestor(clone.git, followed, before)));
  return { from: isLater ? before : followed, to };
}

/** In which states syncs have brought files that index and work tree may not have followed yet, by path. */
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
