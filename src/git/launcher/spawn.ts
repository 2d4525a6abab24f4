import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Start } from './frames.ts';

/**
 * Starts a git in this process. It gets its own process group, so a limit also ends the helpers it starts, and Ctrl-C
 * does not hit a half-written commit.
 */
export function spawnGit({ args, directory, environment }: Start): ChildProcessWithoutNullStreams {
  const options = { cwd: directory, env: environment, detached: true, windowsHide: true };
  const child: ChildProcessWithoutNullStreams = spawn('git', args, options);
  if (child.stdin !== undefined) return child;
  // Without free file descriptors, Node creates no streams and only reports the reason later, when nobody listens.
  child.on('error', () => undefined);
  throw new Error('git cannot be started: too many files are open.');
}

/** Signals a git and the helpers it started. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has already ended on its own.
  }
}
