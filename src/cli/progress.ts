import type { Io } from './io.ts';
import { printableLine } from './style.ts';

export interface Progress {
  /** @param total `null` if it is not known yet */
  readonly show: (what: string, done: number, total: number | null) => void;
  /** Removes it from the screen. */
  readonly end: () => void;
}

const SILENT: Progress = { show: () => undefined, end: () => undefined };
const BAR = 20;
const PAUSE_MS = 50;

/** A progress bar, on a terminal only. */
export function progressOn({ stderr }: Pick<Io, 'stderr'>): Progress {
  if (stderr.isTTY !== true) return SILENT;
  let last = 0;
  return {
    show: (what, done, total) => {
      const now = Date.now();
      if (now - last < PAUSE_MS) return;
      last = now;
      const part = total === null || total === 0 ? undefined : Math.min(1, done / total);
      const bar =
        part === undefined
          ? `${done}`
          : `${'█'.repeat(Math.round(part * BAR)).padEnd(BAR, '░')} ${Math.round(part * 100)} %`;
      const line = `${printableLine(what)}  ${bar}`;
      stderr.write(`\r\x1b[K${line.slice(0, (stderr.columns || 80) - 1)}`);
    },
    end: () => {
      if (last > 0) stderr.write('\r\x1b[K');
    },
  };
}
