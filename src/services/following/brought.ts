import { diffTrees } from '../../git/tree.ts';
import { deviceOfPath } from '../../journal/path.ts';
import type { Clone } from '../clones/clone.ts';

/**
 * Tells of a file whether we brought it onto the branch, by a capture or a sync, so that index and work tree may be
 * behind in it. What a person has committed is theirs: to take it out again a moment later is meant.
 */
export async function broughtByUs({
  git,
  settings,
  joined,
}: Pick<Clone, 'git' | 'settings' | 'joined'>): Promise<(path: string) => boolean> {
  const paths = new Set<string>();
  for (const { from, to } of joined) {
    for (const { path } of await diffTrees(git, from, to)) paths.add(path);
  }
  return (path) => paths.has(path) || deviceOfPath(path) === settings.device;
}
