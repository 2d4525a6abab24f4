import { fail, ok, type Result } from '../domain/result.ts';
import { checkedOut, findNested, isBranchName, resolve, setRef, updateRefs } from '../git/refs.ts';
import { GitError } from '../git/run.ts';
import { type Clone, trackingRef } from './clone.ts';

/** Checks whether a name can be that of a branch. */
export async function checkBranchName(clone: Pick<Clone, 'git'>, branch: string): Promise<Result<void>> {
  return (await isBranchName(clone.git, branch)) ? ok(undefined) : badBranch(branch);
}

function badBranch(branch: string) {
  const errors = [{ field: 'branch', detail: 'branch must be a name that git allows' }];
  const shown = JSON.stringify(branch.length > 100 ? `${branch.slice(0, 100)}…` : branch);
  return fail('invalid', `${shown} cannot be the name of a branch. Nothing was changed.`, { errors });
}

function nestedBranch(branch: string, other: string) {
  const detail = `the clone has the branch ${other}, so it cannot also have the branch ${branch}`;
  return fail(
    'invalid',
    `Nothing was changed: ${detail}. git would need the same name for a folder and a file. Choose another name, or rename or delete the other branch first (git branch -m ${other} something).`,
    { errors: [{ field: 'branch', detail }] },
  );
}

/** git could not do it, and it is worth trying again. */
export const NOT_NOW = fail(
  'unavailable',
  'The branch cannot be changed at the moment; another git process may be using the clone, or its disk may be full. Nothing was changed; try again.',
  { retryAfter: 5 },
);

/**
 * Makes sure that a branch exists or can be created. Returns the commit at which it was created, or `null` if it was
 * not created here.
 */
export async function createBranch(clone: Clone, branch: string): Promise<Result<string | null>> {
  const { git, settings } = clone;
  const ref = `refs/heads/${branch}`;
  if ((await resolve(git, ref)) !== null) return ok(null);
  const [other] = await findNested(git, 'refs/heads/', branch);
  if (other !== undefined) return nestedBranch(branch, other);
  const start =
    (await resolve(git, trackingRef({ settings: { ...settings, branch } }))) ??
    (await resolve(git, `refs/heads/${settings.branch}`));
  if (start === null) return ok(null);
  try {
    await updateRefs(git, [{ ref, to: start, from: null }]);
    return ok(start);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    // A person's git may have been faster.
    if ((await resolve(git, ref)) !== null) return ok(null);
    const [quicker] = await findNested(git, 'refs/heads/', branch);
    if (quicker !== undefined) return nestedBranch(branch, quicker);
    return /File name too long|Invalid argument|bad ref|invalid refname/i.test(error.stderr)
      ? badBranch(branch)
      : NOT_NOW;
  }
}

/** Deletes a branch that was created a moment ago, unless someone has moved it since. */
export async function forgetBranch({ git }: Clone, branch: string, at: string): Promise<void> {
  const ref = `refs/heads/${branch}`;
  if ((await checkedOut(git)) === branch || (await resolve(git, ref)) !== at) return;
  await setRef(git, ref, null).catch(() => undefined);
}
