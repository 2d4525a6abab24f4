import { copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ifExists } from '../async/if-exists.ts';
import { gitPath, isHere, makeFolder } from './paths.ts';
import type { GitContext } from './run.ts';

/**
 * Runs several steps on the index with no other git process getting in between, under git's own lock. The context
 * passed to `work` uses a copy, which replaces the index at the end. `null` if another git process holds the index,
 * or if a person has put another clone in the place of this one. In these cases, and if `work` throws, the
 * index stays as it was.
 *
 * Otherwise, work that takes two commands would leave a moment in which index and work tree disagree. A person's `git
 * add --all` in that moment would stage the older content of our files.
 */
export async function withIndexHeld<T>(
  context: GitContext,
  work: (held: GitContext) => Promise<T>,
): Promise<T | null> {
  const [index, copy] = [await gitPath(context, 'index'), await gitPath(context, 'gitpost/index')];
  const lock = `${index}.lock`;
  const inode = await take(lock);
  if (inode === null) return null;
  const isOurs = async () => (await inodeOf(lock)) === inode;
  try {
    // Asked under the lock: as long as the lock is ours, the folder holds the same clone.
    if (!(await isHere(context))) return null;
    // Left over from interrupted work. Only one git process can hold the index.
    for (const path of [copy, `${copy}.lock`]) await rm(path, { force: true });
    await makeFolder(dirname(copy));
    // A clone in which nothing was checked out yet has no index.
    await ifExists(copyFile(index, copy));
    const result = await work({ ...context, environment: { ...context.environment, GIT_INDEX_FILE: copy } });
    if (!(await isOurs())) return null;
    // Without a copy there was no index, and there is none now.
    await ifExists(rename(copy, index));
    return result;
  } finally {
    await rm(copy, { force: true });
    if (await isOurs()) await rm(lock, { force: true });
  }
}

/** Creates a lock file and returns its inode; `null` if there is one already. */
async function take(lock: string): Promise<number | null> {
  try {
    const file = await open(lock, 'wx');
    try {
      return (await file.stat()).ino;
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
}

const inodeOf = async (path: string): Promise<number | undefined> => (await ifExists(stat(path)))?.ino;
