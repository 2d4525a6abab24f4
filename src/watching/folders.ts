import { type Dirent, type FSWatcher, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths are those inside the tree, with `/` between their parts; the tree itself is the empty one. */
export interface FoldersPorts {
  /** Whether a change of a path is told, and whether it is watched where it is a folder. */
  readonly isTelling: (path: string) => boolean;
  /** Told of each path that was made, changed or taken away; a folder that is new ends with `/`, for all that came with it. */
  readonly onChange: (path: string) => void;
  /** Told of folders that can not be watched. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Watches the folders of a tree and tells what changes in them. A folder tells of the files in it, so that no file needs
 * a watch of its own, of which a system has few: an archive has a hundred times as many files as folders. Links are not followed.
 *
 * @returns what ends it
 */
export function watchFolders(root: string, { isTelling, onChange, onTrouble }: FoldersPorts): () => void {
  const watchers = new Map<string, FSWatcher>();
  let isClosed = false;

  /** Watches a folder and those in it, whatever was watched there before. */
  async function add(path: string, isNew: boolean): Promise<void> {
    forget(path);
    const watcher = isClosed ? undefined : watchOne(path);
    if (!watcher) return;
    watchers.set(path, watcher);
    const entries = await readdir(join(root, path), { withFileTypes: true }).catch((): Dirent[] => []);
    if (isNew) onChange(`${path}/`);
    for (const entry of entries) {
      const inside = within(path, entry.name);
      // Whoever has taken it away, or put another one in its place, has told of that.
      if (watchers.get(path) !== watcher) return;
      if (entry.isDirectory() && isTelling(inside)) await add(inside, isNew);
    }
  }

  function watchOne(path: string): FSWatcher | undefined {
    try {
      const watcher = watch(join(root, path), (event, name) => heard(path, event, name));
      return watcher.on('error', (error) => {
        if (watchers.get(path) === watcher) forget(path);
        tell(error);
      });
    } catch (error) {
      tell(error);
      return undefined;
    }
  }

  function heard(path: string, event: string, name: string | null): void {
    const changed = name === null ? path : within(path, name);
    if (isClosed || !isTelling(changed)) return;
    onChange(changed);
    if (event === 'rename') void follow(changed);
  }

  /** Follows a folder that came, went or was replaced. */
  async function follow(path: string): Promise<void> {
    const isFolder = await lstat(join(root, path)).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (isFolder) await add(path, true);
    else forget(path);
  }

  function forget(path: string): void {
    // One that is not watched has none below it that is.
    if (!watchers.has(path)) return;
    for (const [watched, watcher] of watchers) {
      if (watched !== path && path !== '' && !watched.startsWith(`${path}/`)) continue;
      watcher.close();
      watchers.delete(watched);
    }
  }

  /** A folder that is gone has been told of by the one that it was in. */
  function tell(error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') onTrouble(error);
  }

  void add('', false);
  return () => {
    isClosed = true;
    forget('');
  };
}

const within = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);
