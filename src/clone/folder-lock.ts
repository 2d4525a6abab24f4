import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Holder, isAlive, ownHolder } from './holder.ts';

export interface FolderLock {
  readonly release: () => Promise<void>;
}

const LOCK_FILE = '.gitpost.lock';
const PATIENCE_MS = 1000;
/** How long to wait for a process that holds the folder only briefly. */
const BRIEF_PATIENCE_MS = 30_000;
const POLL_MS = 100;

/** The process that holds a folder, and whether it holds it only briefly, as a command does. */
interface LockHolder extends Holder {
  readonly brief?: true;
}

/**
 * Locks a folder for this process. If another process holds it, returns a text that says which one.
 *
 * @param held how long it is kept: others wait for one that is released soon, as a command's is
 * @param signal ends the wait for another process
 */
export async function lockFolder(
  directory: string,
  held: 'briefly' | 'long' = 'long',
  signal?: AbortSignal,
): Promise<FolderLock | string> {
  // In a folder such as /proc, Node never stops trying.
  const made = mkdir(directory, { recursive: true, mode: 0o700 });
  await (signal === undefined ? made : Promise.race([made, aborted(signal)]));
  const path = join(directory, LOCK_FILE);
  const began = Date.now();
  for (;;) {
    if (signal?.aborted) return `${directory} is not locked: the wait for it was interrupted`;
    const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined;
      throw error;
    });
    if (file) {
      const release = () => rm(path, { force: true });
      try {
        await file.writeFile(
          JSON.stringify({ ...(await ownHolder()), ...(held === 'briefly' ? { brief: true } : {}) }),
        );
      } catch (error) {
        // The disk may be full.
        await release();
        throw error;
      } finally {
        await file.close();
      }
      return { release };
    }
    const holder = await readHolder(path);
    if (holder && (await isAlive(holder))) {
      // A process that was asked to stop a moment ago may still be stopping.
      const patience = holder.brief ? BRIEF_PATIENCE_MS : PATIENCE_MS;
      if (Date.now() > began + patience)
        return `${directory} is in use by another gitpost, process ${holder.pid}`;
      await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
      continue;
    }
    // The rename takes the file away from any other process that finds it stale at the same moment.
    await rename(path, `${path}.stale-${process.pid}`).catch(() => undefined);
    await rm(`${path}.stale-${process.pid}`, { force: true });
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Whether a gitpost is using a folder at the moment. Locks nothing and changes nothing. */
export const isHeld = async (directory: string): Promise<boolean> =>
  (await findHolder(directory)) !== undefined;

/** Whether another process than this one is using a folder at the moment. */
export async function isHeldByAnother(directory: string): Promise<boolean> {
  const holder = await findHolder(directory);
  return holder !== undefined && holder.pid !== process.pid;
}

/** Whether a process is using a folder that will stay, as a server does. */
export async function isHeldForLong(directory: string): Promise<boolean> {
  const holder = await findHolder(directory);
  return holder !== undefined && !holder.brief;
}

async function findHolder(directory: string): Promise<LockHolder | undefined> {
  const path = join(directory, LOCK_FILE);
  const isThere = await stat(path).catch(() => undefined);
  const holder = isThere && (await readHolder(path));
  return holder && (await isAlive(holder)) ? holder : undefined;
}

async function readHolder(path: string): Promise<LockHolder | undefined> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      return JSON.parse(await readFile(path, 'utf8')) as LockHolder;
    } catch {
      // It may be being written right now. If it stays unreadable, its writer was interrupted.
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
  return undefined;
}
