import { branchRef, type Clone, resolveIn, type SyncMove } from '../../clone/clone.ts';
import type { FollowMark } from '../../clone/follow-mark.ts';
import { repairInterrupted } from '../../git/interrupted.ts';
import { isHere } from '../../git/paths.ts';
import { isAncestor, isCheckedOut } from '../../git/refs.ts';
import { updateStale } from '../../git/stale-files.ts';
import type { TreeChange } from '../../git/tree.ts';
import { followBranch, followPathByPath, isOwnWorkTree, restoreIndex } from '../../git/worktree.ts';
import { JOURNAL_FOLDER } from '../../journal/path.ts';
import { FollowFiles } from './follow-files.ts';
import { broughtByPerson, HeadLog, type Operation } from './operations.ts';
import { broughtByUs } from './our-changes.ts';

/** Pause before following a change made by others, who are likely to be looking at the files. */
const QUIET_MS = 100;
/** Pause after a capture of ours: more are likely to come, and each follow starts several git processes. */
const CAPTURED_QUIET_MS = 400;
const AT_LATEST_MS = 2000;
const LOCKED_MS = 250;
const MOST_WAITS = 8;
const EARLIER_MS = 5000;
/** How long to wait before a follow that failed, perhaps on a full disk, is tried again. Doubled each time. */
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 300_000;

export interface FollowerPorts {
  readonly clone: Clone;
  /** Called with each new tip of the branch before it is followed. */
  readonly onTip: (tip: string) => Promise<void>;
  /** Called if the branch is not where we thought it was. */
  readonly onStale: () => void;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Brings the index and work tree of a clone to the tip of its branch, shortly after each batch of captures. It never
 * overrides what a person has changed or is doing at the moment.
 */
export class Follower {
  readonly #clone: Clone;
  readonly #onTrouble: (error: unknown) => void;
  readonly #onTip: (tip: string) => Promise<void>;
  readonly #onStale: () => void;
  readonly #log: HeadLog;
  readonly #files: FollowFiles;
  #announcedTip: string | undefined;
  #waited = '';
  #waits = 0;
  #mark: FollowMark | undefined;
  #earlier: readonly { readonly commit: string | null; readonly until: number }[] = [];
  /** Whether stale journals were looked for since the last event that could have left some behind. */
  #isJudged = false;
  #timer: NodeJS.Timeout | undefined;
  #since = 0;
  #retry: NodeJS.Timeout | undefined;
  #retryPause = RETRY_MS;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor({ clone, onTip, onStale, onTrouble }: FollowerPorts) {
    this.#clone = clone;
    this.#onTrouble = onTrouble;
    this.#onTip = onTip;
    this.#onStale = onStale;
    this.#log = new HeadLog(clone);
    this.#files = new FollowFiles(clone);
  }

  /**
   * The commit that index and work tree were last brought to, followed by those before it from the last few moments.
   * A git process that a person started then may still be using the older index, and write it back.
   */
  async followed(): Promise<readonly (string | null)[]> {
    this.#mark ??= await this.#files.readMark();
    this.#earlier = this.#earlier.filter(({ until }) => until > Date.now());
    return [this.#mark.commit, ...this.#earlier.map(({ commit }) => commit)];
  }

  /** Follows after a pause in the captures, and at most two seconds after the first of a series. */
  afterCapture(): void {
    this.soon(CAPTURED_QUIET_MS);
  }

  /** Follows in a moment. Further calls postpone it, by two seconds at most. */
  soon(pause = QUIET_MS): void {
    if (this.#closed) return;
    const now = Date.now();
    if (this.#timer === undefined) this.#since = now;
    clearTimeout(this.#timer);
    const delay = Math.max(0, Math.min(pause, this.#since + AT_LATEST_MS - now));
    this.#timer = setTimeout(() => void this.now(), delay);
  }

  /** Follows now. Resolves when that is done or was postponed. */
  now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    clearTimeout(this.#retry);
    this.#running = this.#running
      .then(() => this.#followHere())
      .then(
        () => {
          this.#retryPause = RETRY_MS;
        },
        (error: unknown) => this.#failed(error),
      );
    return this.#running;
  }

  async close(): Promise<void> {
    await this.now();
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#retry);
  }

  #failed(error: unknown): void {
    this.#onTrouble(error);
    if (this.#closed) return;
    this.#retry = setTimeout(() => void this.now(), this.#retryPause);
    this.#retryPause = Math.min(2 * this.#retryPause, LONGEST_RETRY_MS);
  }

  /** A person may take the clone away, or put another one in its place, even while it is followed. */
  async #followHere(): Promise<void> {
    try {
      if (await isHere(this.#clone.git)) return await this.#follow();
    } catch (error) {
      if (await isHere(this.#clone.git)) throw error;
    }
    this.#mark = undefined;
  }

  async #follow(): Promise<void> {
    const { git, settings, tip } = this.#clone;
    if (tip === null) return;
    if (tip !== this.#announcedTip) await this.#onTip(tip);
    this.#announcedTip = tip;
    // A person may hold the index for as long as they are writing a commit message. There is no point in asking git
    // until then.
    if (await this.#files.isIndexHeld()) return this.soon(LOCKED_MS);
    this.#mark ??= await this.#files.readMark();
    // Without an index, git thinks that every file was deleted. Nothing can follow, or be finished, until there is
    // one again.
    const isLost = this.#mark.commit !== null && !(await this.#files.hasIndex());
    if (isLost && !(await this.#restoreIndex(this.#mark.commit))) return;
    if (this.#mark.towards !== undefined && !(await this.#finish(this.#mark))) return this.soon(LOCKED_MS);
    if (!(await isCheckedOut(git, settings.branch))) return;
    const operation = await this.#log.lastOperation();
    const isNew = operation.name !== this.#mark.operation && operation.commit !== '';
    const isDoubtful = isNew || isLost || !this.#isJudged;
    if (!isDoubtful && this.#mark.commit === tip) return;
    const isMoved = async () => (await resolveIn(this.#clone, branchRef(this.#clone))) !== tip;
    // Someone has moved the branch and we have not noticed yet. Following what we know would undo their move.
    if (await isMoved()) return this.#onStale();
    if (isNew && !(await isAncestor(git, operation.commit, tip))) return this.#waitFor(operation, tip);
    // Journals are compared with the commit that was followed, never with a later one. An index ahead of the mark
    // would look like a person's change to the next follow.
    if (!isNew && this.#mark.commit === tip) return this.#judgeOrRetry(tip);
    const before = this.#mark;
    if (isNew && !(await this.#catchUpWith(before, operation.commit))) return this.soon(LOCKED_MS);
    const from = isNew ? { commit: operation.commit, operation: operation.name } : before;
    // Even if this follow is cut off, or has to wait, the next one still judges the journals.
    this.#isJudged &&= !isDoubtful;
    await this.#writeMark({ ...from, towards: tip });
    const { outcome } = await followBranch(git, settings.branch, from.commit, tip);
    // Index and work tree stay where they have just been caught up to, and no longer at the commit before that.
    if (outcome === 'locked' || outcome === 'elsewhere') await this.#writeMark(from);
    else await this.#followed(before.commit, { commit: tip, operation: operation.name });
    if (outcome === 'locked') return this.soon(LOCKED_MS);
    // Journals that were already stale block following just like those a person has changed, although nobody changed
    // them.
    if (outcome === 'partly' || isDoubtful) await this.#judgeOrRetry(tip);
  }

  async #judgeOrRetry(tip: string): Promise<void> {
    if (!(await this.#judge(tip))) this.soon(LOCKED_MS);
  }

  /**
   * Updates journals in the work tree that missed changes of the branch. Resolves to false if that has to wait for
   * another git process.
   */
  async #judge(tip: string): Promise<boolean> {
    const { git } = this.#clone;
    this.#isJudged = !(await isOwnWorkTree(git)) || (await updateStale(git, JOURNAL_FOLDER, tip));
    return this.#isJudged;
  }

  /** Resolves to whether the lost index has been restored. If not, schedules another attempt. */
  async #restoreIndex(commit: string | null): Promise<boolean> {
    const { git, settings } = this.#clone;
    if (commit === null || !(await isCheckedOut(git, settings.branch)) || !(await isOwnWorkTree(git)))
      return false;
    const isRestored = await restoreIndex(git, commit);
    if (!isRestored) this.soon(LOCKED_MS);
    return isRestored;
  }

  /** Looks again for journals in the work tree that are behind the branch, and follows. */
  again(): Promise<void> {
    this.#isJudged = false;
    return this.now();
  }

  /**
   * Finishes a follow that was interrupted: parts of index and work tree are at the older commit, others at the newer
   * one. Resolves to false if that has to wait for another git process, possibly one of ours that survived us.
   */
  async #finish({ commit, operation, towards, oursOnly }: FollowMark): Promise<boolean> {
    const { git, settings } = this.#clone;
    if (towards === undefined || (await resolveIn(this.#clone, towards)) === null) {
      await this.#writeMark({ commit, operation });
      return true;
    }
    if (!(await repairInterrupted(git, settings.branch, commit, towards))) return false;
    const concerns = await this.#concerns(operation, oursOnly);
    const { outcome } = await followPathByPath(git, settings.branch, commit, towards, concerns);
    if (outcome === 'locked') return false;
    await this.#writeMark({ commit: outcome === 'elsewhere' ? commit : towards, operation });
    return true;
  }

  /**
   * HEAD's log is written a moment before the branch moves. If the entry still has nothing to do with our branch
   * after several waits, it is something a person did, and is left alone.
   */
  async #waitFor(operation: Operation, tip: string): Promise<void> {
    this.#waits = this.#waited === operation.name ? this.#waits + 1 : 1;
    this.#waited = operation.name;
    if (this.#waits <= MOST_WAITS) return this.soon(LOCKED_MS);
    await this.#writeMark({ commit: tip, operation: operation.name });
  }

  /**
   * When a person commits only some files, the rest of the index stays where it was. What we had not brought to the
   * index by then still has to follow. This does not apply after a reset, since the index is then as the person wants
   * it. Resolves to false if another git process holds the index.
   */
  async #catchUpWith(mark: FollowMark, commit: string): Promise<boolean> {
    const { git, settings } = this.#clone;
    const from = mark.commit;
    if (from === commit) return true;
    if (
      from !== null &&
      ((await resolveIn(this.#clone, from)) === null || !(await isAncestor(git, from, commit)))
    )
      return true;
    // If nothing was followed yet, a person made the rest of the index.
    const oursOnly = from === null;
    await this.#writeMark({ ...mark, towards: commit, ...(oursOnly ? { oursOnly } : {}) });
    const concerns = await this.#concerns(mark.operation, oursOnly);
    const { outcome } = await followPathByPath(git, settings.branch, from, commit, concerns);
    if (outcome === 'locked') await this.#writeMark(mark);
    return outcome !== 'locked';
  }

  /**
   * Selects the changes that index and work tree may lack because we have not brought them there yet, and not because
   * a person removed them.
   */
  async #concerns(since: string, oursOnly = false): Promise<(change: TreeChange) => boolean> {
    if (oursOnly) return broughtByUs(this.#clone);
    const isPersons = await broughtByPerson(this.#clone, since);
    return (change) => !isPersons(change);
  }

  async #followed(before: string | null, mark: FollowMark): Promise<void> {
    if (before !== mark.commit) {
      this.#earlier = [{ commit: before, until: Date.now() + EARLIER_MS }, ...this.#earlier];
    }
    await this.#writeMark(mark);
    await this.#letGoOfSyncMoves(mark.commit);
  }

  /** Changes that a sync brought are still treated as such for a few moments after they were followed. */
  async #letGoOfSyncMoves(followed: string | null): Promise<void> {
    const clone = this.#clone;
    const ended = new Set<SyncMove>();
    for (const move of clone.syncMoves) {
      if (move.until !== undefined || followed === null) continue;
      if (await isAncestor(clone.git, move.to, followed)) ended.add(move);
    }
    const until = Date.now() + EARLIER_MS;
    const moves = clone.syncMoves.map((move) => (ended.has(move) ? { ...move, until } : move));
    clone.keepSyncMoves(moves.filter((move) => move.until === undefined || move.until > Date.now()));
  }

  async #writeMark(mark: FollowMark): Promise<void> {
    await this.#files.writeMark(mark);
    this.#mark = mark;
  }
}
