import { type Clone, resolveIn } from '../../clone/clone.ts';
import type { Trouble } from '../../domain/repository.ts';
import { isAncestor } from '../../git/refs.ts';
import { isSmallStep, isTooLarge, TREE_LIMITS } from '../../git/tree.ts';

const oversized: Trouble = {
  status: 'failed',
  detail:
    `The branch of the remote is larger than gitpost accepts: over ${TREE_LIMITS.files} files, ` +
    `over ${TREE_LIMITS.bytes / 1024 ** 3} GiB, or folders nested too deeply.`,
  action:
    'Nothing of it was fetched, nothing is lost here, and messages are captured as before. Remove what does not belong there from the remote, then push again.',
};

/**
 * Checks what is on the remote's branch before any of it is merged. What our branch already has is not checked again.
 */
export async function checkSize(clone: Clone, tracking: string): Promise<Trouble | undefined> {
  const { git, blobs, tip } = clone;
  const theirs = await resolveIn(clone, tracking);
  if (theirs === null) return undefined;
  if (tip !== null && (await isAncestor(git, theirs, tip))) return undefined;
  if (tip !== null && (await isSmallStep(git, tip, theirs, (id) => blobs.sizeOf(id)))) return undefined;
  return (await isTooLarge(git, theirs)) ? oversized : undefined;
}
