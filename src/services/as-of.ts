import type { AsOf } from '../contract/message.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import { GitClosed, GitError, GitHung } from '../git/run.ts';
import { type Past, pastAt } from '../mirror/past.ts';
import type { Repository } from '../repository/repository.ts';

/**
 * Resolves the requested past: a moment, or a commit on a configured branch. `invalid` if no branch has that commit,
 * or several commits begin with these digits; `unavailable` if git cannot read it at the moment.
 *
 * @param preferred the repository whose commits take precedence if another one has one with the same digits
 */
export async function findPast(
  all: readonly Repository[],
  asOf: AsOf,
  preferred: string | undefined,
): Promise<Result<Past>> {
  if (typeof asOf === 'number') return ok(pastAt(asOf));
  try {
    return await findCommit(all, asOf, preferred);
  } catch (error) {
    if (!(error instanceof GitError || error instanceof GitClosed || error instanceof GitHung)) throw error;
    return fail('unavailable', 'git cannot read that commit at the moment. Try again in a moment.', {
      retryAfter: 5,
    });
  }
}

async function findCommit(
  all: readonly Repository[],
  digits: string,
  preferred: string | undefined,
): Promise<Result<Past>> {
  const having = new Map<string, Repository[]>();
  for (const repository of all) {
    for (const commit of await repository.commitsNamed(digits))
      having.set(commit, [...(having.get(commit) ?? []), repository]);
  }
  const own = [...having].filter(([, owners]) => owners.some(({ name }) => name === preferred));
  const [found, ...others] = own.length > 0 ? own : [...having];
  if (others.length > 0)
    return refused(`${digits} is the beginning of several commits: give more of its digits`);
  const [commit, owners = []] = found ?? [];
  const [owner] = owners;
  if (commit === undefined || owner === undefined)
    return refused(`no branch here has a commit ${digits}: give one that git log shows, or a time`);
  return owner.pastAt(
    commit,
    owners.map(({ name }) => name),
  );
}

const refused = (why: string) =>
  fail('invalid', `The timeline cannot be shown as of then: ${why}.`, {
    errors: [{ field: 'asOf', detail: `asOf: ${why}` }],
  });
