import { resolve } from './refs.ts';
import { type GitContext, GitError, output, run } from './run.ts';
import { NO_GITMODULES } from './settings.ts';

/**
 * What keeps git from checking out a branch: uncommitted changes to files that differ on it, a merge with conflicts
 * that is not finished, or another work tree (git-worktree(1)) in which the branch is checked out.
 */
export type Obstacle =
  | { readonly kind: 'changed' | 'unmerged'; readonly paths: readonly string[] }
  | { readonly kind: 'other-work-tree'; readonly folder: string };

/**
 * Checks out a branch, unless something of a person's is in the way: then everything stays as it is. Throws a
 * {@link GitError} if git fails for another reason, such as a full disk, and may then have written some of the files.
 *
 * @returns what is in the way, or `null` if the branch is checked out
 */
export async function checkOut(context: GitContext, branch: string): Promise<Obstacle | null> {
  if ((await resolve(context, `refs/heads/${branch}`)) === null) {
    await output(context, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
    return null;
  }
  const result = await run(context, ['checkout', '--quiet', branch, '--']);
  if (result.code === 0) return null;
  const obstacle = await obstacleIn(context, result.stderr);
  if (obstacle === null) throw new GitError('checkout', result);
  return obstacle;
}

/** Reads what git prints under `LC_ALL=C`: it indents the paths of changed files with a tab. */
async function obstacleIn(context: GitContext, stderr: string): Promise<Obstacle | null> {
  const changed = pathsIn(stderr, /^\t(.+)$/gm);
  if (changed.length > 0) return { kind: 'changed', paths: changed };
  if (stderr.includes('you need to resolve your current index first')) {
    const unmerged = await output(context, ['diff', '--name-only', '--diff-filter=U', '-z', NO_GITMODULES]);
    return { kind: 'unmerged', paths: unmerged.toString().split('\0').slice(0, -1) };
  }
  const [folder] = pathsIn(stderr, /^fatal: .* is already (?:checked out|used by worktree) at '(.+)'$/gm);
  return folder === undefined ? null : { kind: 'other-work-tree', folder };
}

const pathsIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, path = '']) => path);
