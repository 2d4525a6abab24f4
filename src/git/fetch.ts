import type { Trouble } from '../domain/repository.ts';
import { dropStaleTracking } from './refs.ts';
import { type Network, type Outcome, PATIENCE, runRemote, spokenOf } from './remote.ts';
import type { GitContext, RunResult } from './run.ts';
import { troubleOf } from './trouble.ts';

/** What a remote has: the branch that its HEAD names, and the tips of all branches. */
export interface RemoteRefs {
  readonly head: string | null;
  readonly branches: ReadonlyMap<string, string>;
}

// Only lines from git itself start with these. What the remote says starts with `remote:`.
export const RECEIVING = /(?:^|[\r\n])Receiving objects: /;
export const RECEIVED = /(?:^|[\r\n])Receiving objects: 100% \((\d+)\/\1\)[^\r\n]{0,200}done/;
/** How long git may check what it received without any output. In milliseconds. */
const CHECKING_MS = 30 * 60_000;

/** Lists the branches of a remote. */
export async function listRemote(
  context: GitContext,
  url: string,
  network: Network,
): Promise<Outcome<RemoteRefs>> {
  const result = await runRemote(context, url, network, [
    'ls-remote',
    '--symref',
    'origin',
    'HEAD',
    'refs/heads/*',
  ]);
  if (!result.ok) return result;
  let head: string | null = null;
  const branches = new Map<string, string>();
  for (const line of result.value.stdout.toString('utf8').split('\n')) {
    const symref = /^ref: refs\/heads\/(.+)\tHEAD$/.exec(line)?.[1];
    if (symref !== undefined) head = symref;
    const [, id, branch] = /^([0-9a-f]+)\trefs\/heads\/(.+)$/.exec(line) ?? [];
    if (id !== undefined && branch !== undefined) branches.set(branch, id);
  }
  return { ok: true, value: { head, branches } };
}

/**
 * Fetches one branch into its tracking ref; `absent` if the remote has no such branch. Some servers are silent while
 * they prepare what to send, and answer nobody else in the meantime, so check with {@link listRemote} first whether
 * the branch exists. If a remote has replaced `feat` with `feat/x`, git cannot keep the old tracking ref next to the
 * new one, so it is dropped, as `fetch --prune` would do.
 */
export async function fetchBranch(
  context: GitContext,
  url: string,
  network: Network,
  branch: string,
): Promise<Outcome<'fetched' | 'absent'>> {
  const refspec = `+refs/heads/${branch}:refs/remotes/origin/${branch}`;
  const args = [
    'fetch',
    '--progress',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    'origin',
    refspec,
  ];
  const { answer, work } = network.patience ?? PATIENCE;
  const asking = {
    accepts: (one: RunResult) => isAbsent(one) || isBlocked(one),
    longest: work,
    timeout: work,
    stages: [
      { after: RECEIVING, timeout: answer },
      { after: RECEIVED, timeout: CHECKING_MS },
    ],
  };
  let result = await runRemote(context, url, network, args, asking);
  if (result.ok && isBlocked(result.value) && (await dropStaleTracking(context, branch)))
    result = await runRemote(context, url, network, args, asking);
  if (!result.ok) return result;
  if (isBlocked(result.value))
    return { ok: false, trouble: troubleOf(result.value, spokenOf(context, url, branch)) };
  // In this case git exits with code 0 but fetches nothing.
  if (SHALLOW.test(result.value.stderr)) return { ok: false, trouble: shallowRemote };
  return { ok: true, value: result.value.code === 0 ? 'fetched' : 'absent' };
}

/** Whether git could not update the tracking ref. */
const isBlocked = ({ code, stderr }: RunResult): boolean =>
  code !== 0 &&
  /some local refs could not be updated|cannot lock ref|unable to update local ref/.test(stderr);

const isAbsent = (result: RunResult): boolean => /couldn't find remote ref/i.test(result.stderr);

const SHALLOW = /^warning: rejected .{0,500} because shallow roots are not allowed to be updated/m;

const shallowRemote: Trouble = {
  status: 'failed',
  detail:
    'The remote is a shallow clone: it lacks the beginning of its own history, so git cannot fetch from it.',
  action:
    'Complete it (git fetch --unshallow, in the remote), or use a repository that has all commits. Nothing is lost here, and messages are captured as before.',
};
