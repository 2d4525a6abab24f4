import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gitPath } from './paths.ts';
import type { GitContext } from './run.ts';

/**
 * Does several things with the index and no other git in between, under git's own lock: the context that the work is
 * given has a copy, which replaces the index at the end. `null` if another git holds the index. If the work
 * throws, the index stays as it was.
 *
 * Work that takes two commands would else leave a moment in which index and work tree do not agree, and a person's
 * `git add --all` in that moment would stage the older content of our files.
 */
export async function withIndexHeld<T>(
  context: GitContext,
  work: (held: GitContext) => Promise<T>,
): Promise<T | null> {
  const [index, copy] = [await gitPath(context, 'index'), await gitPath(context, 'gitpost/index')];
  const lock = `${index}.lock`;
  if (!(await take(lock))) return null;
  try {
    // Left over from work that was cut off; only one git can hold the index.
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

/** Whether it was done; false if there was no such file. */
async function unlessMissing(done: Promise<void>): Promise<boolean> {
  try {
    await done;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
