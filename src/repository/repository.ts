// More than 300 lines, because it is a long list of short methods: each part of a repository is in a file of its own,
// and this class decides in which order they are created, called and closed.

import { Tasks } from '../async/tasks.ts';
import { checkBranchName } from '../clone/branch.ts';
import { branchRef, Clone, trackingRef } from '../clone/clone.ts';
import { type FindFile, LineFiles } from '../clone/line-files.ts';
import { Maintenance } from '../clone/maintenance.ts';
import { openClone } from '../clone/opening.ts';
import { presenceOf } from '../clone/presence.ts';
import { isRewritten, noteKnown } from '../clone/rewritten.ts';
import { type LockPatience, StaleLocks } from '../clone/stale-locks.ts';
import { switchBranch } from '../clone/switch-branch.ts';
import type { CloneProblem, RepositoryStatus, SyncResult } from '../contract/repository.ts';
import type { SyncGoal, Target, Trouble } from '../domain/repository.ts';
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

/** What a repository needs from the program around it. */
export interface RepositoryPorts {
  readonly git: Omit<GitContext, 'gits' | 'isHere'>;
  /** How long a git process may do nothing while someone waits for it. In milliseconds. */
  readonly gitSilence: number;
  readonly githubUrl: string;
  readonly identity: Identity;
  readonly mirror: Database;
  readonly network: (onProgress: Network['onProgress']) => Network;
  /** Messages changed by something other than a capture. */
  readonly onChanges: (changes: readonly EntryChange[]) => void;
  /** Whether changes are announced to clients. */
  readonly isAnnounced: () => boolean;
  readonly filler: Filler | undefined;
  readonly onStatus: (repository: Repository) => void;
  readonly onProgress: (repository: string, stage: string, percent: number) => void;
  /** Writes into the clone what the next start needs to know about it. */
  readonly note: (git: GitContext) => Promise<void>;
  /** Why an earlier attempt to open the clone failed. It remains the state until this attempt succeeds. */
  readonly failedBefore: Trouble | undefined;
  /** Another clone is in the folder: this repository has to be closed and that one opened. */
  readonly onReplaced: (repository: Repository) => void;
  /** Called with the result of each sync, no matter who requested it. */
  readonly onOutcome: (result: SyncResult) => void;
  readonly onTrouble: (error: unknown) => void;
  readonly lockPatience: LockPatience;
  /** Finds the files that lines name: among the uploads, or among the uploads and in all clones. */
  readonly files: { readonly findUpload: FindFile; readonly findAnywhere: FindFile };
}

/** How many times to try to check out another branch while programs keep appending to journals. */
const MOST_SWITCHES = 3;

/** One configured repository: its clone, what is known of its remote, and everything that can be done with it. */
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
  /** Work in the clone that was requested from outside and does not hold its mutex all the time. */
  readonly #tasks = new Tasks();
  readonly #abort = new AbortController();

  /** Starts with a repository. {@link opened} and {@link settled} resolve as it gets ready. */
  constructor(target: Target, primary: boolean, branch: string | undefined, ports: RepositoryPorts) {
    this.target = target;
    this.primary = primary;
    this.#ports = ports;
    const { onTrouble, mirror } = ports;
    const onChanged = () => ports.onStatus(this);
    this.#gits = new Gits(ports.gitSilence, (since) => this.#gitHung(since));
    const isHere = async () => (await presenceOf(clone)) === 'here';
    const clone = new Clone(target.name, { ...ports.git, gits: this.#gits, isHere }, ports.identity);
    this.#clone = clone;
    this.#condition = new Condition(clone, ports.failedBefore, onChanged, () => ports.onReplaced(this));
    this.#remote = new RemoteView(clone, onChanged);
    this.#follower = new Follower({
      clone,
      onTip: (tip) => this.#followed(tip),
      onStale: () => void this.refresh().catch(onTrouble),
      onTrouble,
    });
    this.#maintenance = new Maintenance(clone, onTrouble);
    this.#locks = new StaleLocks(clone.git, target.own ? target.url : undefined, ports.lockPatience);
    this.#inspection = new Inspection(clone, this.#follower, this.#locks, onChanged, onTrouble);
    this.#reconciler = new Reconciler({
      clone,
      mirror,
      followed: () => this.#follower.followed(),
      onChanges: ports.onChanges,
      isAnnounced: ports.isAnnounced,
      filler: ports.filler,
      onRewritten: () => this.#condition.rewritten(),
      onAttributed: onChanged,
      onTrouble,
    });
    this.#past = new PastReader(clone, mirror, this.#abort.signal);
    this.#capturer = new Capturer({
      clone,
      files: new LineFiles(clone, ports.files.findUpload, ports.files.findAnywhere),
      mirror,
      reconciler: this.#reconciler,
      presence: () => this.#condition.checkPresence(),
      onMoved: () => this.#branchMoved(),
      onTrouble,
    });
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

  /** Why the clone cannot be used; `undefined` if it can. */
  get broken(): Trouble | undefined {
    return this.#condition.broken;
  }

  /** Whether another clone has taken the place of this one, which is of no use any more. */
  get isReplaced(): boolean {
    return this.#condition.isReplaced;
  }

  /** Whether it is being closed, or is closed. Nothing more is done here. */
  get isClosed(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Whether the clone is still being created, or is in first contact with its remote. */
  get isOpening(): boolean {
    return this.#condition.isOpening;
  }

  /** How git runs in the clone. */
  get git(): GitContext {
    return this.#clone.git;
  }

  /** What a person should know about git processes that hang here at the moment; `undefined` if none does. */
  get hanging(): string | undefined {
    const commands = this.#gits.hanging.map((command) => `git ${command}`).join(', ');
    if (commands === '') return undefined;
    return `A git process in ${this.name} makes no progress (${commands}): the disk may be slow, or something stopped it.`;
  }

  /** Resolves when the clone exists and the mirror agrees with it. */
  get opened(): Promise<void> {
    return this.#opened;
  }

  /** Resolves when a new clone has met its remote, or when the remote turned out to be unreachable. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Commits a line. Resolves when the commit is durable and mirrored. */
  async capture(line: Line, options?: CaptureOptions): Promise<Captured> {
    await this.#settled;
    return this.broken ? unavailable(this.broken) : this.#capturer.capture(line, options);
  }

  /** The blob of a file on the branch, found by the file's SHA-256. */
  async findFile(sha256: string): Promise<string | undefined> {
    const { git, tip } = this.#clone;
    if (this.isClosed || this.isBroken || tip === null) return undefined;
    return (await findAttachment(git, tip, sha256))?.id;
  }

  /** Whether a commit of ours is on the remote's branch, as far as we know. */
  isPushed(commit: string | null): boolean {
    return this.#remote.isPushed(commit);
  }

  /** Syncs the clone with its remote. A request that arrives during a sync gets the result of the next one. */
  sync(goal: SyncGoal): Promise<SyncResult> {
    return this.#syncs.run(goal);
  }

  /** Handles files of the clone that may have changed: the branch may have moved, or a journal was appended to. */
  async filesChanged(paths: Iterable<string>): Promise<void> {
    const [journals, others] = [[], []] as [string[], string[]];
    for (const path of paths) (path.startsWith(`${JOURNAL_FOLDER}/`) ? journals : others).push(path);
    if (journals.some((path) => deviceOfPath(path) !== this.#clone.settings.device)) this.#appended.soon();
    if (others.length > 0) await this.#tasks.run(() => this.#refresh(others));
  }

  /** Makes the mirror agree with the branch after someone else may have moved it. */
  refresh(): Promise<void> {
    return this.#tasks.run(() => this.#refresh());
  }

  /** @param paths the files of the clone that have changed, if known */
  async #refresh(paths?: readonly string[]): Promise<void> {
    await this.#opened;
    if (!(await this.#isUsable())) return;
    const clone = this.#clone;
    const isOurs = this.#reconciler.covers(await clone.blobs.commitOf(branchRef(clone)));
    const moved = !isOurs && (await clone.mutex.run((held) => this.#reconciler.run(held)));
    if (moved || (await clone.blobs.commitOf(trackingRef(clone))) !== clone.remoteTip)
      await this.#remote.refresh();
    if (moved) this.#inspection.branchMoved();
    // A capture of ours changes only the branch's file, and is followed anyway.
    const isCapture = !moved && paths?.every((path) => path === `.git/${branchRef(clone)}`);
    if (!isCapture) this.#follower.soon();
  }

  /**
   * Settles a rewritten history in favour of one side. The next sync continues from there. `not-rewritten`,
   * `unavailable` or `busy`.
   */
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
   * Captures to another branch from now on: the existing one of that name, here or on the remote, otherwise a new one
   * that starts at the current tip. `invalid`, `checkout-refused` or `unavailable`.
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
    for (let attempt = 1; ; attempt += 1) {
      if (branch !== this.#clone.settings.branch) await this.#appended.now();
      const switched = await this.#clone.mutex.run(async (held) => {
        // git does not check out a branch over a journal that has not followed its own branch yet.
        await this.#follower.now();
        return switchBranch(this.#clone, held, branch, () => this.#reconciler.run(held));
      });
      this.#follower.soon();
      if (switched.ok) break;
      // A program may have appended to a journal a moment ago.
      if (switched.failure.code !== 'checkout-refused' || attempt === MOST_SWITCHES) return switched;
    }
    await this.#remote.refresh();
    return ok(undefined);
  }

  /** The commits of its branch that match an id or its first digits. */
  async commitsNamed(digits: string): Promise<readonly string[]> {
    await this.#opened;
    return (await this.#isUsable()) ? this.#tasks.run(() => this.#past.find(digits)) : [];
  }

  /** The committer, time and device of each commit. Commits that cannot be read are left out. */
  async makersOf(commits: readonly string[]): Promise<ReadonlyMap<string, Maker>> {
    if (!(await this.#isUsable())) return new Map();
    return this.#tasks.run(() => makersOf(this.#clone.git, commits));
  }

  /**
   * The messages as of a commit of the branch, which some repositories have. `unavailable`, or `invalid` if more lines
   * were removed since then than can be shown.
   */
  pastAt(commit: string, repositories: readonly string[]): Promise<Result<Past>> {
    if (this.isClosed) return Promise.resolve(closing(this.name));
    return this.#tasks.run(() => this.#past.read(commit, repositories));
  }

  /** Runs a task while nothing is captured here. The task holds the clone's mutex. */
  exclusively<Value>(task: () => Promise<Value>): Promise<Value> {
    return this.#clone.mutex.run(task);
  }

  /** Reads into the mirror what it lacks of the clone: everything, if the mirror was lost. */
  async restore(): Promise<void> {
    if (this.isBroken || this.isReplaced || this.isClosed) return;
    await this.#tasks.run(() => this.#reconcileAll());
  }

  /** Updates what only the clone itself can tell: a person's uncommitted changes, and how large it is. */
  refreshDetails(): Promise<void> {
    return this.#tasks.run(async () => {
      if (!this.isOpening && (await this.#isUsable())) await this.#inspection.refresh();
    });
  }

  status(): RepositoryStatus {
    const { settings, tip, remoteTip } = this.#clone;
    const { state, error } = this.#condition.reported;
    const covered = this.#ports.mirror.covered(this.name);
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
      // Never a commit whose messages cannot be read yet.
      head: covered?.branch === settings.branch ? covered.head : tip,
      remoteHead: remoteTip,
      state,
      lastSync: settings.lastSync,
      problems: [...this.#unreadableLines(), ...this.#inspection.problems(github !== null)],
      error: error && { detail: error.detail, action: error.action },
    };
  }

  /**
   * Ends all work here: accepted lines are answered, and no git process is running in the folder any more. Resolves
   * to false if one cannot be ended, so the folder must stay where it is. The order is: first what starts new work,
   * then what does the work, then what the work uses, which is git's processes and the locks that one of them may
   * leave behind.
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
    return !this.isClosed && !this.isBroken && (await this.#condition.checkPresence()) === 'here';
  }

  /** A git that was killed may leave a lock behind, which would block the next one. */
  #gitHung(since: number): void {
    this.#locks.cutOff(since);
    this.#locks.sweep().then((freed) => freed && this.#follower.soon(), this.#ports.onTrouble);
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
    // While the branch is being switched, the tip may still be that of the old one.
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
