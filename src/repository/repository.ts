import { Tasks } from '../async/tasks.ts';
import { AstrayJournals } from '../clone/astray.ts';
import { AttributeProblems } from '../clone/attribute-problems.ts';
import { checkBranchName, switchBranch } from '../clone/branch.ts';
import { branchRef, Clone, trackingRef } from '../clone/clone.ts';
import { GrowthMeter, sizeProblems } from '../clone/growth.ts';
import { type FindFile, LineFiles } from '../clone/line-files.ts';
import { Maintenance } from '../clone/maintenance.ts';
import { openClone, renewOwnRemote } from '../clone/opening.ts';
import { endStaying, goneTrouble, type Presence, presenceOf, replacedTrouble } from '../clone/presence.ts';
import { isRewritten, noteKnown, rewrittenTrouble } from '../clone/rewritten.ts';
import { type LockPatience, StaleLocks } from '../clone/stale-locks.ts';
import type { CloneProblem, RepositoryState, RepositoryStatus, SyncResult } from '../contract/repository.ts';
import type { Target, Trouble } from '../domain/repository.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import { githubPageOf } from '../domain/target.ts';
import { incarnationOf, writeSettings } from '../git/clone.ts';
import { findAttachment } from '../git/files.ts';
import { Gits } from '../git/gits.ts';
import type { Identity } from '../git/importer.ts';
import { type Maker, makersOf } from '../git/makers.ts';
import { writeCommitGraph } from '../git/refs.ts';
import type { Network } from '../git/remote.ts';
import { type GitContext, GitError } from '../git/run.ts';
import type { Line } from '../journal/line.ts';
import { deviceOfPath, JOURNAL_FOLDER } from '../journal/path.ts';
import type { Database } from '../mirror/database.ts';
import type { Past } from '../mirror/past.ts';
import { AppendedCapturer } from './capture/appended-capturer.ts';
import { type Captured, Capturer } from './capture/capture.ts';
import { completeLines } from './capture/completion.ts';
import { closing } from './capture/refusals.ts';
import { Follower } from './follow/follow.ts';
import { lastBrought } from './follow/our-changes.ts';
import { PastReader } from './past-reader.ts';
import type { Filler } from './reconcile/bulk/filler.ts';
import type { EntryChange } from './reconcile/mirror-lines.ts';
import { Reconciler } from './reconcile/reconciler.ts';
import { failedSync, surpriseTrouble, toResult } from './sync/outcome.ts';
import { RemoteView } from './sync/remote-view.ts';
import { settleFor } from './sync/resolve.ts';
import { type Synced, type SyncPort, syncClone } from './sync/sync.ts';
import { SyncQueue } from './sync/sync-queue.ts';
import { findUncommitted } from './uncommitted.ts';

/** What a repository needs of the program around it. */
export interface RepositoryPorts {
  readonly git: Omit<GitContext, 'gits'>;
  /** Milliseconds that a git may do nothing while somebody waits for it. */
  readonly gitSilence: number;
  readonly githubUrl: string;
  readonly identity: Identity;
  readonly mirror: Database;
  readonly network: (onProgress: Network['onProgress']) => Network;
  /** Messages changed by another way than a capture. */
  readonly onChanges: (changes: readonly EntryChange[]) => void;
  /** Whether what changes is told to the world. */
  readonly isTold: () => boolean;
  readonly filler: Filler | undefined;
  readonly onStatus: (repository: Repository) => void;
  readonly onProgress: (repository: string, stage: string, percent: number) => void;
  /** Notes in the clone what the next start needs to know of it. */
  readonly note: (git: GitContext) => Promise<void>;
  /** Why an earlier attempt to open the clone failed; it stays the state until this one gets through. */
  readonly failedBefore: Trouble | undefined;
  /** Another clone stands in the folder: this repository is to be closed, and that one opened. */
  readonly onReplaced: (repository: Repository) => void;
  /** Hears what each sync came to, whoever asked for it. */
  readonly onOutcome: (result: SyncResult) => void;
  readonly onTrouble: (error: unknown) => void;
  readonly lockPatience: LockPatience;
  /** Finds the files that lines name: among the uploads, or there and in all clones. */
  readonly files: { readonly findUpload: FindFile; readonly findAnywhere: FindFile };
}

/** With more commits than this to come in, git is helped to see how they hang together before captures have to wait. */
const MANY_COMMITS = 1000;
const REWRITTEN = { state: 'rewritten', error: rewrittenTrouble } as const;
const UNSAFE = {
  detail:
    'There is a link or a file instead of the folder "messages" or "attachments", or of a folder in it.',
  action: 'Nothing is written here until you make it a folder again with a commit of your own.',
};
const READY: { readonly state: RepositoryState; readonly error: null } = { state: 'ready', error: null };

/** One configured repository: its clone, what is known of its remote, and all that can be done with it. */
export class Repository {
  readonly target: Target;
  readonly primary: boolean;
  readonly #ports: RepositoryPorts;
  readonly #gits: Gits;
  readonly #clone: Clone;
  readonly #reconciler: Reconciler;
  readonly #capturer: Capturer;
  readonly #remote: RemoteView;
  readonly #follower: Follower;
  readonly #maintenance: Maintenance;
  readonly #growth: GrowthMeter;
  readonly #astray: AstrayJournals;
  readonly #locks: StaleLocks;
  readonly #past: PastReader;
  readonly #attributes: AttributeProblems;
  readonly #opened: Promise<void>;
  readonly #settled: Promise<void>;
  #state: { readonly state: RepositoryState; readonly error: Trouble | null } = {
    state: 'cloning',
    error: null,
  };
  #uncommitted: readonly CloneProblem[] = [];
  readonly #syncs: SyncQueue;
  readonly #appended: AppendedCapturer;
  /** What works in the clone at somebody's request, and not under its lock all the time. */
  readonly #tasks = new Tasks();
  #broken: Trouble | undefined;
  #presence: Presence = 'here';
  readonly #abort = new AbortController();

  private constructor(target: Target, primary: boolean, branch: string | undefined, ports: RepositoryPorts) {
    this.target = target;
    this.primary = primary;
    this.#ports = ports;
    const { identity, gitSilence } = ports;
    this.#gits = new Gits(gitSilence, (since) => this.#gitHung(since));
    const git = { ...ports.git, gits: this.#gits };
    this.#clone = new Clone(target.name, git, identity);
    this.#remote = new RemoteView(this.#clone);
    const onTip = async (tip: string) => {
      ports.onStatus(this);
      // While the branch is being changed for another one, the tip may still be of the old one.
      if (this.#reconciler.covers(tip)) await noteKnown(this.#clone, 'branch', tip);
    };
    const onStale = () => void this.refresh().catch(ports.onTrouble);
    this.#follower = new Follower(this.#clone, ports.onTrouble, onTip, onStale);
    this.#growth = new GrowthMeter(this.#clone, () => ports.onStatus(this));
    this.#astray = new AstrayJournals(this.#clone);
    this.#attributes = new AttributeProblems(this.#clone, () => ports.onStatus(this));
    this.#maintenance = new Maintenance(this.#clone, ports.onTrouble);
    this.#reconciler = new Reconciler({
      clone: this.#clone,
      mirror: ports.mirror,
      followed: () => this.#follower.followed(),
      onChanges: ports.onChanges,
      isTold: ports.isTold,
      filler: ports.filler,
      onRewritten: () => this.#setState(REWRITTEN),
      onAttributed: () => ports.onStatus(this),
      onTrouble: ports.onTrouble,
    });
    this.#past = new PastReader(this.#clone, ports.mirror, this.#abort.signal);
    this.#locks = new StaleLocks(git, target.own ? target.url : undefined, ports.lockPatience);
    this.#capturer = new Capturer(
      this.#clone,
      new LineFiles(this.#clone, ports.files.findUpload, ports.files.findAnywhere),
      ports.mirror,
      this.#reconciler,
      () => this.#look(),
      () => this.#branchMoved(),
      ports.onTrouble,
    );
    this.#appended = new AppendedCapturer({
      clone: this.#clone,
      follower: this.#follower,
      reconciler: this.#reconciler,
      capturer: this.#capturer,
      whenUsable: async () => {
        await this.#settled;
        return this.#broken === undefined;
      },
      onTrouble: ports.onTrouble,
    });
    this.#syncs = new SyncQueue(
      () => this.#settled,
      (push) => this.#sync(push),
    );
    if (ports.failedBefore) this.#state = { state: 'failed', error: ports.failedBefore };
    this.#opened = this.#open(branch).catch((error: unknown) => this.#giveUp(error));
    this.#settled = this.#opened
      .then(() => this.#firstContact())
      .catch((error: unknown) => this.#fail(error));
  }

  /** Begins with a repository; {@link opened} and {@link settled} tell how far it is. */
  static open(
    target: Target,
    primary: boolean,
    branch: string | undefined,
    ports: RepositoryPorts,
  ): Repository {
    return new Repository(target, primary, branch, ports);
  }

  get name(): string {
    return this.target.name;
  }

  /** Whether the clone cannot be used at all. */
  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** Why the clone can't be used, if it can't. */
  get broken(): Trouble | undefined {
    return this.#broken;
  }

  /** Whether another clone has taken the place of this one, which is of no use any more. */
  get isReplaced(): boolean {
    return this.#presence === 'other';
  }

  /** Whether it is being closed, or was: nothing is done here any more. */
  get isClosed(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Whether the clone is still being made, or meets its remote for the first time. */
  get isOpening(): boolean {
    return this.#state.state === 'cloning';
  }

  /** How git runs in the clone. */
  get git(): GitContext {
    return this.#clone.git;
  }

  /** What a person should know of gits that hang here at the moment. */
  get hanging(): string | undefined {
    const commands = this.#gits.hanging.map((command) => `git ${command}`).join(', ');
    if (commands === '') return undefined;
    return `A git process in ${this.name} makes no progress (${commands}): the disk may be slow, or something stopped it.`;
  }

  /** Resolves when the clone is there and the mirror agrees with it. */
  get opened(): Promise<void> {
    return this.#opened;
  }

  /** Resolves when a new clone has met its remote, or its remote has proved out of reach. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /**
   * Commits a line; resolves when the commit is durable and mirrored.
   *
   * @param needed the hashes of files without which it must not be committed; others may have been purged
   */
  async capture(line: Line, needed?: ReadonlySet<string>): Promise<Captured> {
    await this.#settled;
    if (this.#broken) return fail('unavailable', `${this.#broken.detail} ${this.#broken.action}`);
    return this.#capturer.capture(line, needed);
  }

  /** The blob of a file that the branch holds, by the file's hash. */
  async findFile(sha256: string): Promise<string | undefined> {
    const { git, tip } = this.#clone;
    if (this.isClosed || this.#broken || tip === null) return undefined;
    return (await findAttachment(git, tip, sha256))?.id;
  }

  /** Whether a commit of ours is on the remote's branch, as far as we have heard. */
  isPushed(commit: string | null): boolean {
    return this.#remote.isPushed(commit);
  }

  /** Brings clone and remote together; see {@link SyncQueue}. */
  sync(push: boolean): Promise<SyncResult> {
    return this.#syncs.run(push);
  }

  async #sync(push: boolean): Promise<SyncResult> {
    if (this.isClosed) return toResult(this.name, failedSync(closingTrouble), this.#clone.tip);
    const outcome = await this.#runSync(push).catch((error: unknown) => {
      this.#fail(error);
      return toResult(this.name, failedSync(surpriseTrouble(error)), this.#clone.tip);
    });
    this.#noteOutcome(outcome);
    return outcome;
  }

  /** Looks at files of the clone that may have changed: the branch may have been moved, or a journal appended to. */
  async filesChanged(paths: Iterable<string>): Promise<void> {
    const [journals, others] = [[], []] as [string[], string[]];
    for (const path of paths) (path.startsWith(`${JOURNAL_FOLDER}/`) ? journals : others).push(path);
    if (journals.some((path) => deviceOfPath(path) !== this.#clone.settings.device)) this.#appended.soon();
    if (others.length > 0) await this.#tasks.run(() => this.#refresh(others));
  }

  /** Makes the mirror agree with the branch after somebody else may have moved it. */
  refresh(): Promise<void> {
    return this.#tasks.run(() => this.#refresh());
  }

  /** @param paths the files of the clone that have changed, if that is known */
  async #refresh(paths?: readonly string[]): Promise<void> {
    await this.#opened;
    if (this.isClosed || this.#broken || (await this.#look()) !== 'here') return;
    const clone = this.#clone;
    const isOurs = this.#reconciler.covers(await clone.blobs.commitOf(branchRef(clone)));
    const moved = !isOurs && (await clone.mutex.run((held) => this.#reconciler.run(held)));
    if (moved || (await clone.blobs.commitOf(trackingRef(clone))) !== clone.remoteTip)
      await this.#refreshRemote();
    if (moved) void this.#attributes.check(this.#ports.onTrouble);
    // A capture of ours changes the branch's file alone, and is followed anyway.
    const isCapture = !moved && paths?.every((path) => path === `.git/${branchRef(clone)}`);
    if (!isCapture) this.#follower.soon();
  }

  /** Looks whether the clone is still in its folder; where it is not, that is the state until it is back. */
  async #look(): Promise<Presence> {
    const presence = await presenceOf(this.#clone);
    if (this.isReplaced) return 'other';
    if (presence === this.#presence) return presence;
    this.#presence = presence;
    if (presence !== 'here') endStaying(this.#clone);
    if (presence === 'gone') this.#setState({ state: 'failed', error: goneTrouble(this.#clone.git) });
    if (presence === 'here') this.#setState((await isRewritten(this.#clone)) ? REWRITTEN : READY);
    if (presence === 'other') this.#ports.onReplaced(this);
    return presence;
  }

  /** Settles a rewritten history for one side. The next sync goes on from there. */
  resolveRewritten(keep: 'local' | 'remote'): Promise<Result<void>> {
    return this.#tasks.run(() => this.#resolveRewritten(keep));
  }

  async #resolveRewritten(keep: 'local' | 'remote'): Promise<Result<void>> {
    await this.#settled;
    if (this.isClosed) return closing(this.name);
    await this.#refresh();
    const clone = this.#clone;
    if (this.#broken || !(await isRewritten(clone))) {
      return fail(
        'not-rewritten',
        `The history of ${this.name} was not rewritten: there is nothing to resolve.`,
      );
    }
    const settled = await settleFor(clone, keep, (held, by) => this.#reconciler.run(held, by));
    if (!settled.ok) return settled;
    this.#setState(READY);
    await this.#refreshRemote();
    this.#branchMoved();
    return ok(undefined);
  }

  /**
   * Captures to another branch from now on: the one of that name, here or on the remote, else a new one that begins
   * where we are.
   */
  useBranch(branch: string): Promise<Result<void>> {
    return this.#tasks.run(() => this.#useBranch(branch));
  }

  async #useBranch(branch: string): Promise<Result<void>> {
    await this.#settled;
    if (this.isClosed) return closing(this.name);
    if (this.#broken) return fail('unavailable', `${this.#broken.detail} ${this.#broken.action}`);
    const checked = await checkBranchName(this.#clone, branch);
    if (!checked.ok) return checked;
    const switched = await this.#clone.mutex.run(async (held) => {
      // git checks nothing out over a journal that has not followed its branch yet.
      await this.#follower.now();
      return switchBranch(this.#clone, held, branch, () => this.#reconciler.run(held));
    });
    if (!switched.ok) return switched;
    await this.#refreshRemote();
    this.#follower.soon();
    return ok(undefined);
  }

  /** The commits of its branch that an id, or the first digits of one, can mean. */
  async commitsNamed(digits: string): Promise<readonly string[]> {
    await this.#opened;
    if (this.isClosed || this.#broken || (await this.#look()) !== 'here') return [];
    return this.#tasks.run(() => this.#past.find(digits));
  }

  /** Who made each of some commits. Nothing is known of those that cannot be read. */
  async makersOf(commits: readonly string[]): Promise<ReadonlyMap<string, Maker>> {
    if (this.isClosed || this.#broken || (await this.#look()) !== 'here') return new Map();
    return this.#tasks.run(() => makersOf(this.#clone.git, commits));
  }

  /** What the branch held at a commit of it, which some repositories have. */
  pastAt(commit: string, repositories: readonly string[]): Promise<Result<Past>> {
    if (this.isClosed) return Promise.resolve(closing(this.name));
    return this.#tasks.run(() => this.#past.read(commit, repositories));
  }

  /** Runs a task while nothing is captured here. */
  exclusively<Value>(task: () => Promise<Value>): Promise<Value> {
    return this.#clone.mutex.run(task);
  }

  /** Reads into the mirror what it lacks of the clone, which is everything after the mirror was lost. */
  async restore(): Promise<void> {
    if (this.#broken || this.isReplaced || this.isClosed) return;
    await this.#tasks.run(() => this.#reconcileAll());
  }

  /** Looks at what only the clone itself can tell: a person's uncommitted changes, and how much there is. */
  refreshDetails(): Promise<void> {
    return this.#tasks.run(() => this.#inspect());
  }

  async #inspect(): Promise<void> {
    if (this.isClosed || this.#broken || this.#state.state === 'cloning' || (await this.#look()) !== 'here')
      return;
    await this.#follower.now();
    await this.#locks.look();
    await this.#growth.look();
    await this.#astray.look();
    this.#uncommitted = await findUncommitted(this.#clone.git, this.#follower);
  }

  status(): RepositoryStatus {
    const { settings, tip, remoteTip } = this.#clone;
    const isUnsafe = this.#clone.isUnsafe && this.#state.state === 'ready';
    const error = isUnsafe ? UNSAFE : this.#state.error;
    return {
      name: this.name,
      url: this.target.url,
      github: githubPageOf(this.target.url, this.#ports.githubUrl),
      branch: settings.branch,
      primary: this.primary,
      messages: this.#ports.mirror.countIn(this.name),
      ahead: this.#remote.ahead,
      behind: this.#remote.behind,
      ...this.#growth.known,
      head: tip,
      remoteHead: remoteTip,
      state: isUnsafe ? 'unsafe' : this.#state.state,
      lastSync: settings.lastSync,
      problems: this.#problems(),
      error: error && { detail: error.detail, action: error.action },
    };
  }

  /**
   * Ends all work here: what was taken is answered, and no git is at work in the folder any more. False if a git cannot
   * be ended, so the folder must stay where it is. First what brings new work ends, then what does it, then what they
   * use: the processes of git, and the locks that one of them may leave.
   */
  async close(): Promise<boolean> {
    this.#abort.abort();
    this.#appended.stop();
    await this.#appended.ended();
    await this.#settled.catch(() => undefined);
    await this.#capturer.close();
    await this.#syncs.ended();
    await this.#clone.mutex.run(async () => undefined);
    await this.#tasks.ended();
    await this.#reconciler.close();
    await this.#follower.close();
    await this.#maintenance.close();
    await this.#attributes.close();
    await this.#clone.importer.close();
    await this.#clone.mover.close();
    await this.#clone.blobs.close();
    const isIdle = await this.#gits.close();
    await this.#locks.layDown();
    return isIdle;
  }

  /** A git that was ended in the middle may leave a lock, which would be in the way of the next one. */
  #gitHung(since: number): void {
    this.#locks.cutOff(since);
    this.#locks.look().then((freed) => freed && this.#follower.soon(), this.#ports.onTrouble);
  }

  #branchMoved(): void {
    this.#follower.afterCapture();
    this.#maintenance.changed();
  }

  /** Without a clone there is nothing that can be done here; the other repositories go on. */
  #giveUp(error: unknown): void {
    this.#ports.onTrouble(error);
    const said = error instanceof GitError ? error.stderr.trim() : (error as Error).message;
    this.#broken = {
      status: 'failed',
      detail: `The clone ${this.name} cannot be used: ${said}`,
      action:
        'Nothing was saved in it now, and what it holds is safe. Fix this: gitpost tries again on its own.',
    };
    this.#setState({ state: 'failed', error: this.#broken });
  }

  async #open(branch: string | undefined): Promise<void> {
    const { onTrouble } = this.#ports;
    const takeUp = () => this.#locks.takeUp(() => this.#follower.soon(), onTrouble);
    await this.#clone.mutex.run((held) => openClone(this.#clone, held, this.target, branch, takeUp));
    this.#clone.opened(await incarnationOf(this.#clone.git));
    const [followed = null] = await this.#follower.followed();
    const brought = await lastBrought(this.#clone, followed);
    if (brought) this.#clone.keepSyncMoves([brought]);
    await this.#reconcileAll();
    await this.#refreshRemote();
    this.#follower.soon();
    this.#appended.soon();
    await this.#ports.note(this.#clone.git).catch(onTrouble);
    void this.#attributes.check(onTrouble);
  }

  async #firstContact(): Promise<void> {
    if (this.#broken || this.isClosed) return;
    if (await isRewritten(this.#clone)) this.#setState(REWRITTEN);
    else if (this.#clone.settings.contacted) this.#setState(READY);
    else this.#noteOutcome(await this.#runSync(false));
  }

  /** A sync that is given up because the program ends is no failure. */
  #noteOutcome(outcome: SyncResult): void {
    if (!this.#abort.signal.aborted && !this.isReplaced) this.#ports.onOutcome(outcome);
  }

  async #runSync(push: boolean): Promise<SyncResult> {
    if (this.#broken) return toResult(this.name, failedSync(this.#broken), null);
    const presence = await this.#look();
    if (presence !== 'here') {
      const trouble = (presence === 'gone' ? goneTrouble : replacedTrouble)(this.#clone.git);
      return toResult(this.name, failedSync(trouble), null);
    }
    const { network, onProgress, mirror, onTrouble } = this.#ports;
    const clone = this.#clone;
    await renewOwnRemote(clone, this.target);
    const port: SyncPort = {
      clone,
      url: this.target.url,
      network: {
        ...network((stage, percent) => onProgress(this.name, stage, percent)),
        signal: this.#abort.signal,
      },
      reconcile: (held, by) => this.#reconciler.run(held, by),
      complete: () => completeLines(mirror, this.name, (line) => this.#capturer.capture(line)),
      refreshRemote: () => this.#refreshRemote(),
      prepareJoin: async () => {
        if (this.#remote.behind > MANY_COMMITS) await writeCommitGraph(clone.git);
      },
    };
    const synced = await syncClone(port, push).catch((error: unknown): Synced => {
      onTrouble(error);
      return failedSync(surpriseTrouble(error));
    });
    await this.#refreshRemote();
    if (synced.trouble) this.#setState({ state: synced.trouble.status, error: synced.trouble });
    else if (await isRewritten(clone)) this.#setState(REWRITTEN);
    else await this.#succeeded();
    this.#branchMoved();
    void this.#attributes.check(onTrouble);
    return toResult(this.name, synced, clone.tip);
  }

  async #succeeded(): Promise<void> {
    const lastSync = new Date().toISOString();
    // That it went well does not depend on whether it can be noted, for which git's own lock may stand in the way.
    await writeSettings(this.#clone.git, { lastSync }).catch(this.#ports.onTrouble);
    this.#clone.synced(lastSync);
    this.#setState(READY);
    // Nobody waits for it: what it comes to is told.
    void this.#growth.look();
  }

  async #reconcileAll(): Promise<void> {
    const reconciled = await this.#clone.mutex.run((held) => this.#reconciler.run(held));
    await reconciled?.changed;
  }

  async #refreshRemote(): Promise<void> {
    await this.#remote.refresh();
    this.#ports.onStatus(this);
  }

  #problems(): CloneProblem[] {
    const unreadable = Object.entries(this.#ports.mirror.covered(this.name)?.problems ?? {});
    return [
      ...unreadable.flatMap(([file, lines]) => lines.map(({ line, reason }) => ({ file, line, reason }))),
      ...this.#astray.problems,
      ...this.#locks.problems,
      ...this.#attributes.problems,
      ...(githubPageOf(this.target.url, this.#ports.githubUrl) === null
        ? []
        : sizeProblems(this.#growth.known)),
      ...this.#uncommitted,
    ];
  }

  /** Something unexpected stands in the way of the remote; what was captured is committed, and the next sync tries again. */
  #fail(error: unknown): void {
    this.#ports.onTrouble(error);
    this.#setState({ state: 'failed', error: surpriseTrouble(error) });
  }

  #setState(state: { readonly state: RepositoryState; readonly error: Trouble | null }): void {
    this.#state = state;
    this.#ports.onStatus(this);
  }
}

const closingTrouble: Trouble = {
  status: 'failed',
  detail: 'The repository was renamed or removed, or gitpost ended, while it was being synced.',
  action: 'Nothing is lost: sync again.',
};
