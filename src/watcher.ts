import { relative, sep } from 'node:path';
import { watch } from 'chokidar';

export interface Watcher {
  readonly close: () => Promise<void>;
}

const QUIET_MS = 150;
const AT_LATEST_MS = 600;

/** What tells in a clone that its branch, its remote or its journal may have changed. */
const TELLING = /^[^/]+(\/(\.git(\/(HEAD|packed-refs|refs(\/(heads|remotes)(\/.*)?)?))?|messages(\/.*)?))?$/;

/**
 * Tells which clones may have changed, gathered a moment for each. The folder above them is watched, since a
 * watched folder that is deleted and made again is never heard of again.
 */
export function watchClones(
  reposDirectory: string,
  onChange: (name: string) => void,
  onTrouble: (error: unknown) => void,
): Watcher {
  const pending = new Map<string, { timer: NodeJS.Timeout; readonly since: number }>();
  const watcher = watch(reposDirectory, {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path) => {
      const inside = relative(reposDirectory, path).split(sep).join('/');
      return inside !== '' && (inside.startsWith('.') || inside.endsWith('.lock') || !TELLING.test(inside));
    },
  });
  watcher.on('all', (_event, path) => {
    const name = relative(reposDirectory, path).split(sep)[0];
    if (name) gather(name);
  });
  watcher.on('error', onTrouble);

  function gather(name: string): void {
    const known = pending.get(name);
    const since = known?.since ?? Date.now();
    clearTimeout(known?.timer);
    const delay = Math.max(0, Math.min(QUIET_MS, since + AT_LATEST_MS - Date.now()));
    const timer = setTimeout(() => {
      pending.delete(name);
      onChange(name);
    }, delay);
    pending.set(name, { timer, since });
  }

  return {
    close: async () => {
      for (const { timer } of pending.values()) clearTimeout(timer);
      await watcher.close();
    },
  };
}
