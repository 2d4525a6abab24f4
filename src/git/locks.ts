import { lstat, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type GitContext, text } from './run.ts';

/** A file with which one git process locks out the others while it writes. */
export interface Lock {
  readonly path: string;
  /** When it was last written, in milliseconds since 1970, by the clock of the file system. */
  readonly changedAt: number;
  /** A later lock at the same path has a different value. */
  readonly identity: string;
}

/** Where a repository keeps its files. In a linked work tree, index and HEAD are separate from the rest. */
export interface GitFolders {
  readonly own: string;
  readonly common: string;
}

export async function gitFolders(context: GitContext): Promise<GitFolders> {
  const folders = await text(context, [
    'rev-parse',
    '--path-format=absolute',
    '--absolute-git-dir',
    '--git-common-dir',
  ]);
  const [own = '', common = own] = folders.split('\n');
  return { own, common };
}

const COMMIT_GRAPH_LOCK = 'objects/info/commit-graphs/commit-graph-chain.lock';

/** The locks that can get in our way: on index, HEAD, refs, configuration and commit-graph. */
export async function findLocks({ own, common }: GitFolders): Promise<Lock[]> {
  const refs = await readdir(join(common, 'refs'), { recursive: true }).catch(() => []);
  const paths = [
    ...['index.lock', 'HEAD.lock'].map((name) => join(own, name)),
    ...['config.lock', 'packed-refs.lock', 'shallow.lock', COMMIT_GRAPH_LOCK].map((name) =>
      join(common, name),
    ),
    ...refs.filter((name) => name.endsWith('.lock')).map((name) => join(common, 'refs', name)),
  ];
  return readLocks(paths);
}

/** The locks of git's housekeeping, which do not keep anything from being written. */
export const findHousekeepingLocks = ({ common }: GitFolders): Promise<Lock[]> =>
  readLocks(['gc.pid', 'objects/maintenance.lock'].map((name) => join(common, name)));

async function readLocks(paths: readonly string[]): Promise<Lock[]> {
  const found = await Promise.all(paths.map(readLock));
  return found.filter((lock) => lock !== undefined);
}

async function readLock(path: string): Promise<Lock | undefined> {
  const file = await lstat(path).catch(() => undefined);
  if (!file?.isFile()) return undefined;
  return { path, changedAt: file.mtimeMs, identity: `${file.ino} ${file.size} ${file.mtimeMs}` };
}

/** Removes a lock that nobody holds. False if there is a different lock by now. */
export async function removeLock({ path, identity }: Lock): Promise<boolean> {
  if ((await readLock(path))?.identity !== identity) return false;
  await rm(path, { force: true });
  return true;
}

/**
 * Whether a git process not started by this process is working in a folder; `undefined` if the system does not reveal
 * it. Only Linux does. A git process that cannot be inspected counts.
 */
export async function isOtherGitAtWork(folder: string): Promise<boolean | undefined> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return undefined;
  const place = await realpath(folder).catch(() => folder);
  const processes = new Map(
    (await Promise.all(pids.map(readProcess))).flatMap((one) => (one ? [[one.pid, one] as const] : [])),
  );
  for (const { pid, name } of processes.values()) {
    if (name.startsWith('git') && !isOurs(processes, pid) && (await concerns(pid, place))) return true;
  }
  return false;
}

interface Process {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
}

async function readProcess(pid: string): Promise<Process | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [, name = '', state, parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(stat) ?? [];
  // A zombie, which has ended but was not reaped yet, holds nothing.
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid: Number(pid), name, parent: Number(parent) };
}

/** Whether a process was started by this one, directly or indirectly. */
function isOurs(processes: ReadonlyMap<number, Process>, pid: number): boolean {
  for (let at: number | undefined = pid; at; at = processes.get(at)?.parent) {
    if (at === process.pid) return true;
  }
  return false;
}

/** Whether a git process runs in a folder, or has it in its arguments. */
async function concerns(pid: number, folder: string): Promise<boolean> {
  try {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    // Daemons, which serve other git processes, lock nothing themselves.
    if (/daemon/.test(words)) return false;
    const cwd = await readlink(`/proc/${pid}/cwd`);
    return cwd === folder || cwd.startsWith(folder + sep) || words.includes(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ESRCH';
  }
}
