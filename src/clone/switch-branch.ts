import type { Held } from '../async/mutex.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import { checkOut, type Obstacle } from '../git/checkout.ts';
import { type CloneSettings, writeSettings } from '../git/clone.ts';
import { readConfig, writeConfig } from '../git/config.ts';
import { undoInterruptedCheckout } from '../git/interrupted.ts';
import { checkedOut, resolve } from '../git/refs.ts';
import { GitError } from '../git/run.ts';
import { createBranch, forgetBranch, NOT_NOW } from './branch.ts';
import type { Clone } from './clone.ts';

/** The branch that is about to be checked out and used; not set otherwise. */
const NEXT_BRANCH = 'gitpost.nextBranch';

/**
 * Switches captures to another branch: the existing one of that name, here or on the remote, otherwise a new one that
 * starts at the current tip. If the branch in use is checked out, the other one is checked out first, since git may
 * refuse that: `checkout-refused`. A refused switch leaves everything as it was. If the program is killed,
 * {@link finishSwitching} completes the switch or undoes it at the next start.
 *
 * @param reconcile makes the mirror agree with the branch that the settings name
 */
export async function switchBranch(
  clone: Clone,
  held: Held,
  branch: string,
  reconcile: () => Promise<unknown>,
): Promise<Result<void>> {
  const { git, settings: before } = clone;
  if (branch === before.branch && before.branchGiven) return ok(undefined);
  const isOther = branch !== before.branch;
  const created = isOther ? await createBranch(clone, branch) : ok(null);
  if (!created.ok) return created;
  const forgetCreated = async () =>
    created.value !== null && (await forgetBranch(clone, branch, created.value));
  const isCheckedOut = isOther && (await checkedOut(git)) === before.branch;
  try {
    if (isCheckedOut) {
      await writeConfig(git, NEXT_BRANCH, branch);
      const obstacle = await checkOut(git, branch);
      if (obstacle) {
        await writeConfig(git, NEXT_BRANCH, '');
        await forgetCreated();
        return checkoutRefused(branch, obstacle);
      }
    }
    await settleOn(clone, held, branch);
    await reconcile();
    if (isCheckedOut) await writeConfig(git, NEXT_BRANCH, '');
    return ok(undefined);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    await settle(clone, held, before).catch(() => undefined);
    clone.configured(held, before);
    if (isCheckedOut) await comeBack(clone, branch).catch(() => undefined);
    await forgetCreated();
    await reconcile().catch(() => undefined);
    return NOT_NOW;
  }
}

/** Checks out the branch in use again, after another one was checked out or was about to be. */
async function comeBack(clone: Clone, other: string): Promise<void> {
  const { git, settings } = clone;
  if ((await checkedOut(git)) === other && (await checkOut(git, settings.branch)) !== null) return;
  if (await undoCheckout(clone, other)) await writeConfig(git, NEXT_BRANCH, '');
}

/** Restores the files of a branch whose checkout was interrupted. False if another git holds the index. */
async function undoCheckout({ git, settings: { branch } }: Clone, other: string): Promise<boolean> {
  const [from, to] = [await resolve(git, `refs/heads/${branch}`), await resolve(git, `refs/heads/${other}`)];
  return from === null || to === null || undoInterruptedCheckout(git, branch, from, to);
}

/**
 * Completes an interrupted switch if git had already checked out the other branch. Otherwise undoes it: git may have
 * written some of its files.
 */
export async function finishSwitching(clone: Clone, held: Held): Promise<void> {
  const { git, settings } = clone;
  const branch = (await readConfig(git, NEXT_BRANCH)) ?? '';
  if (branch === '') return;
  const isDone = (await checkedOut(git)) === branch;
  if (isDone && branch !== settings.branch) await settleOn(clone, held, branch);
  if (isDone || (await undoCheckout(clone, branch))) await writeConfig(git, NEXT_BRANCH, '');
}

function checkoutRefused(branch: string, obstacle: Obstacle) {
  const refused = (why: string, action: string) =>
    fail('checkout-refused', `git cannot check out ${branch} now: ${why}. Nothing was changed. ${action}`);
  if (obstacle.kind === 'other-work-tree') {
    return refused(
      `it is checked out in another work tree, ${obstacle.folder}`,
      'Check out another branch there, or remove that work tree, and try again.',
    );
  }
  const files = someOf(obstacle.paths);
  if (obstacle.kind === 'unmerged') {
    return refused(
      `a merge with conflicts is not finished (${files})`,
      'Commit it, or give it up with git merge --abort, and try again.',
    );
  }
  return refused(
    `there are uncommitted changes in files that are different there (${files})`,
    'Commit them, stash them or move the files away, and try again.',
  );
}

/** The first few of a list of files, as text. */
function someOf(paths: readonly string[]): string {
  const more = paths.length - MOST_NAMED;
  const named = paths.slice(0, MOST_NAMED).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}

const MOST_NAMED = 3;

/** Captures go to another branch from now on. The name is written last: the rest does no harm to the branch in use. */
function settleOn(clone: Clone, held: Held, branch: string): Promise<void> {
  const isOther = branch !== clone.settings.branch;
  return settle(clone, held, { ...(isOther ? { contacted: false } : {}), branchGiven: true, branch });
}

async function settle(clone: Clone, held: Held, settings: Partial<CloneSettings>): Promise<void> {
  const { contacted, branchGiven, branch } = settings;
  const changed = Object.entries({ contacted, branchGiven, branch }).filter(
    ([, value]) => value !== undefined,
  );
  await writeSettings(clone.git, Object.fromEntries(changed));
  clone.configured(held, settings);
}
