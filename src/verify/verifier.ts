import { setTimeout as delay } from 'node:timers/promises';
import type { RepositoryStatus } from '../contract/repository.ts';
import type { RepositoryVerification, Verification } from '../contract/verification.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import { inspectFolder, readConfig } from '../git/clone.ts';
import type { Lock } from '../git/locks.ts';
import { countApart, listCommits, resolve } from '../git/refs.ts';
import type { Credentials } from '../git/remote.ts';
import { type GitContext, GitError } from '../git/run.ts';
import { Snapshot } from '../mirror/files/snapshot.ts';
import { readStored } from '../mirror/stored.ts';
import { checkAttachments } from './attachments.ts';
import { type BranchContents, readBranch } from './branch.ts';
import { allLocks, checkLocks, checkObjects, checkStates, checkWorkTree } from './clone.ts';
import { Findings, isWrong } from './findings.ts';
import { type History, readHistory } from './history.ts';
import { type Compared, compareMirror, type MirrorView } from './mirror.ts';
import { askRemote } from './remote.ts';

/** A repository to verify. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  /** Whether the remote is a bare repository of the app's own. */
  readonly own: boolean;
  readonly git: GitContext;
  /** What a running gitpost says of it. */
  readonly status?: Pick<RepositoryStatus, 'state' | 'error'>;
}

export interface VerifierOptions {
  readonly subjects: () => Promise<readonly Subject[]>;
  readonly mirrorDirectory: string;
  /** The mirror of a running gitpost; without it, that of the files is looked at. */
  readonly mirror: MirrorView | undefined;
  /** Whether a gitpost works on the clones at the moment, so that some things are on their way. */
  readonly isRunning: () => Promise<boolean>;
  readonly credentials: Credentials | undefined;
}

/** How far the mirror may be behind the branch while a gitpost works. */
const BEHIND_MS = 5000;
const FILE_ATTEMPTS = 3;

/** One repository on its way through a verification. */
interface Examined {
  readonly subject: Subject;
  readonly findings: Findings;
  readonly branch: string;
  readonly head: string | null;
  readonly tracked: string | null;
  readonly locks: readonly Lock[];
  /** `undefined` where the clone could not be read. */
  readonly read: { readonly contents: BranchContents; readonly history: History } | undefined;
  readonly remoteHead: string | null;
}

/**
 * Holds mirror, clones and remotes against each other, without a lock and without changing a byte. Who asks while one
 * verification runs gets its result.
 */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #abort = new AbortController();
  #running: Promise<Result<Verification>> | undefined;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  run(): Promise<Result<Verification>> {
    this.#running ??= this.#verify()
      .then(ok, (error: unknown) => {
        if (this.#abort.signal.aborted) return ENDED;
        throw error;
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** Ends what runs; whoever waits for it is refused. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running?.catch(() => undefined);
  }

  async #verify(): Promise<Verification> {
    const began = Date.now();
    const isRunning = await this.#options.isRunning();
    const examined: Examined[] = [];
    for (const subject of await this.#options.subjects()) {
      this.#abort.signal.throwIfAborted();
      examined.push(await this.#examine(subject, isRunning));
    }
    const mirror = new Findings();
    const messages = await this.#checkMirror(examined, mirror);
    for (const one of examined) await this.#lookAgain(one, isRunning);
    const repositories = await Promise.all(examined.map(toResult));
    const all = [...repositories.flatMap(({ findings }) => findings), ...mirror.list()];
    return {
      status: isWrong(all) ? 'wrong' : 'ok',
      milliseconds: Date.now() - began,
      repositories,
      mirror: { messages, findings: mirror.list(), omitted: mirror.omitted },
    };
  }

  /** Everything that one clone and its remote tell. The branch is taken first: all is held against this one commit. */
  async #examine(subject: Subject, isRunning: boolean): Promise<Examined> {
    const { git, status } = subject;
    const findings = new Findings();
    const nothing = {
      branch: 'main',
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
      const branch = (await readConfig(git, 'gitpost.branch')) ?? 'main';
      const head = await resolve(git, `refs/heads/${branch}`);
      const tracked = await resolve(git, `refs/remotes/origin/${branch}`);
      const locks = await allLocks(git);
      const { signal } = this.#abort;
      const objects = new Findings();
      const [isWhole, read, remoteHead] = await Promise.all([
        checkObjects(git, isRunning, objects, signal),
        readClone(git, head, tracked, findings, signal).catch(gitFailure),
        askRemote({ ...subject, branch }, this.#options.credentials, findings, signal),
      ]);
      signal.throwIfAborted();
      const told = { subject, branch, head, tracked, locks, remoteHead };
      // Whatever else seems to be wrong where objects are broken comes from that.
      if (!isWhole) return { ...told, findings: objects, read: undefined };
      for (const notice of objects.list()) findings.add(notice);
      if (read instanceof Error) throw read;
      await checkStates(git, head, findings);
      addFailure(subject, findings);
      return { ...told, findings, read };
    } catch (error) {
      this.#abort.signal.throwIfAborted();
      findings.add(unreadable(gitFailure(error)));
      return { subject, findings, ...nothing };
    }
  }

  /** Holds the mirror against the branches, and returns how many messages it holds. */
  async #checkMirror(examined: readonly Examined[], findings: Findings): Promise<number> {
    const snapshot = new Snapshot(this.#options.mirrorDirectory);
    const broken = await snapshot.check();
    if (broken !== 'absent') for (const file of broken) findings.add(damaged(file));
    const isFound = broken !== 'absent' && broken.length === 0;
    if (broken === 'absent' && !this.#options.mirror) findings.add(ABSENT);
    const compared = examined.flatMap(({ subject, read, ...one }): Compared[] =>
      read ? [{ ...subject, ...one, contents: read.contents }] : [],
    );
    for (let attempt = 1; attempt <= FILE_ATTEMPTS; attempt += 1) {
      const view =
        this.#options.mirror ?? (isFound ? await readStored(this.#options.mirrorDirectory) : undefined);
      const messages = view && (await compareMirror(view, compared));
      if (messages !== undefined) {
        for (const { contents, findings: own } of compared) {
          for (const [hash, child] of contents.orphans) own.add(orphan(hash, child));
        }
        return messages;
      }
      if (!isFound) return 0;
    }
    findings.add(RESTLESS);
    return 0;
  }

  /** What may have been on its way when it was first looked at. */
  async #lookAgain({ subject, findings, branch, locks, read }: Examined, isRunning: boolean): Promise<void> {
    if (!read) return;
    await checkWorkTree(subject.git, branch, isRunning, findings, this.#abort.signal);
    await this.#checkBehind(subject, branch, isRunning, findings);
    await checkLocks(subject.git, locks, findings);
  }

  /** A mirror may be behind for a moment, but it must get on. */
  async #checkBehind({ git, name }: Subject, branch: string, isRunning: boolean, findings: Findings) {
    const coveredNow = async () =>
      (this.#options.mirror ?? (await readStored(this.#options.mirrorDirectory)))?.covered(name);
    const first = await coveredNow();
    const deadline = Date.now() + (isRunning ? BEHIND_MS : 0);
    for (let covered = first; covered; covered = await coveredNow()) {
      const isOn =
        covered.head !== first?.head || covered.head === (await resolve(git, `refs/heads/${branch}`));
      if (isOn) return;
      if (Date.now() >= deadline) return findings.add(behind(covered.head, isRunning));
      await delay(200, undefined, { signal: this.#abort.signal });
    }
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
  return { contents, history: await readHistory(git, head, contents, isUnpushed, findings, signal) };
}

async function toResult(examined: Examined): Promise<RepositoryVerification> {
  const { subject, branch, head, tracked, read, remoteHead, findings } = examined;
  const apart = await countApart(subject.git, head, tracked).catch(() => ({ ahead: 0, behind: 0 }));
  return {
    name: subject.name,
    url: subject.url,
    branch,
    head,
    remoteHead,
    messages: read?.contents.ids.size ?? 0,
    lines: read?.contents.lines.size ?? 0,
    commits: read?.history.commits ?? 0,
    ...apart,
    unpushed: read?.history.unpushed.size ?? 0,
    findings: findings.list(),
    omitted: findings.omitted,
  };
}

/** What a git could not do, as a value; anything else is a surprise. */
function gitFailure(error: unknown): Error {
  if (error instanceof GitError || /^git /.test((error as Error).message)) return error as Error;
  throw error;
}

/** What the last sync of a running gitpost came to, where a person has to act and nothing else here says so. */
function addFailure({ status }: Subject, findings: Findings): void {
  if (!status?.error || !['conflicted', 'rejected', 'failed'].includes(status.state)) return;
  findings.add({ kind: 'sync-failed', severity: 'wrong', ...status.error });
}

const ENDED = fail(
  'unavailable',
  'gitpost is stopping, so the check was not finished. Nothing was changed.',
  {
    retryAfter: 5,
  },
);

const NOT_THERE = {
  kind: 'clone-missing',
  severity: 'notice',
  detail: 'There is no clone yet.',
  action: 'gitpost creates it when it starts.',
} as const;

const CLONING = {
  kind: 'clone-missing',
  severity: 'notice',
  detail: 'The clone is still being made, or meets its remote for the first time.',
  action: 'Ask again in a moment.',
} as const;

const BLOCKED = {
  kind: 'clone-missing',
  severity: 'wrong',
  detail: 'The folder of the clone is not a git clone.',
  action: 'Move it away and start gitpost again.',
} as const;

const ABSENT = {
  kind: 'mirror-absent',
  severity: 'notice',
  detail: 'There is no mirror, so it was not compared.',
  action: 'gitpost creates it from the commits when it starts.',
} as const;

const RESTLESS = {
  kind: 'mirror-behind',
  severity: 'notice',
  detail: 'The mirror was written again each time it was read, so it was not compared.',
  action: 'Use GET /verify of the running gitpost.',
} as const;

const damaged = (file: string) =>
  ({
    kind: 'mirror-damaged',
    severity: 'wrong',
    detail: 'The file of the mirror is missing, cut short or changed.',
    action: 'The commits are right. Stop gitpost, delete the mirror folder in DATA_DIR, and start again.',
    file,
  }) as const;

const behind = (commit: string | null, isRunning: boolean) =>
  ({
    kind: 'mirror-behind',
    severity: isRunning ? 'wrong' : 'notice',
    detail: 'The branch is not at the commit that the mirror agrees with.',
    action: isRunning
      ? 'gitpost should have noticed by now. Call GET /repositories; if that changes nothing, restart gitpost.'
      : 'Nothing to do: gitpost reads what is new when it starts.',
    ...(commit === null ? {} : { commit }),
  }) as const;

const unreadable = ({ message }: Error) =>
  ({
    kind: 'clone-broken',
    severity: 'wrong',
    detail: `The clone cannot be read: ${message}`,
    action: 'Fix what git says. Nothing was changed.',
  }) as const;

const orphan = (hash: string, { id, file, line }: { id: string; file: string; line: number }) =>
  ({
    kind: 'parent-missing',
    severity: 'notice',
    detail: `The line replaces another one (${hash}) that no repository has.`,
    action: 'The message is shown correctly, but an earlier revision is missing from its history.',
    ...{ id, file, line },
  }) as const;
