import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { onTestFinished } from 'vitest';

const mount = (...args: string[]) => spawnSync('mount', args).status === 0;

/** Whether a test may mount a file system of its own here; it takes root on Linux. */
export const canMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const probe = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return probe.status === 0;
})();

/** A small disk of its own, which can be made read-only. */
export interface Disk {
  path: string;
  setReadOnly(readOnly: boolean): void;
  setSize(bytes: number): void;
}

/** Mounts a disk of so many bytes at a new folder; it is gone with the end of the test. */
export async function mountDisk(path: string, bytes: number): Promise<Disk> {
  await mkdir(path, { recursive: true });
  if (!mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path))
    throw new Error(`Nothing is mounted at ${path}`);
  onTestFinished(() => void spawnSync('umount', ['--lazy', path]));
  const remount = (options: string) => {
    if (!mount('-o', `remount,${options}`, path)) throw new Error(`${path} can not be remounted`);
  };
  return {
    path,
    setReadOnly: (readOnly) => remount(`${readOnly ? 'ro' : 'rw'},size=${bytes}`),
    setSize: (size) => remount(`size=${size}`),
  };
}
