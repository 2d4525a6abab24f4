import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../domain/repository.ts';
import { sameName } from '../domain/target.ts';
import { inspectFolder } from '../git/clone.ts';
import { readConfig, writeConfig } from '../git/config.ts';
import type { GitContext } from '../git/run.ts';

/** The folder of all clones. The settings of a repository are in its clone's own git config. */
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
 * The address of a clone whose settings git cannot read, so its real address is unknown. Such a clone is listed with
 * its trouble and checked again. It is never opened with this address.
 */
export const UNKNOWN_ADDRESS = '';

/**
 * Every clone of ours that exists and was not removed, with its remote.
 *
 * @param isKnown whether the mirror holds messages of a repository, by its name. If git refuses to read a clone, it
 *   counts as ours if this is true or if its configuration file has our section: forgetting it would hide its
 *   messages.
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

/** The clone with a name, found as {@link findClones} does; `undefined` if there is none of ours. */
async function findClone(
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

/** The target of a clone whose settings could not be read so far, with its address if they can be read now. */
export async function withAddress(
  folder: ClonesFolder,
  target: Target,
  isKnown: (name: string) => boolean,
): Promise<Target> {
  if (target.url !== UNKNOWN_ADDRESS) return target;
  return (await findClone(folder, target.name, isKnown)) ?? target;
}

/** Whether the configuration file of a clone has our section. For files that git cannot read. */
async function hasOurSection(directory: string): Promise<boolean> {
  const text = await readFile(join(directory, '.git', 'config'), 'utf8').catch(() => '');
  return text.includes('[gitpost]');
}

/**
 * If someone starts with the app's own remote and configures a repository later, the messages are kept: the current
 * primary's clone gets the new name, unless another clone already has it.
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
 * The targets in the environment, with the remotes chosen since. For the app's own remote the environment names none,
 * so the choice stored in the clone applies.
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

/** Stores in a clone which remote was chosen for it instead of the app's own, for the next start. */
export async function noteRemote(context: GitContext, url: string): Promise<void> {
  await writeConfig(context, REMOTE, url);
}

/** Stores in a clone whether it is the primary, for the next start. */
export async function setPrimary(context: GitContext, primary: boolean): Promise<void> {
  await setFlag(context, PRIMARY, primary);
}

/** Stores in a clone that it was removed. It stays on disk and is not opened at the next start. */
export const noteRemoved = (context: GitContext): Promise<void> => setFlag(context, REMOVED, true);

/** Stores in a clone that it is in use again. */
export const noteAdded = (context: GitContext): Promise<void> => setFlag(context, REMOVED, false);

async function setFlag(context: GitContext, key: string, value: boolean): Promise<void> {
  if (((await readConfig(context, key)) ?? 'false') === String(value)) return;
  await writeConfig(context, key, String(value));
}
