import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobReader, BlobTooLarge } from './blobs.ts';
import { checkedOut } from './refs.ts';
import { type GitContext, output, run } from './run.ts';
import { diffTrees, isAbsent, type TreeChange } from './tree.ts';
import { foldersOf, indexEntry, readIndex } from './worktree.ts';

/**
 * Repairs what our git left behind when it was interrupted between two commits. Files that it had removed and
 * not yet written again, or had written only in part, get the content that the index has for them. Any other content
 * belongs to a person. Returns false if another git holds the index, so this has to be done later.
 */
export async function repairInterrupted(
  context: GitContext,
  branch: string,
  from: string | null,
  to: string,
): Promise<boolean> {
  return restoreFromIndex(context, branch, from, to, isIncomplete);
}

/**
 * Undoes a checkout of another commit that was interrupted before HEAD and the index changed: files that git had
 * already removed or written get the content that the index has for them. Returns false if another git holds the
 * index, so this has to be done later.
 *
 * @param branch the branch that is still checked out, at `from`
 */
export async function undoInterruptedCheckout(
  context: GitContext,
  branch: string,
  from: string,
  to: string,
): Promise<boolean> {
  return restoreFromIndex(
    context,
    branch,
    from,
    to,
    async (files, change, isNew) =>
      !isNew && ((await isIncomplete(files, change, isNew)) || (await isWritten(files, change))),
  );
}

/** The content of files in the work tree, `null` if there is none and `undefined` if it cannot be read, and of blobs. */
interface Files {
  readonly inWorkTree: (path: string) => Promise<Buffer | null | undefined>;
  readonly blob: (id: string) => Promise<Buffer>;
}

/** Gives the files that differ between two commits the content of the index, where it has either of the two. */
async function restoreFromIndex(
  context: GitContext,
  branch: string,
  from: string | null,
  to: string,
  isOurs: (files: Files, change: TreeChange, isNew: boolean) => Promise<boolean>,
): Promise<boolean> {
  if ((await checkedOut(context)) !== branch) return true;
  const index = await readIndex(context);
  const restored: string[] = [];
  await withFiles(context, async (files) => {
    for (const change of await diffTrees(context, from, to)) {
      const listed = index.get(change.path);
      const isOld = listed === indexEntry(change.oldMode, change.oldId);
      const isNew = listed === indexEntry(change.newMode, change.newId);
      if ((!isOld && !isNew) || (await foldersOf(context, change.path)) === 'blocked') continue;
      if (!(await isOurs(files, change, isNew))) continue;
      if (listed === undefined) await rm(join(context.directory, change.path), { force: true });
      else restored.push(`${change.path}\0`);
    }
  });
  if (restored.length === 0) return true;
  const args = ['checkout-index', '-f', '-u', '-z', '--stdin'];
  return (await run(context, args, { input: restored.join('') })).code === 0;
}

/** One git process reads all blobs, since a full disk may have cut off hundreds of files. */
async function withFiles(context: GitContext, work: (files: Files) => Promise<void>): Promise<void> {
  const blobs = new BlobReader(context);
  const blob = async (id: string) =>
    (await blobs.read(id).catch(onlyTooLarge)) ?? output(context, ['cat-file', 'blob', id]);
  const inWorkTree = (path: string) => readFile(join(context.directory, path)).catch(ifMissing);
  await work({ inWorkTree, blob }).finally(() => blobs.close());
}

function onlyTooLarge(error: unknown): null {
  if (error instanceof BlobTooLarge) return null;
  throw error;
}

const ifMissing = (error: NodeJS.ErrnoException): null | undefined =>
  error.code === 'ENOENT' ? null : undefined;

/**
 * Whether a file is missing, holds only the beginning of its new content, or is still as it was before the index
 * changed.
 */
async function isIncomplete(files: Files, change: TreeChange, isNew: boolean): Promise<boolean> {
  const content = await files.inWorkTree(change.path);
  if (content === undefined) return false;
  if (content === null) return !(isNew && isAbsent(change.newMode));
  if (isNew && !isAbsent(change.oldMode) && content.equals(await files.blob(change.oldId))) return true;
  if (isAbsent(change.newMode)) return false;
  const wanted = await files.blob(change.newId);
  return content.length < wanted.length && wanted.subarray(0, content.length).equals(content);
}

/** Whether a file has its new content. */
async function isWritten(files: Files, { path, newMode, newId }: TreeChange): Promise<boolean> {
  const content = await files.inWorkTree(path);
  return content instanceof Buffer && !isAbsent(newMode) && content.equals(await files.blob(newId));
}
