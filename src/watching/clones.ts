import { readdir } from 'node:fs/promises';
import { watchFolders } from './folders.ts';

export interface Watcher {
  readonly close: () => void;
  /** Whether the system has no watches left, so that the clones are looked at every few seconds instead. */
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

/** What the system says where a user may watch no more files or folders; then some changes are never told. */
const EXHAUSTED = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);
/** Anything may have changed where nobody tells: the branch, and what another program appends. */
const ANYTHING: ReadonlySet<string> = new Set(['.git', 'messages/']);

/** What tells in a clone that its branch, its remote or its journal may have changed. */
const TELLING = /^[^/]+(\/(\.git(\/(HEAD|packed-refs|refs(\/(heads|remotes)(\/.*)?)?))?|messages(\/.*)?))?$/;

/**
 * Tells which clones may have changed, gathered a moment for each. The folder above them is watched, since a
 * watched folder that is deleted and made again is never heard of again.
 */
export function watchClones(
  reposDirectory: string,
  onChange: (name: string, paths: ReadonlySet<string>) => void,
  onTrouble: (error: unknown) => void,
): Watcher {
  const pending = new Map<string, Pending>();
  let looking: NodeJS.Timeout | undefined;
  const end = watchFolders(reposDirectory, {
    isTelling: (path) => !path.startsWith('.') && !path.endsWith('.lock') && TELLING.test(path),
    onChange: (path) => {
      const [name, ...inside] = path.split('/');
      if (name) gather(name, inside.join('/'));
    },
    onTrouble: (error) => {
      const isExhausted = EXHAUSTED.has((error as NodeJS.ErrnoException).code ?? '');
      // One for each folder that can't be watched would say nothing more.
      if (!isExhausted || looking === undefined) onTrouble(error);
      if (isExhausted) looking ??= setInterval(() => void look(), LOOK_MS);
    },
  });

  async function look(): Promise<void> {
    for (const name of await readdir(reposDirectory).catch(() => [])) onChange(name, ANYTHING);
  }

  function gather(name: string, path: string): void {
    const known = pending.get(name);
    const since = known?.since ?? Date.now();
    const paths = (known?.paths ?? new Set()).add(path);
    clearTimeout(known?.timer);
    const delay = Math.max(0, Math.min(QUIET_MS, since + AT_LATEST_MS - Date.now()));
    const timer = setTimeout(() => {
      pending.delete(name);
      onChange(name, paths);
    }, delay);
    pending.set(name, { timer, since, paths });
  }

  return {
    isLooking: () => looking !== undefined,
    close: () => {
      end();
      clearInterval(looking);
      for (const { timer } of pending.values()) clearTimeout(timer);
    },
  };
}
