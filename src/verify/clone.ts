import { relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findAstray } from '../clone/astray.ts';
import { FOLLOW_MARK, readFollowMark } from '../clone/follow-mark.ts';
import { isRewritten, rewrittenTrouble } from '../clone/rewritten.ts';
import { readConfig } from '../git/config.ts';
import { checkIntegrity } from '../git/fsck.ts';
import { findHousekeepingLocks, findLocks, gitFolders, type Lock } from '../git/locks.ts';
import { gitPath, isThere } from '../git/paths.ts';
import { uncommittedChanges } from '../git/porcelain.ts';
import { checkedOut, resolve } from '../git/refs.ts';
import type { GitContext } from '../git/run.ts';
import { hasPath, hasUnsafeFolder } from '../git/tree.ts';
import { attachmentOf, deviceOfPath } from '../journal/path.ts';
import type { Findings } from './findings.ts';

/** A lock older than this was left behind: our git processes never hold one for longer than a moment. */
const LEFT_MS = 60_000;

/** How long index and work tree may be behind the branch while a gitpost is working. */
const FOLLOW_MS = 3000;
/** How long if it is still busy updating them. */
const BUSY_MS = 30_000;

/**
 * Whether every object of a clone exists and is intact. Complaints about an object's content go to `findings`, since
 * they are not damage.
 */
export async function checkObjects(
  git: GitContext,
  isRunning: boolean,
  findings: Findings,
  signal: AbortSignal,
): Promise<boolean> {
  let complaints = await checkIntegrity(git, signal);
  // git may be repacking while the check reads. Real damage is still there in a second check.
  if (complaints.damage.length > 0 && isRunning) complaints = await checkIntegrity(git, signal);
  for (const complaint of complaints.damage) findings.add(broken(complaint));
  for (const complaint of complaints.content) findings.add(unusual(complaint));
  return complaints.damage.length === 0;
}

const unusual = (complaint: string) =>
  ({
    kind: 'object-unusual',
    severity: 'notice',
    detail: `git fsck warns about an object: ${complaint}`,
    action:
      'Nothing is missing or damaged. A host that checks what it receives may refuse the push. To find the commit that brought a blob or a tree: git log --all --find-object=<its id>.',
  }) as const;

const broken = (complaint: string) =>
  ({
    kind: 'clone-broken',
    severity: 'wrong',
    detail: `git fsck says: ${complaint}`,
    action:
      'Back up the whole folder of the clone first. If the remote has everything, a new clone of it fixes this; otherwise copy the objects from a backup.',
  }) as const;

/** Reports what the clone itself records as wrong. */
export async function checkStates(git: GitContext, head: string | null, findings: Findings): Promise<void> {
  if (await isRewritten({ git })) {
    const { detail, action } = rewrittenTrouble;
    findings.add({ kind: 'rewritten', severity: 'wrong', detail, action });
  }
  if (head === null) return;
  if (await hasUnsafeFolder(git, head)) findings.add(UNSAFE);
  for (const { folder, detail, action } of await findAstray(git, head))
    findings.add({ kind: 'journal-astray', severity: 'wrong', detail, action, file: folder });
}

const UNSAFE = {
  kind: 'unsafe',
  severity: 'wrong',
  detail:
    'There is a link or a file instead of the folder "messages" or "attachments", or of a folder in it.',
  action: 'Nothing is captured here until you make it a folder again with a commit of your own.',
} as const;

/** Every lock in a clone, of any process. */
export async function allLocks(git: GitContext): Promise<Lock[]> {
  const folders = await gitFolders(git);
  return [...(await findLocks(folders)), ...(await findHousekeepingLocks(folders))];
}

/** Reports locks that existed at the beginning and still do. Nobody can be using them all that time. */
export async function checkLocks(
  git: GitContext,
  before: readonly Lock[],
  findings: Findings,
): Promise<void> {
  for (const lock of await allLocks(git)) {
    if (before.some(({ path, identity }) => path === lock.path && identity === lock.identity))
      findings.add(lockLeft(git, lock));
  }
}

function lockLeft({ directory }: GitContext, { path, changedAt }: Lock) {
  const age = Date.now() - changedAt;
  return {
    kind: 'lock-left',
    severity: age > LEFT_MS ? 'wrong' : 'notice',
    detail: `A lock has been held for ${Math.round(age / 1000)} seconds and blocks git.`,
    action: 'If no git process is using the clone (one may be waiting for an editor), delete the file.',
    file: relative(directory, path),
  } as const;
}

/**
 * Reports how index and work tree differ from the branch. In this device's journals and in attachments, gitpost fixes
 * that soon after each capture. Any other difference is a person's.
 */
export async function checkWorkTree(
  git: GitContext,
  branch: string,
  isRunning: boolean,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const latest = Date.now() + BUSY_MS;
  let deadline = Date.now() + FOLLOW_MS;
  const before = await resolve(git, `refs/heads/${branch}`);
  let seen = await lookAtWorkTree(git, branch);
  // While messages keep coming in, the files are always a little behind, so there is nothing to wait for.
  const isMoving = () => isRunning && seen.tip !== before;
  while (isRunning && seen.ours.length > 0 && !isMoving() && Date.now() < Math.min(deadline, latest)) {
    await delay(200, undefined, { signal });
    seen = await lookAtWorkTree(git, branch);
    // gitpost itself records that it has not reached this commit yet, as on a busy machine.
    if (seen.isOnItsWay && !seen.isHeld) deadline = Date.now() + FOLLOW_MS;
  }
  for (const path of seen.others) findings.add(uncommitted(path));
  if (isMoving()) return;
  for (const path of seen.ours) findings.add(seen.isHeld ? waiting(path) : notFollowed(path, isRunning));
}

interface WorkTree {
  readonly tip: string | null;
  /** The differing files that gitpost takes care of. */
  readonly ours: readonly string[];
  readonly others: readonly string[];
  /** Whether gitpost still has to bring index and work tree to the tip. */
  readonly isOnItsWay: boolean;
  /** Whether a git process holds the index, so nobody else can write it. */
  readonly isHeld: boolean;
}

async function lookAtWorkTree(git: GitContext, branch: string): Promise<WorkTree> {
  const tip = await resolve(git, `refs/heads/${branch}`);
  // Both are read before the files, so they describe a state that already existed when the files were read.
  const { commit } = await readFollowMark(await gitPath(git, FOLLOW_MARK));
  const isHeld = await isThere(await gitPath(git, 'index.lock'));
  const isCheckedOut = (await checkedOut(git)) === branch;
  const device = (await readConfig(git, 'gitpost.device')) ?? '';
  const [ours, others]: [string[], string[]] = [[], []];
  for (const [path, state] of await uncommittedChanges(git)) {
    const isLike = isCheckedOut && (deviceOfPath(path) === device || attachmentOf(path) !== undefined);
    // A file that git does not track and the branch does not have was not written by gitpost.
    const isStray = isLike && state === '??' && (tip === null || !(await hasPath(git, tip, path)));
    (isLike && !isStray ? ours : others).push(path);
  }
  return { tip, ours, others, isOnItsWay: commit !== tip, isHeld };
}

const waiting = (file: string) =>
  ({
    kind: 'not-followed',
    severity: 'notice',
    detail: 'The file is behind the branch, because another git holds the index.',
    action:
      'What is committed is safe. gitpost updates the file when that git has ended; it may wait for an editor.',
    file,
  }) as const;

const notFollowed = (file: string, isRunning: boolean) =>
  ({
    kind: 'not-followed',
    severity: isRunning ? 'wrong' : 'notice',
    detail: 'The file differs from the branch, and gitpost wrote it.',
    action: isRunning
      ? 'What is committed is safe. Undo your changes to this file (git checkout), and look for a stale lock.'
      : 'What is committed is safe. gitpost updates the file when it runs, unless someone else has changed it.',
    file,
  }) as const;

const uncommitted = (file: string) =>
  ({
    kind: 'uncommitted',
    severity: 'notice',
    detail: 'The file has changes of yours that are not committed.',
    action: 'Commit or undo them, as you like: gitpost leaves them alone.',
    file,
  }) as const;
