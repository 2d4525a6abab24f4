import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../domain/repository.ts';
import { sameName } from '../domain/target.ts';
import { inspectFolder, readConfig, writeConfig } from '../git/clone.ts';
import type { GitContext } from '../git/run.ts';

/** The folder that all clones are in. What is to be kept of a repository stands in its clone's own git config. */
export interface ClonesFolder {
  readonly directory: string;
  /** Where the app's own bare repositories are. */
  readonly remotesDirectory: string;
  readonly git: Omit<GitContext, 'directory'>;
}

const PRIMARY = 'gitpost.primary';
const REMOVED = 'gitpost.removed';
const REMOTE = 'gitpost.remote';

export const cloneContext = (folder: ClonesFolder, name: string): GitContext => ({
  ...folder.git,
  directory: join(folder.directory, name),
});

/** Every clone of ours that is there and was not removed, with its remote. */
export async function findClones(folder: ClonesFolder): Promise<Target[]> {
  const targets: Target[] = [];
  for (const name of await readdir(folder.directory)) {
    if (name.startsWith('.')) continue;
    const context = cloneContext(folder, name);
    if ((await inspectFolder(context.directory)) !== 'clone') continue;
    // One that git refuses, such as that of another user, is nobody's reason not to start.
    if ((await readConfig(context, 'gitpost.device').catch(() => null)) === null) continue;
    if ((await readConfig(context, REMOVED)) === 'true') continue;
    const url = await readConfig(context, 'remote.origin.url');
    if (url !== null) targets.push({ name, url, own: url.startsWith(`${folder.remotesDirectory}/`) });
  }
  return targets;
}

/**
 * Who begins with the app's own remote and names a repository later takes the messages along: the clone of the
 * primary so far gets the new name, where no clone has it.
 *
 * @param targets what the environment names, the primary first
 */
export async function renamePrimary(folder: ClonesFolder, targets: readonly Target[]): Promise<void> {
  const [primary] = targets;
  if (!primary) return;
  const wanted = cloneContext(folder, primary.name).directory;
  if ((await inspectFolder(wanted)) !== 'absent') return;
  for (const target of await findClones(folder)) {
    if (!target.own || targets.some((other) => sameName(other.name, target.name))) continue;
    const context = cloneContext(folder, target.name);
    if ((await readConfig(context, PRIMARY)) !== 'true') continue;
    await rename(context.directory, wanted);
    return;
  }
}

/**
 * What the environment names, with the remotes that were chosen since: it names none for the app's own, so there the
 * choice that is noted in the clone holds.
 */
export function withChosenRemotes(folder: ClonesFolder, targets: readonly Target[]): Promise<Target[]> {
  return Promise.all(
    targets.map(async (target) => {
      if (!target.own) return target;
      const context = cloneContext(folder, target.name);
      if ((await inspectFolder(context.directory)) !== 'clone') return target;
      const url = await readConfig(context, REMOTE).catch(() => null);
      return url === null ? target : { ...target, url, own: false };
    }),
  );
}

/** Notes in a clone which remote was chosen for it in place of the app's own, for the next start. */
export async function noteRemote(context: GitContext, url: string): Promise<void> {
  await writeConfig(context, REMOTE, url);
}

/** Notes in a clone whether it is the primary's, for the next start. */
export async function markPrimary(context: GitContext, primary: boolean): Promise<void> {
  await setFlag(context, PRIMARY, primary);
}

/** Notes in a clone whether it was removed: then it stays on disk and is not opened at the next start. */
export async function markRemoved(context: GitContext, removed: boolean): Promise<void> {
  await setFlag(context, REMOVED, removed);
}

async function setFlag(context: GitContext, key: string, value: boolean): Promise<void> {
  if (((await readConfig(context, key)) ?? 'false') === String(value)) return;
  await writeConfig(context, key, String(value));
}
