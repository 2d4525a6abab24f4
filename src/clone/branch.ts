import type { Held } from '../async/mutex.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import { type CloneSettings, writeSettings } from '../git/clone.ts';
import { readConfig, writeConfig } from '../git/config.ts';
import { checkedOut, checkOut, findNested, isBranchName, resolve, setRef, updateRefs } from '../git/refs.ts';
import { GitError, output } from '../git/run.ts';
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

const NOT_NOW = fail(
  'unavailable',
  'The branch cannot be changed at the moment; another git may be holding the clone, or its disk may be full. Nothing was changed; try again.',
  { retryAfter: 5 },
);

/**
 * Switches captures to another branch: the existing one of that name, here or on the remote, otherwise a new one that
 * starts at the current tip. Everything that git may refuse is done before the settings are written. If anything
 * fails after that, the settings are restored, so a refused switch leaves everything as it was.
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
  const wasCheckedOut = (await checkedOut(git)) === before.branch;
  try {
    // The name is written last: what is written before it does no harm to the branch in use.
    await settle(clone, held, { ...(isOther ? { contacted: false } : {}), branchGiven: true, branch });
    if (wasCheckedOut) await checkOut(git, branch);
    await reconcile();
    return ok(undefined);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    await settle(clone, held, before).catch(() => undefined);
    clone.configured(held, before);
    if (wasCheckedOut && (await checkedOut(git)) === branch) await checkOut(git, before.branch);
    if (created.value !== null) await forget(clone, branch, created.value);
    await reconcile().catch(() => undefined);
    return NOT_NOW;
  }
}

async function settle(clone: Clone, held: Held, settings: Partial<CloneSettings>): Promise<void> {
  const { contacted, branchGiven, branch } = settings;
  const changed = Object.entries({ contacted, branchGiven, branch }).filter(
    ([, value]) => value !== undefined,
  );
  await writeSettings(clone.git, Object.fromEntries(changed));
  clone.configured(held, settings);
}

/**
 * Makes sure that a branch exists or can be created. Returns the commit at which it was created, or `null` if it was
 * not created here.
 */
async function createBranch(clone: Clone, branch: string): Promise<Result<string | null>> {
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
async function forget({ git }: Clone, branch: string, at: string): Promise<void> {
  const ref = `refs/heads/${branch}`;
  if ((await checkedOut(git)) === branch || (await resolve(git, ref)) !== at) return;
  await setRef(git, ref, null).catch(() => undefined);
}

/** The name that the branch in use is about to get; not set otherwise. */
const NEW_NAME = 'gitpost.newBranchName';

/**
 * Renames the branch in use. The new name is noted first, since git and the settings cannot change in one step: if
 * the program is killed between them, {@link finishRenaming} completes it at the next start.
 */
export async function renameBranch(clone: Clone, held: Held, name: string): Promise<void> {
  const { git, settings } = clone;
  const { branch } = settings;
  await writeConfig(git, NEW_NAME, name);
  const isBorn = (await resolve(git, `refs/heads/${branch}`)) !== null;
  if (isBorn) await output(git, ['branch', '-m', branch, name]);
  else await output(git, ['symbolic-ref', 'HEAD', `refs/heads/${name}`]);
  await writeSettings(git, { branch: name });
  clone.configured(held, { branch: name });
  await writeConfig(git, NEW_NAME, '');
}

/** Completes an interrupted rename: if git has the new name and no longer the old one, the settings get it too. */
export async function finishRenaming(clone: Clone, held: Held): Promise<void> {
  const { git, settings } = clone;
  const name = (await readConfig(git, NEW_NAME)) ?? '';
  if (name === '') return;
  const isOldGone = (await resolve(git, `refs/heads/${settings.branch}`)) === null;
  const isNewThere = (await resolve(git, `refs/heads/${name}`)) !== null || (await checkedOut(git)) === name;
  if (isOldGone && isNewThere) {
    await writeSettings(git, { branch: name });
    clone.configured(held, { branch: name });
  }
  await writeConfig(git, NEW_NAME, '');
}
