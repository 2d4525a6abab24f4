import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';

/** Whether this system tells which process runs where; elsewhere only a process itself can be killed, not what it started. */
export const seesProcesses = existsSync('/proc/self/cwd');

/** The processes that run in a folder or below it, as far as they can be seen. */
export function processesIn(folder: string): number[] {
  if (!seesProcesses) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const cwd = attempt(() => readlinkSync(`/proc/${pid}/cwd`)) ?? '';
      return cwd === folder || cwd.startsWith(`${folder}${sep}`);
    });
}

/** The launchers that a process has at the moment: a running gitpost has one at most. */
export function launchersOf(parent: number, script = 'launcher.js'): number[] {
  const children = attempt(() => readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')) ?? '';
  return children
    .trim()
    .split(' ')
    .map(Number)
    .filter((pid) => commandOf(pid).includes(script));
}

/** What a process was started with, as one text. */
export function commandOf(pid: number): string {
  return (attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '').replaceAll('\0', ' ').trim();
}

/**
 * Kills processes as a power cut does: none of them sees another one go. `list` is asked again until nothing new
 * turns up, since what is not yet stopped may start more.
 */
export function killTogether(list: () => readonly number[]): number[] {
  const stopped = new Set<number>();
  for (;;) {
    const fresh = list().filter((pid) => !stopped.has(pid));
    if (fresh.length === 0) break;
    for (const pid of fresh) {
      stopped.add(pid);
      signal(pid, 'SIGSTOP');
    }
  }
  for (const pid of stopped) signal(pid, 'SIGKILL');
  return [...stopped];
}

export function signal(pid: number, name: NodeJS.Signals): void {
  attempt(() => process.kill(pid, name));
}

function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    // It has ended by itself.
    return undefined;
  }
}
