import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Who works on a folder: the process, and when it began, since numbers of processes are used again. */
interface Holder {
  readonly pid: number;
  readonly began: string;
}

export interface FolderLock {
  readonly release: () => Promise<void>;
}

const LOCK_FILE = '.gitpost.lock';

/** Takes a folder for this process alone; a text that says who holds it where somebody does. */
export async function lockFolder(directory: string): Promise<FolderLock | string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, LOCK_FILE);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined;
      throw error;
    });
    if (file) {
      await file.writeFile(JSON.stringify({ pid: process.pid, began: await beganOf(process.pid) }));
      await file.close();
      return { release: () => rm(path, { force: true }) };
    }
    const holder = await readHolder(path);
    if (holder && (await isAlive(holder)))
      return `${directory} is in use by another gitpost, process ${holder.pid}`;
    // Renaming takes the file from whoever else finds it stale at the same moment.
    await rename(path, `${path}.stale-${process.pid}`).catch(() => undefined);
    await rm(`${path}.stale-${process.pid}`, { force: true });
  }
  return `${directory} is in use by another gitpost that is just starting`;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      return JSON.parse(await readFile(path, 'utf8')) as Holder;
    } catch {
      // It may be written at this moment; what stays unreadable was cut off.
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
  return undefined;
}

async function isAlive({ pid, began }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (await beganOf(pid)) === began;
}

/** The start of a process, where the system tells it as Linux does; else nothing, and the number has to do. */
async function beganOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
