import type { Trouble } from '../domain/repository.ts';
import { listRemote } from './fetch.ts';
import { isNested } from './ref-names.ts';
import { rejection } from './rejection.ts';
import { type Network, type Outcome, PATIENCE, runRemote, spokenOf } from './remote.ts';
import type { GitContext } from './run.ts';
import { troubleOf } from './trouble.ts';

/** Only lines from git itself start with this. What the remote says starts with `remote:`. */
export const SENT = /(?:^|[\r\n])Writing objects: 100% \((\d+)\/\1\)[^\r\n]{0,200}done/;
/**
 * The remote checks what it received before it answers. We assume that it checks at least this many commits per
 * second.
 */
const CHECKED_A_SECOND = 100;

/** git's own message if a push comes too late: the remote has commits that we lack. */
const OVERTAKEN = /^\[rejected\]/;
/** What a remote says if another push holds the branch or has just moved it, and also if a lock was left there. */
const HELD = /cannot lock ref|failed to update ref|incorrect old value/;

/**
 * The result of a push. `raced`: someone else was faster, so fetch and push have to be repeated. `held`: the remote
 * could not move the branch although nobody else moved it. That is worth another attempt; if it does not help,
 * `trouble` says why.
 */
export type Pushed =
  | { readonly kind: 'pushed' }
  | { readonly kind: 'raced' }
  | { readonly kind: 'held'; readonly trouble: Trouble };

/** What to push. */
export interface Push {
  readonly commit: string;
  /** The branch of the remote that it goes to. */
  readonly branch: string;
  /** Where that branch was when we last heard of it. */
  readonly known: string | null;
  /** How many commits are pushed, which the remote needs time for. */
  readonly commits: number;
}

/** Pushes a commit to a branch of the remote. Whether it succeeded is decided only by where the remote's branch is. */
export async function pushBranch(
  context: GitContext,
  url: string,
  network: Network,
  { commit, branch, known, commits }: Push,
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
  // git's message may be wrong in both directions: a lost answer reads as "up to date", or as a failure.
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
