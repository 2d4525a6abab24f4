import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Held } from '../../async/mutex.ts';
import { isBesideOurs } from '../../clone/beside-ours.ts';
import { branchRef, type Clone, resolveIn } from '../../clone/clone.ts';
import { addedLines } from '../../clone/journal-lines.ts';
import { commitTree, replaceFolders, replaceInTree } from '../../git/merge.ts';
import { checkedOut, isAncestor } from '../../git/refs.ts';
import { run } from '../../git/run.ts';
import { blobsOf, diffTrees, isAbsent, type TreeChange } from '../../git/tree.ts';
import { trailersOf } from '../../journal/commit.ts';
import { ATTACHMENT_FOLDER, isJournal, isKept, JOURNAL_FOLDER } from '../../journal/path.ts';
import { madeByUs } from './our-changes.ts';

/** How many times we try to move the branch while another git process holds it. */
const TRIES = 100;
/** The pause between two tries. If the branch has moved, there is none. In milliseconds. */
const PAUSE_MS = 50;

/** A commit on top of a tip that has again what the tip lacks. It is not on the branch yet. */
interface Restored {
  readonly tip: string;
  readonly commit: string;
  readonly message: string;
  /** Whether nothing but journals and attachments was restored. */
  readonly isOursOnly: boolean;
}

/**
 * Restores what a person's commits dropped by mistake, before anyone sees it gone. Returns a tip that has everything.
 * The branch may be further ahead by then; that part has not been checked.
 *
 * @param followed returns the commits that index and work tree were last brought to, newest first
 * @param known the branch as the mirror knows it
 */
export async function restoreDropped(
  clone: Clone,
  _held: Held,
  followed: () => Promise<readonly (string | null)[]>,
  known: string | null,
): Promise<string | null> {
  let last: Restored | undefined;
  for (let tries = 1; ; tries += 1) {
    const tip = await resolveIn(clone, branchRef(clone));
    if (tip === known || tip === null) return tip;
    const restored =
      (await restoreAgain(clone, tip, last)) ?? (await findAndRestore(clone, followed, known, tip));
    if (restored === undefined) return tip;
    if (await clone.mover.move(clone.settings.branch, tip, restored.commit)) return restored.commit;
    // If someone moved the branch, their commit may have dropped the same lines. If someone only holds it, they will
    // release it.
    if (tries === TRIES) return tip;
    if (last?.tip === tip) await delay(PAUSE_MS);
    last = restored;
  }
}

async function findAndRestore(
  clone: Clone,
  followed: () => Promise<readonly (string | null)[]>,
  known: string | null,
  tip: string,
): Promise<Restored | undefined> {
  const [brought, last] = [await followed(), await lastKnown(clone, known, tip)];
  const leftOut = await findLeftOut(clone, brought, last, tip);
  const forgotten = await findForgotten(clone, brought, last, tip);
  const isNamed = new Set(leftOut.map(({ path }) => path));
  const overlooked = [...leftOut, ...forgotten.filter(({ path }) => !isNamed.has(path))];
  return overlooked.length === 0 ? undefined : restore(clone, tip, overlooked);
}

/**
 * A program that commits again and again has moved the branch meanwhile. If its commits left our folders as they were,
 * the same is missing in them, and nothing has to be looked for a second time.
 */
async function restoreAgain(
  clone: Clone,
  tip: string,
  last: Restored | undefined,
): Promise<Restored | undefined> {
  if (!last?.isOursOnly || tip === last.tip || !(await isBesideOurs(clone, last.tip, tip))) return undefined;
  const tree = await replaceFolders(clone.git, tip, last.commit, [JOURNAL_FOLDER, ATTACHMENT_FOLDER]);
  const commit = await commitTree(clone.git, tree, [tip], last.message, clone.identity);
  return { ...last, tip, commit };
}

/**
 * The branch before anyone else moved it. If we were killed, the mirror may know less of that than the branch's own
 * log.
 */
async function lastKnown(clone: Clone, known: string | null, tip: string): Promise<string | null> {
  let last = known;
  for (const { to } of clone.syncMoves) {
    const isLater = last === null || (last !== to && (await isAncestor(clone.git, last, to)));
    if (isLater && (await isAncestor(clone.git, to, tip))) last = to;
  }
  return last;
}

/**
 * Finds the journals and attachments that a commit deleted from the branch while their files are still there as we
 * wrote them. That commit was made without the index that listed them, because it was lost. Anyone who removes one on
 * purpose deletes the file as well.
 */
async function findForgotten(
  clone: Clone,
  followed: readonly (string | null)[],
  known: string | null,
  tip: string,
): Promise<TreeChange[]> {
  if (known === null || !(await isAncestor(clone.git, known, tip))) return [];
  const changes = await diffTrees(clone.git, known, tip, [JOURNAL_FOLDER, ATTACHMENT_FOLDER]);
  const taken = new Map(changes.map((change) => [change.path, change]));
  const deleted = changes.filter(({ path, newMode }) => isAbsent(newMode) && isKept(path));
  // If another branch is checked out, its files say nothing about this one.
  if (deleted.length === 0 || (await checkedOut(clone.git)) !== clone.settings.branch) return [];
  const forgotten: TreeChange[] = [];
  for (const { path, oldMode, oldId, newMode, newId } of deleted) {
    const again = { path, oldMode: newMode, oldId: newId, newMode: oldMode, newId: oldId };
    if (!isInTheWay(path, taken) && (await isInWorkTree(clone, again, followed))) forgotten.push(again);
  }
  return forgotten;
}

async function findLeftOut(
  clone: Clone,
  followed: readonly (string | null)[],
  known: string | null,
  tip: string,
): Promise<TreeChange[]> {
  for (const [index, commit] of [...new Set(followed)].entries()) {
    const overlooked = await findOverlooked(clone, commit, known, tip);
    const later = followed.slice(0, index);
    const left: TreeChange[] = [];
    for (const one of overlooked) if (index === 0 || (await isInWorkTree(clone, one, later))) left.push(one);
    if (left.length > 0) return left;
  }
  return [];
}

/**
 * Whether the file is still as we wrote it although a commit does not have it. That commit was then made from an
 * older index than the one we wrote with the file. Anyone who removes a line on purpose removes it from the file as
 * well.
 *
 * @param later what index and work tree were brought to since that older index
 */
async function isInWorkTree(
  { git }: Clone,
  { path, newMode, newId }: TreeChange,
  later: readonly (string | null)[],
): Promise<boolean> {
  const idOf = async (args: readonly string[]): Promise<string | undefined> => {
    const { code, stdout } = await run(git, args);
    return code === 0 ? stdout.toString().trim() : undefined;
  };
  const isThere = await lstat(join(git.directory, path)).then(
    () => true,
    () => false,
  );
  if (!isThere || isAbsent(newMode)) return !isThere && isAbsent(newMode);
  const id = await idOf(['hash-object', '--no-filters', '--', path]);
  if (id === newId) return true;
  for (const commit of later) {
    if (commit !== null && (await idOf(['rev-parse', '--quiet', '--verify', `${commit}:${path}`])) === id)
      return true;
  }
  return false;
}

/**
 * Finds the files that a person's commit reverted by mistake. For a moment after a capture the index is still behind
 * the branch, as it is after a pull. A plain `git commit` in that moment brings back the earlier versions of the
 * files. We recognise them because they are, byte for byte, what index and work tree were last brought to.
 *
 * @param followed what index and work tree were last brought to
 * @param known the branch as it was before the person's commit
 * @param tip the branch with that commit
 * @returns our change of each such file, which has to be made again
 */
async function findOverlooked(
  clone: Clone,
  followed: string | null,
  known: string | null,
  tip: string,
): Promise<TreeChange[]> {
  if (known === null || followed === known || !(await isAncestor(clone.git, known, tip))) return [];
  // Index and work tree are ahead of a mirror whose last changes were not saved, so they were not behind the branch.
  if (followed !== null && !(await isAncestor(clone.git, followed, known))) return [];
  const behind = await diffTrees(clone.git, followed, known);
  if (behind.length === 0) return [];
  const taken = new Map((await diffTrees(clone.git, known, tip)).map((change) => [change.path, change]));
  const isOurs = await madeByUs(clone);
  const overlooked: TreeChange[] = [];
  for (const change of behind) {
    const now = taken.get(change.path);
    if (now?.newMode !== change.oldMode || now.newId !== change.oldId) continue;
    if (!isInTheWay(change.path, taken) && (await isOurs(change))) overlooked.push(change);
  }
  return overlooked;
}

/** Whether a person has replaced a folder of this path with a file, or the path itself with a folder. */
function isInTheWay(path: string, taken: ReadonlyMap<string, TreeChange>): boolean {
  return [...taken.values()].some(
    (other) =>
      !isAbsent(other.newMode) && (path.startsWith(`${other.path}/`) || other.path.startsWith(`${path}/`)),
  );
}

/** Writes the commit that has all of them again. */
async function restore(clone: Clone, tip: string, changes: readonly TreeChange[]): Promise<Restored> {
  const records = changes.map(({ path, newMode, newId }) => `${newMode} ${newId}\t${path}\0`);
  const tree = await replaceInTree(clone.git, `${tip}^{tree}`, records);
  const ids: string[] = [];
  for (const change of changes.filter(({ path }) => isJournal(path)))
    for (const { id } of await addedLines(clone, blobsOf(change))) ids.push(id);
  const what = ids.length > 0 ? 'messages' : 'files';
  const message = `Keep ${what} that a commit left out\n\n${trailersOf(ids, clone.settings.device)}`;
  const commit = await commitTree(clone.git, tree, [tip], message, clone.identity);
  return { tip, commit, message, isOursOnly: changes.every(({ path }) => isKept(path)) };
}
