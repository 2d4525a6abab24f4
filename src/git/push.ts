import type { Trouble } from '../domain/repository.ts';
import { listRemote } from './fetch.ts';
import { isNested } from './ref-names.ts';
import { rejection } from './rejection.ts';
import { type Network, type Outcome, PATIENCE, runRemote, spokenOf } from './remote.ts';
import type { GitContext } from './run.ts';
import { troubleOf } from './trouble.ts';

/** Only git's own words begin a line with this; what the remote says begins with `remote:`. */
export const SENT = /(?:^|[\r\n])Writing objects: 100% \((\d+)\/\1\)[^\r\n]{0,200}done/;
/** What was sent is checked by the remote before it answers. No remote is thought to be slower than this. */
const CHECKED_A_SECOND = 100;

/** git's own word for a push that comes too late: the remote has commits that we lack. */
const OVERTAKEN = /^\[rejected\]/;
/** What a remote says when another push holds the branch, or has just moved it; also when a lock was left there. */
const HELD = /cannot lock ref|failed to update ref|incorrect old value/;

/**
 * What a push came to. `raced`: somebody else was quicker, so another round of fetch and push is due. `held`: the remote
 * could not move the branch, though nobody moved it. That is worth another round; if it does not help, `trouble` says why.
 */
export type Pushed =
  | { readonly kind: 'pushed' }
  | { readonly kind: 'raced' }
  | { readonly kind: 'held'; readonly trouble: Trouble };

/**
 * Pushes a commit to a branch of the remote, and believes only what the remote's branch says.
 *
 * @param known where the remote's branch was when we last heard of it
 * @param commits how many there are to push, which the remote needs time for
 */
export async function pushBranch(
  context: GitContext,
  url: string,
  network: Network,
  branch: string,
  commit: string,
  known: string | null,
  commits: number,
): Promise<Outcome<Pushed>> {
  const args = [
    'push',
    '--porcelain',
    '--progress',
    '--no-verify',
    'origin',
    `${commit}:refs/heads/${branch}`,
  ];
  const { answer, work } = network.patience ?? PATIENCE;
  const longest = work + (commits / CHECKED_A_SECOND) * 1000;
  const result = await runRemote(context, url, network, args, {
    accepts: () => true,
    longest,
    timeout: answer,
    stages: [{ after: SENT, timeout: longest }],
  });
  if (!result.ok) return result;
  const { code, stdout, stderr } = result.value;
  const line = stdout
    .toString('utf8')
    .split('\n')
    .map((text) => text.split('\t'))
    .find(([, refs]) => refs?.endsWith(`:refs/heads/${branch}`));
  const [flag, , summary = ''] = line ?? [];
  const pushed: Outcome<Pushed> = { ok: true, value: { kind: 'pushed' } };
  if (code === 0 && flag !== undefined && flag !== '!' && flag !== '=') return pushed;
  // The words may be wrong both ways: an answer that was lost reads as "up to date", or as a failure.
  const now = await listRemote(context, url, network);
  if (now.ok && now.value.branches.get(branch) === commit) return pushed;
  const inTheWay = now.ok && [...now.value.branches.keys()].find((other) => isNested(other, branch));
  if (inTheWay) return { ok: false, trouble: nestedTrouble(branch, inTheWay) };
  const hasMoved = now.ok && (now.value.branches.get(branch) ?? null) !== known;
  if (flag === '!' && (hasMoved || OVERTAKEN.test(summary))) return { ok: true, value: { kind: 'raced' } };
  const spoken = spokenOf(context, url, branch);
  if (flag === '!') {
    const trouble = rejection(summary, stderr, spoken);
    return HELD.test(summary) ? { ok: true, value: { kind: 'held', trouble } } : { ok: false, trouble };
  }
  return { ok: false, trouble: now.ok ? troubleOf(result.value, spoken) : now.trouble };
}

const nestedTrouble = (branch: string, other: string): Trouble => ({
  status: 'rejected',
  detail: `The remote has the branch ${other}, so it cannot also have the branch ${branch}: git would need the same name for a folder and a file.`,
  action:
    'Nothing is lost here, and messages are captured as before. Choose another branch for this repository, or rename or delete the one on the remote, then push again.',
});
