import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { commitFile, git } from './git.ts';
import { eventually } from './wait.ts';

/** Everything in a clone that is a person's own, as raw git and the file system have it. */
export interface PersonsState {
  head: string;
  refs: string[];
  index: string[];
  stash: string;
  files: Record<string, string>;
  underWay: string[];
}

const UNDER_WAY = [
  'MERGE_HEAD',
  'MERGE_MSG',
  'CHERRY_PICK_HEAD',
  'rebase-merge',
  'rebase-apply',
  'BISECT_LOG',
];

/**
 * Reads what must be the same before and after a capture.
 *
 * @param journals whether the journals in index and work tree are to be left alone as well
 */
export async function personsState(clone: string, { journals = false } = {}): Promise<PersonsState> {
  const isOurs = (path: string) => !journals && path.startsWith('messages/');
  const symbolic = await git(clone, 'symbolic-ref', '-q', 'HEAD').catch(() => undefined);
  const head = symbolic ?? (await git(clone, 'rev-parse', 'HEAD'));
  const refs = await git(clone, 'for-each-ref', '--format=%(refname) %(objectname)');
  const index = (await git(clone, 'ls-files', '-s', '-z')).split('\0');
  const inside = await readdir(join(clone, '.git'));
  return {
    head,
    refs: refs.split('\n').filter((ref) => !/^refs\/(heads\/main |remotes\/|gitpost\/)/.test(ref)),
    index: index.filter((entry) => entry !== '' && !isOurs(entry.split('\t')[1] ?? '')),
    stash: await git(clone, 'stash', 'list'),
    files: await filesOf(clone, isOurs),
    underWay: UNDER_WAY.filter((name) => inside.includes(name)),
  };
}

/** Each file of the work tree with a digest of its bytes. */
async function filesOf(
  clone: string,
  isLeftOut: (path: string) => boolean = () => false,
): Promise<Record<string, string>> {
  const entries = await readdir(clone, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries) {
    const path = relative(clone, join(entry.parentPath, entry.name));
    if (entry.isDirectory() || path === '.git' || path.startsWith('.git/') || isLeftOut(path)) continue;
    const bytes = await readFile(join(clone, path));
    files[path] = createHash('sha256').update(bytes).digest('hex');
  }
  return files;
}

/** Leaves a lock in the folder `.git` as a git that was killed does: only once nobody else holds it. */
export function leaveLock(clone: string, name: string, words = ''): Promise<boolean> {
  const path = join(clone, '.git', name);
  return eventually(async () => {
    await writeFile(path, words, { flag: 'wx' });
    return true;
  });
}

/** The paths of all lock files that somebody left in the git folder of a clone. */
export async function locksIn(clone: string): Promise<string[]> {
  const paths = await readdir(join(clone, '.git'), { recursive: true });
  return paths.filter((path) => path.endsWith('.lock'));
}

// What a git that was cut off leaves beside locks. A running fast-import keeps its packs by such marks, too; one in the
// quarantine of a push that never ended keeps nothing, and goes with it when git cleans up.
const LEFT_OVER = /\.lock$|(^|\/)(gc\.pid|fast_import_crash_\d+)$|\.keep$|(^|\/)\.new-/;

/** All that a git or a gitpost that was cut off left below a folder; while one runs, some of it is in use. */
export async function leftOversIn(folder: string): Promise<string[]> {
  const paths = await readdir(folder, { recursive: true });
  return paths.filter((path) => LEFT_OVER.test(path) && !path.includes('/tmp_objdir-'));
}

/** What `git status` says, a line a path. */
export async function statusOf(clone: string): Promise<string[]> {
  const status = await git(clone, 'status', '--porcelain', '--untracked-files=all');
  return status.split('\n').filter((line) => line !== '');
}

/** Makes a branch `other` whose `notes.txt` is in conflict with that of main. */
export async function branchInConflict(clone: string): Promise<void> {
  await git(clone, 'checkout', '-q', '-b', 'other', 'HEAD~1');
  await commitFile(clone, 'notes.txt', 'another\n', 'Other notes');
  await git(clone, 'checkout', '-q', 'main');
}

/** Settles the conflict of `notes.txt`, without a commit. */
export async function settleConflict(clone: string): Promise<void> {
  await writeFile(join(clone, 'notes.txt'), 'settled\n');
  await git(clone, 'add', 'notes.txt');
}
