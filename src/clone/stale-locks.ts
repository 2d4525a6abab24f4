import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CloneProblem } from '../contract/repository.ts';
import {
  findLocks,
  type GitFolders,
  gitFolders,
  isOtherGitAtWork,
  type Lock,
  removeLock,
} from '../git/locks.ts';
import { makeFolder } from '../git/paths.ts';
import type { GitContext } from '../git/run.ts';
import { FOLLOW_MARK, readFollowMark } from './follow-mark.ts';
import { type Holder, isAlive, ownHolder } from './holder.ts';

/** How long a lock may exist before it is reported, in milliseconds. git needs one for milliseconds. */
export interface LockPatience {
  readonly report: number;
  /** How long a lock that nobody holds must stay unchanged before it counts as left over. */
  readonly remove: number;
  /** The interval between two checks. */
  readonly interval: number;
}

export const LOCK_PATIENCE: LockPatience = { report: 2000, remove: 180_000, interval: 15_000 };

/** How much time the git processes of a killed gitpost get to finish on their own. */
const ORPHANS_MS = 2000;

// Says that a gitpost is working in the clone. The file remains if that process was killed.
const RUNNING = 'gitpost/running.json';

interface Seen {
  readonly lock: Lock;
  readonly since: number;
}

/**
 * The content of {@link RUNNING}: which process works in the clone, if any, and since when there may be locks of a
 * killed one.
 */
interface Running {
  readonly holder?: Holder;
  readonly since?: number;
}

/** The period in which a killed gitpost may have left locks behind, by the file system's clock. */
interface LeftBehind {
  readonly since: number;
  readonly until: number;
  /**
   * Whether it was writing index and work tree. People lock the index too, for as long as they write a commit
   * message.
   */
  readonly wasFollowing: boolean;
}

/**
 * The lock files that killed git processes leave behind in a clone and in the app's own bare repository next to it.
 * Our own are removed at the next start, or once the git processes that outlived us are done. Any other may belong to
 * a person, whose editor may be open for hours: it is reported, and removed after some minutes without a change in
 * which no git was running there.
 */
export class StaleLocks {
  readonly #clone: GitContext;
  /** The app's own bare repository, if that is the remote. */
  readonly #bare: string | undefined;
  readonly #patience: LockPatience;
  readonly #seen = new Map<string, Seen>();
  #folders: GitFolders | undefined;
  #left: LeftBehind | undefined;
  #problems: readonly CloneProblem[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(clone: GitContext, bare: string | undefined, patience: LockPatience) {
    this.#clone = clone;
    this.#bare = bare;
    this.#patience = patience;
  }

  /** The locks found in the way by the last check. */
  get problems(): readonly CloneProblem[] {
    return this.#problems;
  }

  /** Starts working in the clone. First removes what a killed gitpost left there. */
  async takeUp(onFreed: () => void, onTrouble: (error: unknown) => void): Promise<void> {
    this.#folders = await gitFolders(this.#clone);
    const file = join(this.#folders.own, RUNNING);
    const since = await cutOff(file);
    const wasFollowing = await this.#wasFollowing();
    const left = since === undefined ? undefined : { since, until: Number.POSITIVE_INFINITY, wasFollowing };
    const isLeft = left && !(await this.#removeLeft(left));
    await makeFolder(dirname(file));
    const running: Running = { holder: await ownHolder(), ...(isLeft ? { since: left.since } : {}) };
    await writeFile(file, JSON.stringify(running));
    this.#left = isLeft ? { ...left, until: (await stat(file)).mtimeMs } : undefined;
    this.#timer = setInterval(() => {
      this.sweep().then((freed) => freed && onFreed(), onTrouble);
    }, this.#patience.interval);
    this.#timer.unref();
  }

  /** A git process of ours was killed. The locks made since it started (ms since 1970) may be its own. */
  cutOff(since: number): void {
    const wasFollowing = this.#left?.wasFollowing ?? false;
    this.#left = { since: Math.min(since, this.#left?.since ?? since), until: Date.now(), wasFollowing };
  }

  /** Stops working in the clone, in an orderly way. Locks that could not be removed yet are left to the next start. */
  async layDown(): Promise<void> {
    clearInterval(this.#timer);
    if (!this.#folders) return;
    const file = join(this.#folders.own, RUNNING);
    if (this.#left === undefined) return rm(file, { force: true });
    const running: Running = { since: this.#left.since };
    await writeFile(file, JSON.stringify(running));
  }

  /** Checks for locks that stay, and removes those that turn out to be left over. Returns whether any was removed. */
  async sweep(): Promise<boolean> {
    const now = performance.now();
    const found = await this.#find();
    const atWork = found.length > 0 && (await this.#isOtherAtWork());
    const standing: Seen[] = [];
    for (const lock of found) {
      const known = this.#seen.get(lock.path);
      const isSame = known !== undefined && known.lock.identity === lock.identity;
      standing.push(isSame ? known : { lock, since: now });
    }
    this.#seen.clear();
    let freed = false;
    for (const seen of standing) {
      const age = now - seen.since;
      const isDue = age >= this.#patience.remove || isLeftBehind(seen.lock, this.#left);
      if (atWork === false && isDue) freed = (await removeLock(seen.lock)) || freed;
      else this.#seen.set(seen.lock.path, seen);
    }
    if (atWork === false) this.#left = undefined;
    this.#problems = [...this.#seen.values()]
      .filter(({ since }) => now - since >= this.#patience.report)
      .map(({ lock }) => this.#toProblem(lock, atWork));
    return freed;
  }

  /**
   * Removes the locks left by git processes of the previous gitpost. Returns false if such a process is still
   * running.
   */
  async #removeLeft(left: LeftBehind): Promise<boolean> {
    if (!(await this.#waitForOrphans())) return false;
    for (const lock of await this.#find()) if (isLeftBehind(lock, left)) await removeLock(lock);
    return true;
  }

  /**
   * Waits until no git is running in the clone, so none that outlived its gitpost changes index or refs under us. If
   * the system does not reveal that, it waits the full time if there are locks. Resolves to false if one keeps
   * running.
   */
  async #waitForOrphans(): Promise<boolean> {
    const deadline = performance.now() + ORPHANS_MS;
    while (performance.now() < deadline) {
      const atWork = await this.#isOtherAtWork();
      if (atWork === false || (atWork === undefined && (await this.#find()).length === 0)) return true;
      await delay(50);
    }
    return (await this.#isOtherAtWork()) !== true;
  }

  /** We lock the index only while following the branch. */
  async #wasFollowing(): Promise<boolean> {
    const { own } = this.#folders as GitFolders;
    return (await readFollowMark(join(own, FOLLOW_MARK))).towards !== undefined;
  }

  async #find(): Promise<Lock[]> {
    const bare = this.#bare === undefined ? [] : [{ own: this.#bare, common: this.#bare }];
    const folders = this.#folders === undefined ? bare : [this.#folders, ...bare];
    return (await Promise.all(folders.map(findLocks))).flat();
  }

  async #isOtherAtWork(): Promise<boolean | undefined> {
    const places = [this.#clone.directory, ...(this.#bare === undefined ? [] : [this.#bare])];
    const atWork = await Promise.all(places.map(isOtherGitAtWork));
    return atWork.includes(true) ? true : atWork.includes(undefined) ? undefined : false;
  }

  #toProblem({ path }: Lock, atWork: boolean | undefined): CloneProblem {
    const inside = relative(this.#clone.directory, path);
    const minutes = Math.ceil(this.#patience.remove / 60_000);
    const remedy =
      atWork === undefined
        ? 'If no git process is using the clone, delete it.'
        : `If no git process is using the clone, it is removed within ${minutes + 1} minutes.`;
    return {
      file: inside.startsWith('..') ? path : inside,
      line: null,
      reason: `is a lock: another git process is writing, or was killed while it was. What was captured is safe. ${remedy}`,
    };
  }
}

const isLeftBehind = ({ path, changedAt }: Lock, left: LeftBehind | undefined): boolean =>
  left !== undefined &&
  changedAt >= left.since &&
  changedAt < left.until &&
  (left.wasFollowing || basename(path) !== 'index.lock');

/** The earliest time at which a gitpost worked here that did not end properly; `undefined` if there was none. */
async function cutOff(file: string): Promise<number | undefined> {
  const since = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  if (since === undefined) return undefined;
  const running = await readFile(file, 'utf8')
    .then((json) => JSON.parse(json) as Running)
    .catch(() => undefined);
  if (running?.holder && (await isAlive(running.holder))) return undefined;
  return Math.min(since, running?.since ?? since);
}
