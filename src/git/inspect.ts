import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gitPath } from './clone.ts';
import { type GitContext, run } from './run.ts';

/** What `git fsck` complains of, a line each; empty where every object is there and whole. */
export async function brokenObjects(context: GitContext, signal?: AbortSignal): Promise<string[]> {
  // Reflogs may name what was pruned, as after a purge, and unreachable objects are nobody's loss.
  const args = ['fsck', '--no-dangling', '--no-reflogs', '--no-progress'];
  const { code, stdout, stderr } = await run(context, args, signal ? { signal } : {});
  if (code === 0) return [];
  const lines = `${stdout.toString('utf8')}\n${stderr}`.split('\n').map((line) => line.trim());
  const complaints = lines.filter((line) => line !== '' && !/^(notice|warning|Checking)\b/.test(line));
  return complaints.length > 0 ? [...new Set(complaints)] : [`git fsck ended with ${code ?? 'a signal'}`];
}

/** A file by which a git keeps others out. */
export interface LockFile {
  /** Below the git folder. */
  readonly file: string;
  /** When it was made, in milliseconds since 1970, and which file it is, since another one may take its name. */
  readonly since: number;
  readonly inode: number;
}

const LOCKS = [
  'index.lock',
  'HEAD.lock',
  'config.lock',
  'packed-refs.lock',
  'shallow.lock',
  'gc.pid',
  'objects/maintenance.lock',
];

/** The lock files in a clone, whoever holds them. */
export async function findLocks(context: GitContext): Promise<LockFile[]> {
  const directory = await gitPath(context, '.');
  const refs = await readdir(join(directory, 'refs'), { recursive: true }).catch(() => []);
  const names = [
    ...LOCKS,
    ...refs.filter((name) => name.endsWith('.lock')).map((name) => `refs/${name.replaceAll('\\', '/')}`),
  ];
  const locks: LockFile[] = [];
  for (const file of names) {
    const found = await stat(join(directory, file)).catch(() => undefined);
    if (found?.isFile()) locks.push({ file, since: found.mtimeMs, inode: found.ino });
  }
  return locks;
}
