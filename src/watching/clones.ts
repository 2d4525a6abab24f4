import { lstat, readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { ifExists } from '../async/if-exists.ts';

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
  /** What ends the watching of a folder, by its path. */
  const folders = new Map<string, () => Promise<void>>();
  const replaced = new Set<string>();
  let polling: NodeJS.Timeout | undefined;
  let isClosed = false;

  const inside = (path: string): string => relative(reposDirectory, path).split(sep).join('/');
  const isWatched = (path: string): boolean => path === '' || isTelling(path);

  void watchAll();

  async function watchAll(): Promise<void> {
    for await (const _ of watchTree(reposDirectory));
    // Changes before all folders were watched were not reported.
    await checkAll();
  }

  async function watchNew(folder: string): Promise<void> {
    // When a folder is reported, it is already being watched, so nothing in between is missed.
    for await (const path of watchTree(folder)) report(`${inside(path)}/`);
  }

  /**
   * Watches a folder and those in it, and yields each as soon as it is watched. They come one after another, since
   * chokidar looks at all files of a folder first: with thousands at once, the event loop would be held.
   */
  async function* watchTree(folder: string): AsyncGenerator<string> {
    if (isClosed || !isWatched(inside(folder))) return;
    if (!folders.has(folder)) {
      await watchFolder(folder);
      yield folder;
    }
    const entries = await ifExists(readdir(folder, { withFileTypes: true })).catch(note);
    if (!entries) return unwatch(folder);
    for (const entry of entries) if (entry.isDirectory()) yield* watchTree(join(folder, entry.name));
  }

  /** Resolves once a folder is watched, or is no longer to be watched. */
  function watchFolder(folder: string): Promise<void> {
    return new Promise((resolve) => {
      const watcher = watch(folder, {
        depth: 0,
        ignored: (path, stats) => stats?.isFile() === true || !isWatched(inside(path)),
        ignoreInitial: true,
        followSymlinks: false,
        atomic: false,
        usePolling: false,
      });
      folders.set(folder, () => {
        resolve();
        return watcher.close();
      });
      watcher.on('raw', (event, name: string | null) => {
        if (event === 'rename' && name === basename(folder)) replaced.add(folder);
        report(inside(name === null ? folder : join(folder, name)));
      });
      watcher.on('addDir', (path) => {
        report(`${inside(path)}/`);
        void watchNew(path);
      });
      watcher.on('error', note);
      watcher.on('ready', resolve);
    });
  }

  function note(error: unknown): undefined {
    const { code = '' } = error as NodeJS.ErrnoException;
    // A folder has just become a file.
    if (isClosed || code === 'ENOTDIR') return;
    const isExhausted = EXHAUSTED.has(code);
    // Another report for each further folder would add nothing.
    if (!isExhausted || polling === undefined) onTrouble(error);
    if (isExhausted) polling ??= setInterval(() => void checkAll(), LOOK_MS);
  }

  async function unwatch(folder: string): Promise<void> {
    for (const [path, end] of folders) {
      if (path !== folder && !path.startsWith(`${folder}${sep}`)) continue;
      folders.delete(path);
      await end();
    }
  }

  async function checkAll(): Promise<void> {
    for (const name of await readdir(reposDirectory).catch(() => [])) {
      if (isTelling(name) && !isClosed) onChange(name, ANYTHING);
    }
  }

  function report(path: string): void {
    if (isClosed || !isTelling(path.replace(/\/$/, ''))) return;
    const [name = '', ...rest] = path.split('/');
    const known = pending.get(name);
    const since = known?.since ?? Date.now();
    const paths = (known?.paths ?? new Set()).add(rest.join('/'));
    clearTimeout(known?.timer);
    const delay = Math.max(0, Math.min(QUIET_MS, since + AT_LATEST_MS - Date.now()));
    const timer = setTimeout(() => {
      pending.delete(name);
      void watchReplaced();
      onChange(name, paths);
    }, delay);
    pending.set(name, { timer, since, paths });
  }

  /**
   * A deleted folder reports its own end. If it was created again within a millisecond, as `git checkout` does, nothing
   * else tells that its path is another folder now.
   */
  async function watchReplaced(): Promise<void> {
    const paths = [...replaced];
    replaced.clear();
    for (const path of paths) {
      await unwatch(path);
      const isFolder = await lstat(path).then(
        (stats) => stats.isDirectory(),
        () => false,
      );
      if (isFolder) await watchNew(path);
    }
  }

  return {
    isLooking: () => polling !== undefined,
    close: async () => {
      isClosed = true;
      clearInterval(polling);
      for (const { timer } of pending.values()) clearTimeout(timer);
      await Promise.all([...folders.values()].map((end) => end()));
    },
  };
}
