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

/** The system's errors if a user may not watch any more files or folders. From then on, some changes go unnoticed. */
const EXHAUSTED = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);
/** What may have changed while nothing was watched: the branch, and what another program appends. */
const ANYTHING: ReadonlySet<string> = new Set(['.git', 'messages/']);

/** The paths in a clone whose change may mean that its branch, its remote or a journal has changed. */
const TELLING = /^[^/]+(\/(\.git(\/(HEAD|packed-refs|refs(\/(heads|remotes)(\/.*)?)?))?|messages(\/.*)?))?$/;

const isTelling = (path: string): boolean =>
  !path.startsWith('.') && !path.endsWith('.lock') && TELLING.test(path);

/**
 * Reports which clones may have changed, and where, after a quiet moment for each. Links are not followed.
 *
 * Only folders are watched, since a folder also reports its files, and a system has few watches: an archive has a
 * hundred times as many files as folders. chokidar's own events need one watch per file, so its raw events are used.
 *
 * @param reposDirectory the folder of all clones; it is watched to notice clones that are deleted and created again
 * @param onChange called with the clone's name and the changed paths in it; a new folder ends with `/` and stands for
 *   everything in it
 * @param onTrouble called with what could not be watched
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
    // Another report for each further folder would add nothing.
    if (!isExhausted || polling === undefined) onTrouble(error);
    if (isExhausted) polling ??= setInterval(() => void checkAll(), LOOK_MS);
  });
  // Changes before all folders were watched were not reported.
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
   * A folder that is deleted and created again within a millisecond, as `git checkout` does, looks unchanged to
   * chokidar, which keeps watching the deleted one. The deleted one reports its own end, so its path is then watched
   * again.
   */
  async function watchReplaced(): Promise<void> {
    const paths = [...replaced];
    replaced.clear();
    for (const path of paths) {
      const isFolder = await lstat(path).then(
        (stats) => stats.isDirectory(),
        () => false,
      );
      // If a folder was gone for a while, chokidar notices on its own when it comes back.
      if (!isFolder || watcher.closed) continue;
      watcher.unwatch(path);
      watcher.add(path);
      // When this is reported, the folder is already being watched, so nothing in between is missed.
      report(`${inside(path)}/`);
    }
  }

  /** On a busy machine, chokidar can miss a folder that was created together with its parent. */
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
