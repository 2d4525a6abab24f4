import type { Held } from '../async/mutex.ts';
import { writeSettings } from '../git/clone.ts';
import { readConfig, writeConfig } from '../git/config.ts';
import { checkedOut, resolve } from '../git/refs.ts';
import { output } from '../git/run.ts';
import type { Clone } from './clone.ts';

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
