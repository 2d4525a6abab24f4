import { fail, ok, type Result } from '../../domain/result.ts';
import { writeSettings } from '../../git/clone.ts';
import { checkedOut, checkOut, isBranchName, resolve, setRef } from '../../git/refs.ts';
import { GitError } from '../../git/run.ts';
import type { Clone } from './clone.ts';

/** Whether git would take a name for a branch. */
export async function checkBranchName(clone: Pick<Clone, 'git'>, branch: string): Promise<Result<void>> {
  const isOdd = /^(refs\/|@$|HEAD$|FETCH_HEAD$)/.test(branch);
  if (!isOdd && (await isBranchName(clone.git, branch))) return ok(undefined);
  return badBranch(branch);
}

function badBranch(branch: string) {
  const errors = [{ field: 'branch', detail: 'branch must be a name that git allows' }];
  return fail('invalid', `${JSON.stringify(branch)} can not be the name of a branch. Nothing was changed.`, {
    errors,
  });
}

/**
 * Makes another branch the one that is captured to: the one of that name, here or on the remote, else a new one that
 * begins where we are. Runs under the clone's lock; the mirror is to be reconciled after it.
 */
export async function switchBranch(clone: Clone, branch: string): Promise<Result<void>> {
  const { git } = clone;
  const old = clone.settings.branch;
  if (branch !== old) {
    if ((await resolve(git, `refs/heads/${branch}`)) === null) {
      const start = (await resolve(git, `refs/remotes/origin/${branch}`)) ?? clone.tip;
      try {
        if (start !== null) await setRef(git, `refs/heads/${branch}`, start);
      } catch (error) {
        // Such as `main/x` where there is a branch `main`.
        if (error instanceof GitError) return badBranch(branch);
        throw error;
      }
    }
    if ((await checkedOut(git)) === old) await checkOut(git, branch);
    await writeSettings(git, { branch, contacted: false });
    clone.settings = { ...clone.settings, branch, contacted: false };
    clone.mover.close();
  }
  await writeSettings(git, { branchGiven: true });
  clone.settings = { ...clone.settings, branchGiven: true };
  return ok(undefined);
}
