import type { Held } from '../async/mutex.ts';
import type { Trouble } from '../domain/repository.ts';
import { encodeBranch } from '../git/ref-names.ts';
import { isAncestor, listRefs, type RefUpdate, setRef, updateRefs } from '../git/refs.ts';
import type { GitContext } from '../git/run.ts';
import { diffJournals } from '../git/tree.ts';
import { branchRef, type Clone, resolveIn, trackingRef } from './clone.ts';
import { linesOf } from './journal-lines.ts';

/**
 * Histories that lost lines: a branch that a person has reset, or a remote that was force-pushed. Nothing is undone
 * or followed automatically. The old tip is kept under `refs/gitpost/backup/`, and syncing stops until a person says
 * which side to keep. What is waiting for that decision is stored as refs too, so a single git transaction records
 * all of it.
 */

type Side = 'branch' | 'remote';

const PENDING = 'refs/gitpost/rewritten/';
const BACKUP = 'refs/gitpost/backup/';

/**
 * The ref that stores the last known tip of a branch, or of the remote's branch. Each branch name is one path
 * component, so `feat` and `feat/x` do not collide. The tip stays known even after the branch is deleted.
 */
const knownRef = (side: Side, branch: string): string => `refs/gitpost/known-${side}/${encodeBranch(branch)}`;

/** Earlier versions stored the known tips here, under the plain name of the branch. */
const KNOWN_PLAIN = 'refs/gitpost/known/';

/** Moves the known tips of an earlier version to their encoded names, in one transaction. */
export async function encodeKnown({ git }: Pick<Clone, 'git'>): Promise<void> {
  const plain = await listRefs(git, KNOWN_PLAIN);
  if (plain.size === 0) return;
  const present = await listRefs(git, 'refs/gitpost/');
  const updates = [...plain].flatMap(([ref, tip]): RefUpdate[] => {
    const [, side, branch] = /^refs\/gitpost\/known\/(branch|remote)\/(.+)$/.exec(ref) ?? [];
    if (side === undefined || branch === undefined) return [];
    const encoded = knownRef(side as Side, branch);
    return [...(present.has(encoded) ? [] : [{ ref: encoded, to: tip }]), { ref, to: null }];
  });
  await updateRefs(git, updates);
}

export const rewrittenTrouble: Trouble = {
  status: 'rewritten',
  detail:
    'The history was rewritten: the branch, here or on the remote, lost messages that it had before. The earlier state is kept under refs/gitpost/backup/ in the clone.',
  action:
    'Choose which side to keep: local brings all messages back, remote drops what the remote no longer has. Until then messages are captured as before, but nothing is pushed or pulled.',
};

/**
 * Whether something may be waiting for a choice. This can be cached because only this program records it, and no
 * other works in the clone. A listing that started before something was recorded must not conclude afterwards that
 * nothing is waiting.
 */
const mayWait = new WeakMap<GitContext, boolean>();

/** Whether a rewritten history is waiting for a person's choice. */
export async function isRewritten({ git }: Pick<Clone, 'git'>): Promise<boolean> {
  if (mayWait.get(git) === false) return false;
  const isWaiting = (await listRefs(git, PENDING)).size > 0;
  if (!isWaiting && !mayWait.has(git)) mayWait.set(git, false);
  return isWaiting;
}

/** The tips that were lost since the last choice, without duplicates. */
export const lostTips = async (clone: Clone): Promise<ReadonlySet<string>> =>
  new Set((await listRefs(clone.git, PENDING)).values());

/** The old tips of the remote's branch that were kept. */
export async function remoteBackups(clone: Clone): Promise<readonly string[]> {
  const backups = await listRefs(clone.git, BACKUP);
  return [...backups].flatMap(([ref, id]) => (ref.startsWith(`${BACKUP}remote-`) ? [id] : []));
}

/**
 * Stores the tip of a side, so a later one can be compared with it.
 *
 * @param branch the branch that the tip belongs to; a person may have chosen another one since it was read
 */
export async function noteKnown(
  clone: Clone,
  side: Side,
  tip: string | null,
  branch = clone.settings.branch,
): Promise<void> {
  const ref = knownRef(side, branch);
  if ((await resolveIn(clone, ref)) === tip) return;
  await (tip === null ? setRef(clone.git, ref, null) : clone.mover.note(ref, tip)).catch(() => undefined);
}

/**
 * Forgets everything known about the remote's branches. It is another remote now, so the next sync is a first
 * contact.
 */
export async function forgetKnownRemote({ git }: Pick<Clone, 'git'>): Promise<void> {
  const known = [...(await listRefs(git, 'refs/gitpost/known-remote/')).keys()];
  if (known.length === 0) return;
  const updates = known.map((ref) => ({ ref, to: null }));
  await updateRefs(git, updates).catch(() => undefined);
}

/**
 * Compares the tip of a side with the last known ones, and stores it as the known one. If it does not descend from
 * them and lines are missing, the old tip is kept and the repository becomes rewritten. Returns whether that is the
 * case.
 *
 * @param last another known tip besides the one stored with the clone, which may be a moment older
 * @param branch the branch that the tip belongs to; a person may have chosen another one since it was read
 */
export async function checkSide(
  clone: Clone,
  side: Side,
  tip: string | null,
  last: string | null = null,
  branch = clone.settings.branch,
): Promise<boolean> {
  const ref = knownRef(side, branch);
  const known = await resolveIn(clone, ref);
  if (known === tip && (last === null || last === tip)) return false;
  // If the remote's branch is gone, the next push fills it again. If our own branch is gone, it has lost its lines.
  if (tip === null && side === 'remote') return false;
  const lost: string[] = [];
  for (const before of new Set([known, last === null ? null : await resolveIn(clone, last)])) {
    if (before !== null && before !== tip && (await isLost(clone, before, tip))) lost.push(before);
  }
  const kept = lost.flatMap((before, index): RefUpdate[] => {
    const name = `${side}-${stamp()}${index === 0 ? '' : `-${index}`}`;
    return [
      { ref: `${BACKUP}${name}`, to: before },
      { ref: `${PENDING}${name}`, to: before },
    ];
  });
  if (lost.length > 0) mayWait.set(clone.git, true);
  await updateRefs(clone.git, [...kept, { ref, to: tip }]);
  return lost.length > 0;
}

/** Whether lines of a tip are missing from a later one that does not descend from it. */
async function isLost(clone: Clone, before: string, after: string | null): Promise<boolean> {
  if (after !== null && (await isAncestor(clone.git, before, after))) return false;
  const missing = new Set<string>();
  const present = new Set<string>();
  for (const change of await diffJournals(clone.git, before, after)) {
    for (const line of await linesOf(clone, change.before)) missing.add(line.hash);
    for (const line of await linesOf(clone, change.after)) present.add(line.hash);
  }
  return [...missing].some((hash) => !present.has(hash));
}

/**
 * Moves the branch to the commit that a person's choice leads to, keeps its previous tip, and ends the rewritten
 * state. Returns false and does nothing if someone else has moved the branch.
 */
export async function settleAt(clone: Clone, _held: Held, target: string): Promise<boolean> {
  const { branch: name } = clone.settings;
  const branch = await resolveIn(clone, branchRef(clone));
  if (branch !== clone.tip) return false;
  const remote = await resolveIn(clone, trackingRef(clone));
  const pending = await listRefs(clone.git, PENDING);
  const updates: RefUpdate[] = [
    { ref: branchRef(clone), to: target, from: branch },
    { ref: knownRef('branch', name), to: target },
    ...(branch === null ? [] : [{ ref: `${BACKUP}branch-${stamp()}`, to: branch }]),
    ...(remote === null ? [] : [{ ref: knownRef('remote', name), to: remote }]),
    ...[...pending.keys()].map((ref) => ({ ref, to: null })),
  ];
  return updateRefs(clone.git, updates).then(
    () => {
      mayWait.delete(clone.git);
      return true;
    },
    () => false,
  );
}

const stamp = (): string => new Date().toISOString().replace(/[:.]/g, '-');
