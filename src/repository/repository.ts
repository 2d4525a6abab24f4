import { Tasks } from '../async/tasks.ts';
import { checkBranchName, switchBranch } from '../clone/branch.ts';
import { branchRef, Clone, trackingRef } from '../clone/clone.ts';
import { type FindFile, LineFiles } from '../clone/line-files.ts';
import { Maintenance } from '../clone/maintenance.ts';
import { openClone } from '../clone/opening.ts';
import { isRewritten, noteKnown } from '../clone/rewritten.ts';
import { type LockPatience, StaleLocks } from '../clone/stale-locks.ts';
import type { CloneProblem, RepositoryStatus, SyncResult } from '../contract/repository.ts';
import type { Target, Trouble } from '../domain/repository.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import { githubPageOf } from '../domain/target.ts';
import { incarnationOf } from '../git/clone.ts';
import { findAttachment } from '../git/files.ts';
import { Gits } from '../git/gits.ts';
import type { Identity } from '../git/importer.ts';
import { type Maker, makersOf } from '../git/makers.ts';
import type { Network } from '../git/remote.ts';
import type { GitContext } from '../git/run.ts';
import type { Line } from '../journal/line.ts';
import { deviceOfPath, JOURNAL_FOLDER } from '../journal/path.ts';
import type { Database } from '../mirror/database.ts';
import type { Past } from '../mirror/past.ts';
import { AppendedCapturer } from './capture/appended-capturer.ts';
import { Capturer } from './capture/capture.ts';
import type { Captured, CaptureOptions } from './capture/queue.ts';
import { closing } from './capture/refusals.ts';
import { Condition } from './condition.ts';
import { Follower } from './follow/follow.ts';
import { lastBrought } from './follow/our-changes.ts';
import { Inspection } from './inspection.ts';
import { PastReader } from './past-reader.ts';
import type { Filler } from './reconcile/bulk/filler.ts';
import type { EntryChange } from './reconcile/mirror-lines.ts';
import { Reconciler } from './reconcile/reconciler.ts';
import { surpriseTrouble } from './sync/outcome.ts';
import { RemoteView } from './sync/remote-view.ts';
import { settleFor } from './sync/resolve.ts';
import { Syncs } from './syncs.ts';

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

/**
 * One configured repository: its clone, what is known of its remote, and all that can be done with it. It is a long list of
 * short methods: each part works in a file of its own, and this one says in which order they are made, asked and closed.
 */
export class Repository {
  readonly target: Target;
  readonly primary: boolean;
  readonly #ports: RepositoryPorts;
  readonly #gits: Gits;
  readonly #clone: Clone;
  readonly #condition: Condition;
  readonly #reconciler: Reconciler;
  readonly #capturer: Capturer;
  readonly #appended: AppendedCapturer;
  readonly #remote: RemoteView;
  readonly #syncs: Syncs;
  readonly #follower: Follower;
  readonly #maintenance: Maintenance;
  readonly #locks: StaleLocks;
  readonly #inspection: Inspection;
  readonly #past: PastReader;
  readonly #opened: Promise<void>;
  readonly #settled: Promise<void>;
  /** What works in the clone at somebody's request, and not under its lock all the time. */
  readonly #tasks = new Tasks();
  readonly #abort = new AbortController();

  /** Begins with a repository; {@link opened} and {@link settled} tell how far it is. */
  constructor(target: Target, primary: boolean, branch: string | undefined, ports: RepositoryPorts) {
    this.target = target;
    this.primary = primary;
    this.#ports = ports;
    const { onTrouble, mirror } = ports;
    const onChanged = () => ports.onStatus(this);
    this.#gits = new Gits(ports.gitSilence, (since) => this.#gitHung(since));
    const git = { ...ports.git, gits: this.#gits };
    const clone = new Clone(target.name, git, ports.identity);
    this.#clone = clone;
    this.#condition = new Condition(clone, ports.failedBefore, onChanged, () => ports.onReplaced(this));
    this.#remote = new RemoteView(clone, onChanged);
    this.#follower = new Follower(
      clone,
      onTrouble,
      (tip) => this.#followed(tip),
      () => void this.refresh().catch(onTrouble),
    );
    this.#maintenance = new Maintenance(clone, onTrouble);
    this.#locks = new StaleLocks(git, target.own ? target.url : undefined, ports.lockPatience);
    this.#inspection = new Inspection(clone, this.#follower, this.#locks, onChanged, onTrouble);
    this.#reconciler = new Reconciler({
      clone,
      mirror,
      followed: () => this.#follower.followed(),
      onChanges: ports.onChanges,
      isTold: ports.isTold,
      filler: ports.filler,
      onRewritten: () => this.#condition.rewritten(),
      onAttributed: onChanged,
      onTrouble,
    });
    this.#past = new PastReader(clone, mirror, this.#abort.signal);
    this.#capturer = new Capturer(
      clone,
      new LineFiles(clone, ports.files.findUpload, ports.files.findAnywhere),
      mirror,
      this.#reconciler,
      () => this.#condition.look(),
      () => this.#branchMoved(),
      onTrouble,
    );
    this.#appended = new AppendedCapturer({
      clone,
      follower: this.#follower,
      reconciler: this.#reconciler,
      capturer: this.#capturer,
      whenUsable: async () => {
        await this.#settled;
        return !this.isBroken;
      },
      onTrouble,
    });
    this.#syncs = new Syncs({
      clone,
      target,
      condition: this.#condition,
      remote: this.#remote,
      reconciler: this.#reconciler,
      capturer: this.#capturer,
      mirror,
      network: ports.network,
      onProgress: (stage, percent) => ports.onProgress(this.name, stage, percent),
      ready: () => this.#settled,
      signal: this.#abort.signal,
      onSynced: (succeeded) => this.#synced(succeeded),
      onOutcome: ports.onOutcome,
      onTrouble,
    });
    this.#opened = this.#open(branch).catch((error: unknown) => {
      onTrouble(error);
      this.#condition.giveUp(error);
    });
    this.#settled = this.#opened
      .then(() => this.#firstContact())
      .catch((error: unknown) => {
        onTrouble(error);
        this.#condition.failed(surpriseTrouble(error));
      });
  }

  get name(): string {
    return this.target.name;
  }

  /** Whether the clone cannot be used at all. */
  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  /** Why the clone can't be used, if it can't. */
  get broken(): Trouble | undefined {
    return this.#condition.broken;
  }

  /** Whether another clone has taken the place of this one, which is of no use any more. */
  get isReplaced(): boolean {
    return this.#condition.isReplaced;
  }

  /** Whether it is being closed, or was: nothing is done here any more. */
  get isClosed(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Whether the clone is still being made, or meets its remote for the first time. */
  get isOpening(): boolean {
    return this.#condition.isOpening;
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

  /** Commits a line; resolves when the commit is durable and mirrored. */
  async capture(line: Line, options?: CaptureOptions): Promise<Captured> {
    await this.#settled;
    return this.broken ? unavailable(this.broken) : this.#capturer.capture(line, options);
  }

  /** The blob of a file that the branch holds, by the file's hash. */
  async findFile(sha256: string): Promise<string | undefined> {
    const { git, tip } = this.#clone;
    if (this.isClosed || this.isBroken || tip === null) return undefined;
    return (await findAttachment(git, tip, sha256))?.id;
  }

  /** Whether a commit of ours is on the remote's branch, as far as we have heard. */
  isPushed(commit: string | null): boolean {
    return this.#remote.isPushed(commit);
  }

  /** Brings clone and remote together. Whoever asks while one is at work gets the result of the next. */
  sync(push: boolean): Promise<SyncResult> {
    return this.#syncs.run(push);
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
    if (!(await this.#isUsable())) return;
    const clone = this.#clone;
    const isOurs = this.#reconciler.covers(await clone.blobs.commitOf(branchRef(clone)));
    const moved = !isOurs && (await clone.mutex.run((held) => this.#reconciler.run(held)));
    if (moved || (await clone.blobs.commitOf(trackingRef(clone))) !== clone.remoteTip)
      await this.#remote.refresh();
    if (moved) this.#inspection.branchMoved();
    // A capture of ours changes the branch's file alone, and is followed anyway.
    const isCapture = !moved && paths?.every((path) => path === `.git/${branchRef(clone)}`);
    if (!isCapture) this.#follower.soon();
  }

  /** Settles a rewritten history for one side. The next sync goes on from there. */
  resolveRewritten(keep: 'local' | 'remote'): Promise<Result<void>> {
    return this.#tasks.run(() => this.#resolveRewritten(keep));
  }

  async #resolveRewritten(keep: 'local' | 'remote'): Promise<Result<void>> {
    await this.#settled;
    if (this.isClosed) return closing(this.name);
    await this.#refresh();
    if (this.isBroken || !(await isRewritten(this.#clone))) {
      return fail(
        'not-rewritten',
        `The history of ${this.name} was not rewritten: there is nothing to resolve.`,
      );
    }
    const settled = await settleFor(this.#clone, keep, (held, by) => this.#reconciler.run(held, by));
    if (!settled.ok) return settled;
    await this.#condition.settled();
    await this.#remote.refresh();
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
    if (this.broken) return unavailable(this.broken);
    const checked = await checkBranchName(this.#clone, branch);
    if (!checked.ok) return checked;
    const switched = await this.#clone.mutex.run(async (held) => {
      // git checks nothing out over a journal that has not followed its branch yet.
      await this.#follower.now();
      return switchBranch(this.#clone, held, branch, () => this.#reconciler.run(held));
    });
    if (!switched.ok) return switched;
    await this.#remote.refresh();
    this.#follower.soon();
    return ok(undefined);
  }

  /** The commits of its branch that an id, or the first digits of one, can mean. */
  async commitsNamed(digits: string): Promise<readonly string[]> {
    await this.#opened;
    return (await this.#isUsable()) ? this.#tasks.run(() => this.#past.find(digits)) : [];
  }

  /** Who made each of some commits. Nothing is known of those that cannot be read. */
  async makersOf(commits: readonly string[]): Promise<ReadonlyMap<string, Maker>> {
    if (!(await this.#isUsable())) return new Map();
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
    if (this.isBroken || this.isReplaced || this.isClosed) return;
    await this.#tasks.run(() => this.#reconcileAll());
  }

  /** Looks at what only the clone itself can tell: a person's uncommitted changes, and how much there is. */
  refreshDetails(): Promise<void> {
    return this.#tasks.run(async () => {
      if (!this.isOpening && (await this.#isUsable())) await this.#inspection.look();
    });
  }

  status(): RepositoryStatus {
    const { settings, tip, remoteTip } = this.#clone;
    const { state, error } = this.#condition.reported;
    const github = githubPageOf(this.target.url, this.#ports.githubUrl);
    return {
      name: this.name,
      url: this.target.url,
      github,
      branch: settings.branch,
      primary: this.primary,
      messages: this.#ports.mirror.countIn(this.name),
      ahead: this.#remote.ahead,
      behind: this.#remote.behind,
      ...this.#inspection.growth,
      head: tip,
      remoteHead: remoteTip,
      state,
      lastSync: settings.lastSync,
      problems: [...this.#unreadableLines(), ...this.#inspection.problems(github !== null)],
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
    await this.#inspection.close();
    await this.#clone.importer.close();
    await this.#clone.mover.close();
    await this.#clone.blobs.close();
    const isIdle = await this.#gits.close();
    await this.#locks.layDown();
    return isIdle;
  }

  async #isUsable(): Promise<boolean> {
    return !this.isClosed && !this.isBroken && (await this.#condition.look()) === 'here';
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

  #synced(succeeded: boolean): void {
    if (succeeded) this.#inspection.count();
    this.#branchMoved();
    this.#inspection.branchMoved();
  }

  async #followed(tip: string): Promise<void> {
    this.#ports.onStatus(this);
    // While the branch is being changed for another one, the tip may still be of the old one.
    if (this.#reconciler.covers(tip)) await noteKnown(this.#clone, 'branch', tip);
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
    await this.#remote.refresh();
    this.#follower.soon();
    this.#appended.soon();
    await this.#ports.note(this.#clone.git).catch(onTrouble);
    this.#inspection.branchMoved();
  }

  async #firstContact(): Promise<void> {
    if (this.isBroken || this.isClosed) return;
    const isKnown = this.#clone.settings.contacted || (await isRewritten(this.#clone));
    await (isKnown ? this.#condition.settled() : this.#syncs.meet());
  }

  async #reconcileAll(): Promise<void> {
    const reconciled = await this.#clone.mutex.run((held) => this.#reconciler.run(held));
    await reconciled?.changed;
  }

  #unreadableLines(): CloneProblem[] {
    const problems = Object.entries(this.#ports.mirror.covered(this.name)?.problems ?? {});
    return problems.flatMap(([file, lines]) => lines.map(({ line, reason }) => ({ file, line, reason })));
  }
}

const unavailable = ({ detail, action }: Trouble) => fail('unavailable', `${detail} ${action}`);
