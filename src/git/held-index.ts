import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gitPath } from './paths.ts';
import type { GitContext } from './run.ts';

/**
 * Runs several steps on the index with no other git process getting in between, under git's own lock. The context
 * passed to `work` uses a copy, which replaces the index at the end. `null` if another git process holds the index.
 * If `work` throws, the index stays as it was.
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
  if (!(await take(lock))) return null;
  try {
    // Left over from interrupted work. Only one git process can hold the index.
    for (const path of [copy, `${copy}.lock`]) await rm(path, { force: true });
    await mkdir(dirname(copy), { recursive: true });
    // A clone in which nothing was checked out yet has no index.
    await unlessMissing(copyFile(index, copy));
    const result = await work({ ...context, environment: { ...context.environment, GIT_INDEX_FILE: copy } });
    if (await unlessMissing(rename(copy, lock))) await rename(lock, index);
    else await rm(lock);
    return result;
  } catch (error) {
    await rm(copy, { force: true });
    await rm(lock, { force: true });
    throw error;
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether it was done; false if the file did not exist. */
async function unlessMissing(done: Promise<void>): Promise<boolean> {
  try {
    await done;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
