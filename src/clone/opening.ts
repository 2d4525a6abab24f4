import type { Held } from '../async/mutex.ts';
import { DEFAULT_BRANCH, type Target } from '../domain/repository.ts';
import {
  createClone,
  ensureBareRepository,
  inspectFolder,
  prepareClone,
  readSettings,
  writeSettings,
} from '../git/clone.ts';
import { readConfig, writeConfig } from '../git/config.ts';
import { SCRATCH_REF } from '../git/importer.ts';
import { removeLeftOvers } from '../git/left-overs.ts';
import { isSurelyAbsent, listRefs, setRef } from '../git/refs.ts';
import type { Clone } from './clone.ts';
import { UNKNOWN_ADDRESS } from './folder.ts';
import { finishRenaming } from './rename-branch.ts';
import { encodeKnown, forgetKnownRemote } from './rewritten.ts';
import { finishSwitching, switchBranch } from './switch-branch.ts';

/**
 * Creates a repository's clone, or opens the existing one, without using the network. An empty one can be captured to
 * immediately and meets its remote later.
 *
 * @param branch the branch that a person chose, if any
 * @param takeUp called once the folder exists, before anything is done in it
 */
export async function openClone(
  clone: Clone,
  held: Held,
  target: Target,
  branch: string | undefined,
  takeUp: () => Promise<void>,
): Promise<void> {
  const { git } = clone;
  if (target.url === UNKNOWN_ADDRESS) {
    await readConfig(git, 'remote.origin.url');
    throw new Error(
      `The settings of ${target.name} could not be read a moment ago. They are read again soon.`,
    );
  }
  const isRemoteNew = target.own && (await ensureBareRepository(git, target.url));
  if (target.own) await removeLeftOvers(target.url);
  const folder = await inspectFolder(git.directory);
  if (folder === 'blocked') {
    throw new Error(
      `The folder ${git.directory} is in the way: it is not a git clone. Move it away and start again.`,
    );
  }
  const isNew = folder === 'absent';
  if (isNew) await createClone(git, branch ?? DEFAULT_BRANCH, target.url);
  await takeUp();
  await prepareClone(git);
  if (!isNew) await tidyRefs(clone);
  if (isNew && branch !== undefined) await writeSettings(git, { branch, branchGiven: true });
  clone.configured(held, await readSettings(git));
  await finishRenaming(clone, held);
  await finishSwitching(clone, held);
  if (branch !== undefined) {
    // Nothing is mirrored yet. That happens after the clone is open.
    const switched = await switchBranch(clone, held, branch, async () => undefined);
    if (!switched.ok) throw new Error(switched.failure.detail);
  }
  if ((await readConfig(git, 'remote.origin.url')) !== target.url) {
    await writeConfig(git, 'remote.origin.url', target.url);
    await writeConfig(git, 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
    await forgetRemote(clone, held);
  }
  if (isRemoteNew && !isNew) await forgetRemote(clone, held);
}

/** Removes what a killed git of ours left behind, and renames refs that an earlier version named differently. */
async function tidyRefs(clone: Clone): Promise<void> {
  const { git } = clone;
  // Whatever keeps it from being deleted, it is in nobody's way.
  if (!(await isSurelyAbsent(git, SCRATCH_REF))) await setRef(git, SCRATCH_REF, null).catch(() => undefined);
  await encodeKnown(clone);
}

/** Forgets everything about the remote, which has been replaced by another one. The next sync is a first contact. */
async function forgetRemote(clone: Clone, held: Held): Promise<void> {
  const tracking = await listRefs(clone.git, 'refs/remotes/origin/');
  for (const ref of tracking.keys()) await setRef(clone.git, ref, null).catch(() => undefined);
  await forgetKnownRemote(clone);
  await writeSettings(clone.git, { contacted: false });
  clone.configured(held, { contacted: false });
}

/** Recreates the app's own bare repository if it is gone. The next push fills it. */
export async function renewOwnRemote(clone: Clone, target: Target): Promise<void> {
  if (!target.own || !(await ensureBareRepository(clone.git, target.url))) return;
  await clone.mutex.run((held) => forgetRemote(clone, held));
}
