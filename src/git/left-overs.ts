import { readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * Takes away what a killed git leaves in a git folder beside locks: the report of a fast-import that was cut off, and
 * the marks of fast-import, fetch and push that keep their packs from being packed together.
 */
export async function removeLeftOvers(gitDirectory: string): Promise<void> {
  for (const name of await readdir(gitDirectory)) {
    if (name.startsWith('fast_import_crash_')) await rm(join(gitDirectory, name), { force: true });
  }
  const packs = join(gitDirectory, 'objects', 'pack');
  for (const name of await readdir(packs).catch(() => [])) {
    if (!name.endsWith('.keep')) continue;
    const reason = await readFile(join(packs, name), 'utf8').catch(() => '');
    if (isLeftKeep(reason.trim())) await rm(join(packs, name), { force: true });
  }
}

/** Whether the program that keeps a pack is no more. A person's own reason is left alone. */
function isLeftKeep(reason: string): boolean {
  if (reason === 'fast-import') return true;
  const [, pid, host] = /^(?:fetch-pack|receive-pack) (\d+) on (.+)$/.exec(reason) ?? [];
  return pid !== undefined && host === hostname() && !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
