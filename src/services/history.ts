import type { HistoryEntry } from '../contract/message.ts';
import type { Maker } from '../git/makers.ts';
import { GitClosed, GitError, GitHung } from '../git/run.ts';
import type { Entry } from '../mirror/entry.ts';
import type { Repository } from '../repository/repository.ts';
import { toHistory } from './delivery.ts';

/** All revisions of a message, with who made their commits, as far as git can say at the moment. */
export async function historyOf(
  entry: Entry,
  repositories: { readonly find: (name: string) => Repository | undefined },
): Promise<HistoryEntry[]> {
  const commits = new Map<string, string[]>();
  for (const { commits: held } of entry.held.values()) {
    for (const [name, commit] of held) {
      if (commit === null) continue;
      const known = commits.get(name);
      if (known) known.push(commit);
      else commits.set(name, [commit]);
    }
  }
  const makers = new Map<string, ReadonlyMap<string, Maker>>();
  for (const [name, ids] of commits) {
    const repository = repositories.find(name);
    if (repository) makers.set(name, await repository.makersOf(ids).catch(nothingIfGit));
  }
  return toHistory(entry, (name, commit) => makers.get(name)?.get(commit));
}

/** The revisions themselves are known without git, so they are shown even if git cannot say who committed them. */
function nothingIfGit(error: unknown): ReadonlyMap<string, Maker> {
  if (error instanceof GitError || error instanceof GitClosed || error instanceof GitHung) return new Map();
  throw error;
}
