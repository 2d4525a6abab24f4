import { lstat, readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { watch } from 'chokidar';

export interface Watcher {
  readonly close: () => Promise<void>;
  /** Whether the system has no watches left, so the clones are checked every few seconds instead. */
  readonly isLooking: () => boolean;
}

interface Pending {
  readonly timer: NodeJS.Timeout;
  readonly since: number;
  readonly paths: Set<string>;
}

const QUIET_MS = 150;
const AT_LATEST_MS = 600;
const LOOK_MS = 5000;

/** What the system answers when a user may watch no more files or folders. Some changes go unnoticed from then on. */
const EXHAUSTED = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);
/** What may have changed when nobody watched: the branch, and what another program appends. */
const ANYTHING: ReadonlySet<string> = new Set(['.git', 'messages/']);

/** The paths in a clone that say that its branch, its remote or its journal may have changed. */
const TELLING = /^[^/]+(\/(\.git(\/(HEAD|packed-refs|refs(\/(heads|remotes)(\/.*)?)?))?|messages(\/.*)?))?$/;

const isTelling = (path: string): boolean =>
  !path.startsWith('.') && !path.endsWith('.lock') && TELLING.test(path);

/**
 * Reports which clones may have changed, and where, after a moment of quiet for each. Links are not followed.
 *
 * Only folders are watched, since a folder reports the files in it and a system has few watches: an archive has a hundred
 * times as many files as folders. chokidar's own events need a watch for each file, so its raw ones are used.
 *
 * @param reposDirectory the folder of all clones; watching it notices clones that are deleted and made again
 * @param onChange gets the clone's name and the changed paths in it; a new folder ends with `/`, for all that came with it
 * @param onTrouble gets what could not be watched
 */
export function watchClones(
  reposDirectory: string,
  onChange: (name: string, paths: ReadonlySet<string>) => void,
  onTrouble: (error: unknown) => void,
): Watcher {
  const pending = new Map<string, Pending>();
  const replaced = new Set<string>();
  let polling: NodeJS.Timeout | undefined;

  const inside = (path: string): string => relative(reposDirectory, path).split(sep).join('/');
  const isWatched = (path: string): boolean => path === '' || isTelling(path);

  const watcher = watch(reposDirectory, {
    ignored: (path, stats) => stats?.isFile() === true || !isWatched(inside(path)),
    ignoreInitial: true,
    followSymlinks: false,
    atomic: false,
    usePolling: false,
  });
  watcher.on('raw', (event, name: string | null, details) => {
    const { watchedPath } = details as { readonly watchedPath: string };
    if (event === 'rename' && name === basename(watchedPath)) replaced.add(watchedPath);
    report(inside(name === null ? watchedPath : join(watchedPath, name)));
  });
  watcher.on('addDir', (path) => report(`${inside(path)}/`));
  watcher.on('error', (error) => {
    const isExhausted = EXHAUSTED.has((error as NodeJS.ErrnoException).code ?? '');
    // One report for each folder that can't be watched would say nothing more.
    if (!isExhausted || polling === undefined) onTrouble(error);
    if (isExhausted) polling ??= setInterval(() => void checkAll(), LOOK_MS);
  });
  // What changed before all folders were watched was reported by nobody.
  watcher.on('ready', () => void checkAll());

  async function checkAll(): Promise<void> {
    for (const name of await readdir(reposDirectory).catch(() => [])) {
      if (isTelling(name)) onChange(name, ANYTHING);
    }
  }

  function report(path: string): void {
    if (!isTelling(path.replace(/\/$/, ''))) return;
    const [name = '', ...rest] = path.split('/');
    const known = pending.get(name);
    const since = known?.since ?? Date.now();
    const paths = (known?.paths ?? new Set()).add(rest.join('/'));
    clearTimeout(known?.timer);
    const delay = Math.max(0, Math.min(QUIET_MS, since + AT_LATEST_MS - Date.now()));
    const timer = setTimeout(() => {
      pending.delete(name);
      void watchReplaced();
      for (const path of paths)
        if (path.endsWith('/')) void watchMissed(join(reposDirectory, name, path.slice(0, -1)));
      onChange(name, paths);
    }, delay);
    pending.set(name, { timer, since, paths });
  }

  /**
   * A folder that is deleted and made again within a millisecond, as `git checkout` does, looks the same to chokidar, which
   * keeps watching the deleted one. The deleted one reports its own end, so its path is watched again.
   */
  async function watchReplaced(): Promise<void> {
    const paths = [...replaced];
    replaced.clear();
    for (const path of paths) {
      const isFolder = await lstat(path).then(
        (stats) => stats.isDirectory(),
        () => false,
      );
      // chokidar itself sees when a folder comes that was not there for a while.
      if (!isFolder || watcher.closed) continue;
      watcher.unwatch(path);
      watcher.add(path);
      // By the time this is passed on, the folder is watched, so nothing is missed in between.
      report(`${inside(path)}/`);
    }
  }

  /** On a busy machine chokidar can miss a folder that was made together with the one around it. */
  async function watchMissed(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    if (watcher.closed) return;
    const watched = new Set(watcher.getWatched()[folder]);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory() || watched.has(entry.name) || !isWatched(inside(path))) continue;
      watcher.add(path);
      report(`${inside(path)}/`);
    }
  }

  return {
    isLooking: () => polling !== undefined,
    close: async () => {
      clearInterval(polling);
      for (const { timer } of pending.values()) clearTimeout(timer);
      await watcher.close();
    },
  };
}
