import type { CloneProblem } from '../contract/repository.ts';
import { uncommittedChanges } from '../git/porcelain.ts';
import type { GitContext } from '../git/run.ts';
import { isJournal, JOURNAL_FOLDER } from '../journal/path.ts';
import type { Follower } from './follow/follow.ts';

/** The changes in the work tree that a person has not committed. Empty if git cannot say. */
export async function findUncommitted(git: GitContext, follower: Follower): Promise<readonly CloneProblem[]> {
  const find = () => uncommittedChanges(git).catch(() => new Map<string, string>());
  // Our own changes have to reach the work tree first.
  await follower.now();
  let changes = await find();
  if ([...changes.keys()].some((path) => path.startsWith(`${JOURNAL_FOLDER}/`))) {
    // A journal that merely missed a change is not a person's change.
    await follower.again();
    changes = await find();
  }
  return [...changes].map(([file, state]) => ({ file, line: null, reason: reasonFor(file, state) }));
}

function reasonFor(file: string, state: string): string {
  if (isJournal(file) && file.includes(NO_CHARACTER)) {
    return 'has a name that is not UTF-8, so what is appended to it is not captured. Rename it, or commit it yourself: then its messages are read.';
  }
  return state === '??' ? 'is new here and not committed' : 'has changes of yours that are not committed';
}

/** The character that stands for bytes that are not UTF-8. */
const NO_CHARACTER = '\ufffd';
