import { expect } from 'vitest';
import { type Api, expected, type RepositoryStatus, type Revision } from '../support/api.ts';
import { locksIn, statusOf } from '../support/clone-state.ts';
import { git } from '../support/git.ts';
import { journalLines } from '../support/journal.ts';
import { missingAt, missingOnBranch } from '../support/judge-files.ts';
import { eventually } from '../support/wait.ts';
import type { Asked } from './writers.ts';

/**
 * Judges that what was asked for is there, once, under the commits that were answered and with its files, and that
 * every clone is whole.
 *
 * @param cloneOf the folder of a clone by its name
 */
export async function judge(
  api: Api,
  asked: readonly Asked[],
  cloneOf: (name: string) => string,
): Promise<void> {
  await api.messages('?limit=1');
  const commits = new Map<string, Set<string>>();
  for (const name of await repositoriesOf(api)) {
    const clone = cloneOf(name);
    await judgeClone(clone);
    const lines = await git(clone, 'rev-list', 'main').catch(() => '');
    commits.set(name, new Set(lines.split('\n')));
  }
  for (const revision of asked) await judgeRevision(api, revision, commits, cloneOf);
}

/** All repositories by name; none of them may be broken. */
async function repositoriesOf(api: Api): Promise<string[]> {
  const all = expected<RepositoryStatus[]>(await api.get('/repositories'), 200);
  for (const { name, state, error } of all) expect(error, `${name} is ${state}`).toBeNull();
  return all.map(({ name }) => name);
}

async function judgeClone(clone: string): Promise<void> {
  // Without any commit git complains that there is nothing to look at.
  const isBorn = (await git(clone, 'for-each-ref', '--count=1')) !== '';
  // While packs are packed together, some of those that it has listed are gone.
  const check = async () => {
    await git(clone, 'fsck', '--strict', '--no-dangling');
    return true;
  };
  if (isBorn) await eventually(check);
  await eventually(async () => {
    expect(await locksIn(clone)).toEqual([]);
    expect(await statusOf(clone)).toEqual([]);
    return true;
  });
  if (!isBorn) return;
  const raws = (await journalLines(clone)).map(({ raw }) => raw);
  expect(new Set(raws).size).toBe(raws.length);
  expect(await missingOnBranch(clone)).toEqual([]);
}

async function judgeRevision(
  api: Api,
  { id, text, isDelete, attachments, commits: promised }: Asked,
  commits: ReadonlyMap<string, Set<string>>,
  cloneOf: (name: string) => string,
): Promise<void> {
  const answer = await api.get(`/messages/${id}/history`);
  if (promised === undefined && answer.status === 404) return;
  const history = expected<Revision[]>(answer, 200);
  const found = history.filter((entry) => (isDelete ? entry.deletedAt !== undefined : entry.text === text));
  if (isDelete) return promised && expect(found.length, id).toBeGreaterThan(0);
  expect(found.length, `${id} ${text}`).toBeLessThanOrEqual(1);
  if (promised === undefined) return;
  expect(found.length, `${id} ${text}`).toBe(1);
  if (attachments !== undefined) expect(found[0]?.attachments ?? [], id).toMatchObject(attachments);
  for (const [repository, commit] of promised) {
    const here = found[0]?.commits.filter((one) => one.repository === repository);
    expect(here, `${id} in ${repository}`).toMatchObject([{ repository, commit }]);
    expect(commits.get(repository)?.has(commit), `${commit} in ${repository}`).toBe(true);
    const named = (attachments ?? []).map(({ sha256 }) => sha256);
    expect(await missingAt(cloneOf(repository), commit, named), id).toEqual([]);
  }
}
