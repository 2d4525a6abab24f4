import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { onInterruption } from './interruption.ts';

/** Programs that were started together and end together. */
export interface Programs {
  start(program: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Ends each of them, the last one first, with everything that it has started. */
  end(): Promise<void>;
}

/** How long a program may take to end; one that is killed needs a moment to give back its ports. In milliseconds. */
const PATIENCE = 5000;

/** Starts programs of this system, each in a process group of its own. They also end with the test run. */
export function programs(): Programs {
  const children: ChildProcess[] = [];
  return {
    start(program, args, options = {}) {
      const child = spawn(program, args, { stdio: 'ignore', ...options, detached: true });
      // A program that cannot be started is noticed by whoever waits for it to be ready.
      child.on('error', () => undefined);
      children.push(child);
      running.add(child);
      return child;
    },
    async end() {
      for (const child of children.splice(0).reverse()) {
        const isEnded = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
        const ended = isEnded ? undefined : Promise.race([once(child, 'exit'), delay(PATIENCE)]);
        killGroup(child);
        await ended;
        running.delete(child);
      }
    },
  };
}

const running = new Set<ChildProcess>();

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}

onInterruption(() => {
  for (const child of running) killGroup(child);
});
