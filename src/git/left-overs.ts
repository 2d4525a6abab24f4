import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Nobody is still writing a file that has not been written to for this long. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/**
 * Removes what killed git processes leave in a git folder besides locks: the crash report of fast-import, the `.keep`
 * files of fast-import, fetch and push that keep their packs from being repacked, and half-written packs that are
 * more than a day old.
 */
export async function removeLeftOvers(gitDirectory: string): Promise<void> {
  for (const name of await readdir(gitDirectory)) {
    if (name.startsWith('fast_import_crash_')) await rm(join(gitDirectory, name), { force: true });
  }
  const packs = join(gitDirectory, 'objects', 'pack');
  const names = new Set(await readdir(packs).catch(() => []));
  for (const name of names) {
    const path = join(packs, name);
    const isLeft =
      (name.endsWith('.keep') && (await isLeftKeep(path, names.has(name.replace(/keep$/, 'pack'))))) ||
      (/^tmp_(?:pack|idx|rev)_/.test(name) && (await isAbandoned(path)));
    if (isLeft) await rm(path, { force: true });
  }
}

/**
 * Whether the process that protects a pack is gone. A `.keep` file with a person's own reason, or with none at all,
 * is left alone.
 */
async function isLeftKeep(path: string, hasPack: boolean): Promise<boolean> {
  const reason = (await readFile(path, 'utf8').catch(() => '')).trim();
  if (reason === 'fast-import') return true;
  // git creates the `.keep` file, writes its reason and only then puts the pack there. A person protects a pack that
  // exists.
  if (reason === '') return !hasPack;
  const [, pid, host] = /^(?:fetch-pack|receive-pack) (\d+) on (.+)$/.exec(reason) ?? [];
  return pid !== undefined && host === hostname() && !isRunning(Number(pid));
}

async function isAbandoned(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
  return Date.now() - mtimeMs > ABANDONED_MS;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
