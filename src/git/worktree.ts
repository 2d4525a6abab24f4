import { lstat, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { localConfig } from './config.ts';
import { isDiskFull } from './disk-full.ts';
import { withIndexHeld } from './held-index.ts';
import { gitPath, hasUsualPaths, isWholeClone } from './paths.ts';
import { isCheckedOut } from './refs.ts';
import { type GitContext, GitError, output, type RunResult, run } from './run.ts';
import { NO_GITMODULES } from './settings.ts';
import { diffTrees, emptyTreeLike, isAbsent, type TreeChange } from './tree.ts';

/**
 * The result of bringing index and work tree to a commit. `done`; `elsewhere` if another branch is checked out or
 * git's work tree is another folder, so there is nothing to do; `locked` if another git process holds the index;
 * `partly` if a person's own changes block the listed files.
 */
export type Followed =
  | { readonly outcome: 'done' | 'elsewhere' | 'locked' }
  | { readonly outcome: 'partly'; readonly left: readonly string[] };

/**
 * Brings index and work tree of the checked-out branch from one commit to a later one, like a fast-forward pull, and
 * never touches what a person changed. `from` is `null` for a clone that has not followed anything yet. Throws a
 * {@link GitError} if git was cut off while it was writing; `repairInterrupted` repairs that.
 */
export async function followBranch(
  context: GitContext,
  branch: string,
  from: string | null,
  to: string,
): Promise<Followed> {
  if (!(await isCheckedOut(context, branch)) || !(await isOwnWorkTree(context)))
    return { outcome: 'elsewhere' };
  const changes = await diffTrees(context, from, to);
  // In a clone without an index, git would check out everything.
  if (changes.length === 0) return { outcome: 'done' };
  // git itself would bring back what a person deleted, and overwrite a file that is in the place of a folder.
  if (await isAsGitExpects(context, changes)) {
    const old = from ?? emptyTreeLike(to);
    const result = await run(context, ['read-tree', '-m', '-u', old, to]);
    if (result.code === 0) return { outcome: 'done' };
    if (isLocked(result.stderr)) return { outcome: 'locked' };
    if (isCutOff(result)) throw new GitError('read-tree', result);
  }
  return followPathByPath(context, branch, from, to);
}

/** Whether git writes files to the clone's folder. A person may have set `core.worktree` to another one for a while. */
export async function isOwnWorkTree(context: GitContext): Promise<boolean> {
  if (await hasUsualWorkTree(context)) return true;
  const { code, stdout } = await run(context, ['rev-parse', '--path-format=absolute', '--show-toplevel']);
  if (code !== 0) return false;
  const [top, own] = await Promise.all(
    [stdout.toString('utf8').replace(/\n$/, ''), context.directory].map((path) =>
      realpath(path).catch(() => null),
    ),
  );
  return top !== null && top === own;
}

/**
 * Whether nothing in a clone's own configuration, the only one that git respects for this, puts its work tree
 * elsewhere.
 */
async function hasUsualWorkTree(context: GitContext): Promise<boolean> {
  const config = await localConfig(context).catch(() => undefined);
  if (!config || !hasUsualPaths(context)) return false;
  const isChanged = ['core.worktree', 'core.bare', 'extensions.worktreeconfig'].some(
    (key) => (config.get(key) ?? 'false') !== 'false',
  );
  return !isChanged && isWholeClone(context);
}

/**
 * Restores a lost index to the commit that index and work tree were last brought to. What a person had staged is lost
 * with the old one; their files stay as they are. Resolves to false if another git process holds the index, or has
 * created one in the meantime.
 */
export async function restoreIndex(context: GitContext, commit: string): Promise<boolean> {
  const index = await gitPath(context, 'index');
  if (await isFile(index)) return true;
  const restored = await withIndexHeld(context, async (held) => {
    if (await isFile(index)) return true;
    await output(held, ['read-tree', '--reset', commit]);
    await run(held, ['update-index', '-q', '--refresh']);
    return true;
  });
  return restored === true;
}

const isFile = async (path: string): Promise<boolean> => (await stats(path)) !== undefined;

/** Whether every file that will change is there or was left out on purpose, and nothing is in the way of new files. */
async function isAsGitExpects(context: GitContext, changes: readonly TreeChange[]): Promise<boolean> {
  const missing: string[] = [];
  for (const change of changes) {
    if (await isInTheWay(context, change)) return false;
    if (!isAbsent(change.oldMode) && !(await isThere(context, change.path))) missing.push(change.path);
  }
  if (missing.length === 0) return true;
  // A sparse checkout leaves out files on purpose.
  const leftOut = new Set(await names(context, ['ls-files', '-t', '-z']));
  return missing.every((path) => leftOut.has(`S ${path}`));
}

const isLocked = (stderr: string): boolean => /index\.lock/.test(stderr);

/**
 * Whether git ended while it was writing files, because it was killed or the disk is full. Some of them are then cut
 * off or missing, although no person has touched them.
 */
const isCutOff = ({ code, stderr }: RunResult): boolean =>
  code === null || isDiskFull(stderr) || /Input\/output error/i.test(stderr);

/**
 * If git refuses the whole update, this still updates the index entries that are as we left them. Otherwise the
 * person's next plain `git commit` would remove our lines again.
 */
export async function followPathByPath(
  context: GitContext,
  branch: string,
  from: string | null,
  to: string,
  concerns: (change: TreeChange) => boolean = () => true,
): Promise<Followed> {
  if (!(await isCheckedOut(context, branch)) || !(await isOwnWorkTree(context)))
    return { outcome: 'elsewhere' };
  const changes = (await diffTrees(context, from, to)).filter(concerns);
  const left = await withIndexHeld(context, (held) => bringTo(held, changes));
  if (left === null) return { outcome: 'locked' };
  return left.length === 0 ? { outcome: 'done' } : { outcome: 'partly', left: left.map(({ path }) => path) };
}

/** Brings the files that are as we left them to their new content. Returns the others. */
async function bringTo(context: GitContext, changes: readonly TreeChange[]): Promise<TreeChange[]> {
  await run(context, ['update-index', '-q', '--refresh']);
  const index = await readIndex(context);
  const dirty = new Set(await names(context, ['diff-files', NO_GITMODULES, '-z', '--name-only']));
  const followable = changes.filter((change) => isAsWeLeftIt(index, change));
  const clean: TreeChange[] = [];
  for (const change of followable) {
    // A deleted file counts as changed, just like an edited one.
    if (!dirty.has(change.path) && !(await isInTheWay(context, change))) clean.push(change);
  }
  await output(context, ['update-index', '-z', '--index-info'], {
    input: followable.map(indexRecord).join(''),
  });
  await writeFiles(context, clean);
  const done = new Set(clean);
  return changes.filter((change) => !done.has(change) && !isAlreadyThere(index, change));
}

export type Index = ReadonlyMap<string, string>;

/** The index as path to `<mode> <id>`. An unmerged file has a special mark instead. */
export async function readIndex(context: GitContext): Promise<Index> {
  const index = new Map<string, string>();
  for (const record of await names(context, ['ls-files', '-s', '-z'])) {
    const tab = record.indexOf('\t');
    const [mode, id, stage] = record.slice(0, tab).split(' ');
    index.set(record.slice(tab + 1), stage === '0' ? `${mode} ${id}` : 'unmerged');
  }
  return index;
}

/** The index entry of a file with the given mode and id; `undefined` if the file does not exist. */
export const indexEntry = (mode: string, id: string): string | undefined =>
  isAbsent(mode) ? undefined : `${mode} ${id}`;

const isAsWeLeftIt = (index: Index, { path, oldMode, oldId }: TreeChange): boolean =>
  index.get(path) === indexEntry(oldMode, oldId);

const isAlreadyThere = (index: Index, { path, newMode, newId }: TreeChange): boolean =>
  index.get(path) === indexEntry(newMode, newId);

/** Whether something of a person's is in the place of a new file, or of one of its folders. */
async function isInTheWay(context: GitContext, change: TreeChange): Promise<boolean> {
  const folders = await foldersOf(context, change.path);
  if (folders !== 'there') return folders === 'blocked';
  return isAbsent(change.oldMode) && (await isThere(context, change.path));
}

/** Whether the folders of a file exist; `blocked` if something else, such as a link, has the name of one. */
export async function foldersOf(context: GitContext, path: string): Promise<'there' | 'absent' | 'blocked'> {
  const folders = path.split('/').slice(0, -1);
  for (let depth = 1; depth <= folders.length; depth += 1) {
    const found = await stats(join(context.directory, ...folders.slice(0, depth)));
    if (!found) return 'absent';
    if (!found.isDirectory()) return 'blocked';
  }
  return 'there';
}

const isThere = async (context: GitContext, path: string): Promise<boolean> =>
  (await stats(join(context.directory, path))) !== undefined;

const stats = (path: string) => lstat(path).catch(() => undefined);

const indexRecord = ({ path, newMode, newId }: TreeChange): string =>
  isAbsent(newMode) ? `0 ${newId}\t${path}\0` : `${newMode} ${newId}\t${path}\0`;

/** git writes the files itself, since it knows not to go through a link that leads out of the clone. */
async function writeFiles(context: GitContext, changes: readonly TreeChange[]): Promise<void> {
  const written = changes.filter((change) => !isAbsent(change.newMode)).map((change) => `${change.path}\0`);
  if (written.length > 0) {
    const args = ['checkout-index', '-f', '-u', '-z', '--stdin'];
    const result = await run(context, args, { input: written.join('') });
    if (isCutOff(result)) throw new GitError('checkout-index', result);
  }
  for (const change of changes) {
    if (isAbsent(change.newMode)) await rm(join(context.directory, change.path), { force: true });
  }
}

async function names(context: GitContext, args: readonly string[]): Promise<string[]> {
  return (await output(context, args)).toString('utf8').split('\0').slice(0, -1);
}
