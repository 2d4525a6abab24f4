import type { Held } from '../../async/mutex.ts';
import { branchRef, type Clone, resolveIn, trackingRef } from '../../clone/clone.ts';
import { addedLines } from '../../clone/journal-lines.ts';
import { renameBranch } from '../../clone/rename-branch.ts';
import { checkSide, isRewritten, noteKnown, rewrittenTrouble } from '../../clone/rewritten.ts';
import type { SyncGoal, SyncStatus, Trouble } from '../../domain/repository.ts';
import { localPath } from '../../git/address.ts';
import { writeSettings } from '../../git/clone.ts';
import { fetchBranch, listRemote, type RemoteRefs } from '../../git/fetch.ts';
import { pushBranch } from '../../git/push.ts';
import { countApart, findNested, isBranchName, resolve, setRef, setTracking } from '../../git/refs.ts';
import type { Network } from '../../git/remote.ts';
import { diffJournals } from '../../git/tree.ts';
import type { Mover, Reconciled } from '../reconcile/reconciler.ts';
import { nameCulprits } from './culprits.ts';
import { join } from './join.ts';
import { checkSize } from './oversize.ts';

/** The result of a sync, before it is reported. */
export interface Synced {
  readonly status: SyncStatus;
  readonly pushed: number;
  readonly pulled: number;
  readonly trouble?: Trouble;
}

/** What a sync needs from its repository. */
export interface SyncPort {
  readonly clone: Clone;
  readonly url: string;
  readonly network: Network;
  /** Makes the mirror agree with the branch. */
  readonly reconcile: (held: Held, by: Mover) => Promise<Reconciled | undefined>;
  /**
   * Captures the lines of this repository's messages that only other repositories have. A capture takes the clone's
   * mutex, so this must not run while it is held.
   */
  readonly complete: () => Promise<void>;
  /** Updates where the remote's branch is, after a fetch or a push. */
  readonly refreshRemote: () => Promise<void>;
  /** Prepares for a join that may be large, while captures continue. */
  readonly prepareJoin: () => Promise<void>;
}

/** How many times to push again if someone else was faster. */
const ROUNDS = 6;

const RACED: Trouble = {
  status: 'failed',
  detail: 'Someone else pushed to the branch each time we tried.',
  action: 'Nothing is lost here. Push again in a moment.',
};

/** Syncs a clone with its remote: fetch, fast-forward or merge, and push. Captures continue in the meantime. */
export async function syncClone(port: SyncPort, goal: SyncGoal): Promise<Synced> {
  let pulled = 0;
  let raced = RACED;
  if (await isRewritten(port.clone))
    return { status: 'rewritten', pushed: 0, pulled, trouble: rewrittenTrouble };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const fetched = await fetchRemote(port);
    if (fetched === 'switched') continue;
    if (typeof fetched !== 'string') return { status: fetched.status, pushed: 0, pulled, trouble: fetched };
    const { branch } = port.clone.settings;
    const tracking = trackingRef(port.clone);
    const oversize = await checkSize(port.clone, tracking);
    if (oversize) return { status: oversize.status, pushed: 0, pulled, trouble: oversize };
    const theirs = await resolveIn(port.clone, tracking);
    if (await checkSide(port.clone, 'remote', theirs, null, branch))
      return { status: 'rewritten', pushed: 0, pulled, trouble: rewrittenTrouble };
    await port.prepareJoin();
    const joined = await port.clone.mutex.run((held) => join(port.clone, held, branch, port.reconcile));
    if (joined === 'switched') continue;
    pulled += await joined.pulled;
    if (joined.trouble) return { status: joined.trouble.status, pushed: 0, pulled, trouble: joined.trouble };
    await port.complete();
    if (goal === 'pull') return { status: pulled > 0 ? 'pulled' : 'up-to-date', pushed: 0, pulled };
    const outcome = await pushTip(port, branch, fetched === 'empty');
    if (outcome.kind === 'done')
      return {
        status: outcome.pushed === null ? 'up-to-date' : 'pushed',
        pushed: outcome.pushed ?? 0,
        pulled,
      };
    if (outcome.kind === 'trouble')
      return { status: outcome.trouble.status, pushed: 0, pulled, trouble: outcome.trouble };
    raced = outcome.trouble ?? RACED;
    await new Promise((wake) => setTimeout(wake, Math.random() * 200 * round));
  }
  return { status: raced.status, pushed: 0, pulled, trouble: raced };
}

/**
 * Brings the tracking ref to the remote's branch. `empty` if the remote shows no such branch. If the remote is not on
 * this machine, that is only believed once a push has succeeded, since the sign-in page of a network can look like an
 * empty repository. `switched` if a person chose another branch in the meantime: what was fetched says nothing about
 * that one.
 */
async function fetchRemote(port: SyncPort): Promise<'fetched' | 'empty' | 'switched' | Trouble> {
  const { clone, url, network } = port;
  // A remote that does not answer this is unreachable. One that does may take its time for the requests after it.
  const listed = await listRemote(clone.git, url, network);
  if (!listed.ok) return listed.trouble;
  const { branches } = listed.value;
  if (!clone.settings.contacted) {
    const trouble = await clone.mutex.run((held) => takeBranchName(clone, held, listed.value));
    if (trouble) return trouble;
    if (!branches.has(clone.settings.branch)) return 'empty';
  }
  const { branch } = clone.settings;
  const tracking = trackingRef(clone);
  const theirs = branches.get(branch);
  if (theirs !== undefined && theirs === (await resolveIn(clone, tracking)))
    return (await setContacted(port, branch)) ? 'fetched' : 'switched';
  const fetched = await fetchBranch(clone.git, url, network, branch);
  if (!fetched.ok) return fetched.trouble;
  if (fetched.value === 'fetched') return (await setContacted(port, branch)) ? 'fetched' : 'switched';
  if (localPath(url) !== undefined) {
    await setRef(clone.git, tracking, null);
    await noteKnown(clone, 'remote', null, branch);
  }
  await port.refreshRemote();
  return clone.settings.branch === branch ? 'empty' : 'switched';
}

/**
 * Notes that the remote was reached for a branch, and fixes the branch's name. This needs the mutex, since a person
 * may choose another branch at any moment. Resolves to false if that has happened; nothing is noted about a branch
 * that is not in use.
 */
async function setContacted({ clone, refreshRemote }: SyncPort, branch: string): Promise<boolean> {
  await refreshRemote();
  return clone.mutex.run(async (held) => {
    if (clone.settings.branch !== branch) return false;
    if (clone.settings.contacted) return true;
    await writeSettings(clone.git, { contacted: true, branch });
    clone.configured(held, { contacted: true });
    return true;
  });
}

/** If nobody chose a branch, ours is renamed to the one that the remote's HEAD names. */
async function takeBranchName(clone: Clone, held: Held, remote: RemoteRefs): Promise<Trouble | undefined> {
  const { branch, branchGiven } = clone.settings;
  const name = remote.head;
  if (branchGiven || name === null || name === branch || !remote.branches.has(name)) return undefined;
  // The name of a remote's branch may look like an option to git.
  if (!(await isBranchName(clone.git, name))) return undefined;
  if ((await resolve(clone.git, `refs/heads/${name}`)) !== null) return nameTaken(name, name, branch);
  // git can rename `main` to `main/x`, but not while another branch nests with the new name.
  const inTheWay = (await findNested(clone.git, 'refs/heads/', name)).find((other) => other !== branch);
  if (inTheWay !== undefined) return nameTaken(name, inTheWay, branch);
  await renameBranch(clone, held, name);
  return undefined;
}

const nameTaken = (name: string, other: string, branch: string): Trouble => ({
  status: 'conflicted',
  detail:
    name === other
      ? `The remote's branch is called ${name}, and the clone has another branch of that name besides ${branch}.`
      : `The remote's branch is called ${name}, and git cannot have that name next to the branch ${other} of the clone.`,
  action: `Rename or delete the branch ${other} in the clone (git branch -m ${other} something), then push again.`,
});

type PushOutcome =
  | { readonly kind: 'done'; readonly pushed: number | null }
  | { readonly kind: 'raced'; readonly trouble?: Trouble }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

async function pushTip(port: SyncPort, branch: string, empty: boolean): Promise<PushOutcome> {
  const { clone, url, network } = port;
  if (clone.settings.branch !== branch) return { kind: 'raced' };
  const [own, tracking] = [branchRef(clone), trackingRef(clone)];
  const before = empty ? null : await resolveIn(clone, tracking);
  const tip = await resolveIn(clone, own);
  if (tip === null || tip === before) return { kind: 'done', pushed: null };
  const { ahead } = await countApart(clone.git, tip, before);
  const outcome = await pushBranch(clone.git, url, network, {
    commit: tip,
    branch,
    known: before,
    commits: ahead,
  });
  if (!outcome.ok) return { kind: 'trouble', trouble: await nameCulprits(clone, tip, outcome.trouble) };
  if (outcome.value.kind === 'held') return { kind: 'raced', trouble: outcome.value.trouble };
  if (outcome.value.kind === 'raced') return { kind: 'raced' };
  // git moves the tracking ref itself, but not if the answer to the push was lost.
  await setTracking(clone.git, branch, tip);
  await noteKnown(clone, 'remote', tip, branch);
  await setContacted(port, branch);
  return { kind: 'done', pushed: await countMessages(clone, before, tip) };
}

/** The number of messages with lines in a commit that are not in an earlier one. */
async function countMessages(clone: Clone, before: string | null, after: string): Promise<number> {
  const ids = new Set<string>();
  for (const change of await diffJournals(clone.git, before, after)) {
    for (const { id } of await addedLines(clone, change)) ids.add(id);
  }
  return ids.size;
}
