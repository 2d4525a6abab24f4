import type { RepositoryStatus } from '../contract/repository.ts';
import { DEFAULT_BRANCH } from '../domain/repository.ts';
import { inspectFolder } from '../git/clone.ts';
import { readConfig } from '../git/config.ts';
import type { Lock } from '../git/locks.ts';
import { listCommits, resolve } from '../git/refs.ts';
import type { Credentials } from '../git/remote.ts';
import { type GitContext, GitError } from '../git/run.ts';
import { checkAttachments } from './attachments.ts';
import { type BranchContents, checkRepeated, readBranch } from './branch.ts';
import { allLocks, checkObjects, checkStates } from './clone.ts';
import { Findings } from './findings.ts';
import { type History, readHistory } from './history.ts';
import { askRemote } from './remote.ts';

/** A repository to verify. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  /** Whether the remote is a bare repository of the app's own. */
  readonly own: boolean;
  readonly git: GitContext;
  /** What a running gitpost reports about it. */
  readonly status?: Pick<RepositoryStatus, 'state' | 'error'>;
}

/** The results for one repository so far. */
export interface Examined {
  readonly subject: Subject;
  readonly findings: Findings;
  readonly branch: string;
  readonly head: string | null;
  readonly tracked: string | null;
  readonly locks: readonly Lock[];
  /** `undefined` if the clone could not be read. */
  readonly read: { readonly contents: BranchContents; readonly history: History } | undefined;
  readonly remoteHead: string | null;
}

/** Checks one clone and its remote. The branch is read first, and everything is compared with this one commit. */
export async function examine(
  subject: Subject,
  isRunning: boolean,
  credentials: Credentials | undefined,
  signal: AbortSignal,
): Promise<Examined> {
  const { git, status } = subject;
  const findings = new Findings();
  const nothing = {
    branch: DEFAULT_BRANCH,
    head: null,
    tracked: null,
    locks: [],
    read: undefined,
    remoteHead: null,
  };
  const folder = await inspectFolder(git.directory);
  if (folder !== 'clone' || status?.state === 'cloning') {
    findings.add(folder === 'clone' ? CLONING : folder === 'absent' ? NOT_THERE : BLOCKED);
    return { subject, findings, ...nothing };
  }
  try {
    const branch = (await readConfig(git, 'gitpost.branch')) ?? DEFAULT_BRANCH;
    const head = await resolve(git, `refs/heads/${branch}`);
    const tracked = await resolve(git, `refs/remotes/origin/${branch}`);
    const locks = await allLocks(git);
    const objects = new Findings();
    const [isWhole, read, remoteHead] = await Promise.all([
      checkObjects(git, isRunning, objects, signal),
      readClone(git, head, tracked, findings, signal).catch(gitFailure),
      askRemote({ ...subject, branch }, credentials, findings, signal),
    ]);
    signal.throwIfAborted();
    const known = { subject, branch, head, tracked, locks, remoteHead };
    // If objects are broken, anything else that seems wrong is a consequence.
    if (!isWhole) return { ...known, findings: objects, read: undefined };
    for (const notice of objects.list()) findings.add(notice);
    if (read instanceof Error) throw read;
    await checkStates(git, head, findings);
    addFailure(subject, findings);
    return { ...known, findings, read };
  } catch (error) {
    signal.throwIfAborted();
    findings.add(unreadable(gitFailure(error)));
    return { subject, findings, ...nothing };
  }
}

async function readClone(
  git: GitContext,
  head: string | null,
  tracked: string | null,
  findings: Findings,
  signal: AbortSignal,
) {
  const contents = await readBranch(git, head, findings);
  await checkAttachments(git, head, contents.named, findings, signal);
  const listed = head !== null && tracked !== null ? await listCommits(git, [head, `^${tracked}`]) : [];
  const ahead = new Set(listed);
  const isUnpushed = (commit: string) => tracked === null || ahead.has(commit);
  const history = await readHistory(git, head, contents, isUnpushed, findings, signal);
  await checkRepeated(git, contents.repeated, findings, signal);
  return { contents, history };
}

/** Returns an error of git, and rethrows anything else. */
function gitFailure(error: unknown): Error {
  if (error instanceof GitError || /^git /.test((error as Error).message)) return error as Error;
  throw error;
}

/** Adds how the last sync of a running gitpost failed, if a person has to act and no other finding says so. */
function addFailure({ status }: Subject, findings: Findings): void {
  if (!status?.error || !['conflicted', 'rejected', 'failed'].includes(status.state)) return;
  findings.add({ kind: 'sync-failed', severity: 'wrong', ...status.error });
}

const NOT_THERE = {
  kind: 'clone-missing',
  severity: 'notice',
  detail: 'There is no clone yet.',
  action: 'gitpost creates it when it starts.',
} as const;

const CLONING = {
  kind: 'clone-missing',
  severity: 'notice',
  detail: 'The clone is still being made, or is contacting its remote for the first time.',
  action: 'Verify again in a moment.',
} as const;

const BLOCKED = {
  kind: 'clone-missing',
  severity: 'wrong',
  detail: 'The folder of the clone is not a git clone.',
  action: 'Move it away and start gitpost again.',
} as const;

const unreadable = ({ message }: Error) =>
  ({
    kind: 'clone-broken',
    severity: 'wrong',
    detail: `The clone cannot be read: ${message}`,
    action: 'Fix the problem that git reports. Nothing was changed.',
  }) as const;
