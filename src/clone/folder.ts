import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../domain/repository.ts';
import { sameName } from '../domain/target.ts';
import { inspectFolder } from '../git/clone.ts';
import { readConfig, writeConfig } from '../git/config.ts';
import type { GitContext } from '../git/run.ts';

/** The folder that all clones are in. The settings of a repository are in its clone's own git config. */
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

/**
 * The address of a clone whose settings git cannot read, so nobody knows it. Such a clone is listed with its trouble and
 * looked at again; it is never opened under this address.
 */
export const UNKNOWN_ADDRESS = '';

/**
 * Every clone of ours that is there and was not removed, with its remote.
 *
 * @param isKnown whether the mirror holds messages of a repository, by its name. A clone that git refuses is counted as
 *   ours if that is so, or if its configuration file has our section: forgetting it would hide its messages.
 */
export async function findClones(
  folder: ClonesFolder,
  isKnown: (name: string) => boolean = () => false,
): Promise<Target[]> {
  const targets: Target[] = [];
  for (const name of await readdir(folder.directory)) {
    if (name.startsWith('.')) continue;
    const target = await findClone(folder, name, isKnown);
    if (target !== undefined) targets.push(target);
  }
  return targets;
}

/** The clone with a name, as {@link findClones} finds it; `undefined` if there is none of ours. */
export async function findClone(
  folder: ClonesFolder,
  name: string,
  isKnown: (name: string) => boolean,
): Promise<Target | undefined> {
  const context = cloneContext(folder, name);
  if ((await inspectFolder(context.directory)) !== 'clone') return undefined;
  try {
    if ((await readConfig(context, 'gitpost.device')) === null) return undefined;
    if ((await readConfig(context, REMOVED)) === 'true') return undefined;
    const url = await readConfig(context, 'remote.origin.url');
    if (url === null) return undefined;
    return { name, url, own: url.startsWith(`${folder.remotesDirectory}/`) };
  } catch {
    const isOurs = isKnown(name) || (await hasOurSection(context.directory));
    return isOurs ? { name, url: UNKNOWN_ADDRESS, own: false } : undefined;
  }
}

/** Whether the configuration file of a clone has our section, although git cannot read the file. */
async function hasOurSection(directory: string): Promise<boolean> {
  const text = await readFile(join(directory, '.git', 'config'), 'utf8').catch(() => '');
  return text.includes('[gitpost]');
}

/**
 * Someone who begins with the app's own remote and names a repository later keeps the messages: the clone of the primary
 * so far gets the new name, if no clone has it.
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
