import { readConfig } from '../git/config.ts';
import { listRemote } from '../git/fetch.ts';
import { isAncestor, resolve } from '../git/refs.ts';
import type { Credentials } from '../git/remote.ts';
import type { GitContext } from '../git/run.ts';
import type { Findings } from './findings.ts';

/** A branch of a clone, to be compared with its remote. */
export interface Asked {
  readonly git: GitContext;
  readonly branch: string;
  /** Whether the remote is a bare repository of the app's own. */
  readonly own: boolean;
}

/**
 * Asks the remote where its branch is, and compares that with what we last heard. Fetches nothing. Returns the commit
 * that the remote reports; `null` if it has no such branch or does not answer.
 */
export async function askRemote(
  { git, branch, own }: Asked,
  credentials: Credentials | undefined,
  findings: Findings,
  signal: AbortSignal,
): Promise<string | null> {
  const ref = `refs/remotes/origin/${branch}`;
  const url = await readConfig(git, 'remote.origin.url');
  if (url === null) return null;
  const before = await resolve(git, ref);
  const listed = await listRemote(git, url, { credentials, onProgress: () => undefined, signal });
  if (!listed.ok) {
    const { status, detail, action } = listed.trouble;
    if (status === 'offline' && own) findings.add(OWN_GONE);
    else if (status === 'offline')
      findings.add({ kind: 'remote-offline', severity: 'notice', detail, action });
    else findings.add({ kind: 'remote-refuses', severity: 'wrong', detail, action });
    return null;
  }
  const told = listed.value.branches.get(branch) ?? null;
  // A sync may be running, so what it has fetched in the meantime counts as well.
  const known = await resolve(git, ref);
  if (told === before || told === known) return told;
  if (told === null) findings.add(emptied(branch));
  else if (known !== null && (await isHeldBack(git, told, known))) findings.add(setBack(told));
  else findings.add(ahead(told));
  return told;
}

const isHeldBack = async (git: GitContext, told: string, known: string): Promise<boolean> =>
  (await resolve(git, told)) !== null && !(await isAncestor(git, known, told));

const OWN_GONE = {
  kind: 'remote-offline',
  severity: 'notice',
  detail: "gitpost's own bare repository is missing.",
  action: 'Nothing to do: the next push creates and fills it again.',
} as const;

const emptied = (branch: string) =>
  ({
    kind: 'remote-behind',
    severity: 'notice',
    detail: `The remote no longer has the branch ${branch}.`,
    action: 'Push to create it again.',
  }) as const;

const setBack = (commit: string) =>
  ({
    kind: 'remote-behind',
    severity: 'wrong',
    detail: "The remote's branch was reset: commits that it had are missing.",
    action:
      'Find out who did that. The next push or pull shows whether messages were lost, and asks which side to keep.',
    commit,
  }) as const;

const ahead = (commit: string) =>
  ({
    kind: 'remote-ahead',
    severity: 'notice',
    detail: 'The remote has commits that were not fetched yet, so they were not checked.',
    action: 'Pull, then verify again.',
    commit,
  }) as const;
