import { noteDescent } from '../git/refs.ts';
import { ATTACHMENT_FOLDER, JOURNAL_FOLDER } from '../journal/path.ts';
import type { Clone } from './clone.ts';

/** How many commits are looked at. */
const MOST_COMMITS = 64;

/**
 * Whether a tip only adds commits to an earlier one, and has the same journals and attachments: then there is nothing
 * to read. No git is started for this, so it takes no longer than a commit of a program that commits again and again.
 */
export async function isBesideOurs(clone: Clone, before: string, tip: string): Promise<boolean> {
  if (!(await isFewStepsOn(clone, before, tip))) return false;
  noteDescent(clone.git, before, tip);
  const idsIn = async (commit: string) => {
    const names = ['', JOURNAL_FOLDER, ATTACHMENT_FOLDER].map((folder) => `${commit}:${folder}`);
    const [root, ...folders] = await Promise.all(names.map((name) => clone.blobs.objectOf(name)));
    // Only of a commit that can be read, it is certain that a folder is not there.
    return root === null ? undefined : folders.join(' ');
  };
  const ids = await idsIn(before);
  return ids !== undefined && ids === (await idsIn(tip));
}

/** Follows first parents only, which is how a branch gets further commits. */
async function isFewStepsOn({ blobs }: Clone, before: string, tip: string): Promise<boolean> {
  let commit: string | undefined = tip;
  for (let steps = 0; commit !== undefined && steps < MOST_COMMITS; steps += 1) {
    commit = (await blobs.parentsOf(commit))?.[0];
    if (commit === before) return true;
  }
  return false;
}
