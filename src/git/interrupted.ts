import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
  if ((await checkedOut(context)) !== branch) return true;
  const index = await readIndex(context);
  const restored: string[] = [];
  for (const change of await diffTrees(context, from, to)) {
    const listed = index.get(change.path);
    const isOld = listed === indexEntry(change.oldMode, change.oldId);
    const isNew = listed === indexEntry(change.newMode, change.newId);
    if ((!isOld && !isNew) || (await foldersOf(context, change.path)) === 'blocked') continue;
    if (!(await isIncomplete(context, change, isNew))) continue;
    if (listed === undefined) await rm(join(context.directory, change.path), { force: true });
    else restored.push(`${change.path}\0`);
  }
  if (restored.length === 0) return true;
  const args = ['checkout-index', '-f', '-u', '-z', '--stdin'];
  return (await run(context, args, { input: restored.join('') })).code === 0;
}

/**
 * Whether a file is missing, holds only the beginning of its new content, or is still as it was before the index
 * changed.
 */
async function isIncomplete(context: GitContext, change: TreeChange, isNew: boolean): Promise<boolean> {
  const content = await readFile(join(context.directory, change.path)).catch(
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : undefined),
  );
  if (content === undefined) return false;
  if (content === null) return !(isNew && isAbsent(change.newMode));
  if (isNew && !isAbsent(change.oldMode) && content.equals(await blob(context, change.oldId))) return true;
  if (isAbsent(change.newMode)) return false;
  const wanted = await blob(context, change.newId);
  return content.length < wanted.length && wanted.subarray(0, content.length).equals(content);
}

const blob = (context: GitContext, id: string): Promise<Buffer> => output(context, ['cat-file', 'blob', id]);
