import { type Held, Mutex } from '../async/mutex.ts';
import { DEFAULT_BRANCH } from '../domain/repository.ts';
import { BlobReader } from '../git/blobs.ts';
import type { CloneSettings } from '../git/clone.ts';
import { type Identity, Importer, type NewCommit } from '../git/importer.ts';
import { RefMover } from '../git/ref-mover.ts';
import { isSurelyAbsent, resolve } from '../git/refs.ts';
import type { GitContext } from '../git/run.ts';
import { Segments } from './segments.ts';

/** A move of the branch by a sync. Index and work tree may not have followed it yet. */
export interface SyncMove {
  readonly from: string | null;
  readonly to: string;
  /**
   * When it can be forgotten, in milliseconds since 1970. Set once it was followed, since a git process started
   * before that may still be running.
   */
  readonly until?: number;
}

const NO_SETTINGS: CloneSettings = {
  device: '',
  branch: DEFAULT_BRANCH,
  branchGiven: false,
  contacted: false,
  lastSync: null,
};

/**
 * One clone, shared by everything that works in it. State that concerns its branch only changes under `mutex`: those
 * methods require the token that the mutex hands out. Everything known here is also stored in the clone itself, and
 * is read again at a start.
 */
export class Clone {
  readonly name: string;
  readonly git: GitContext;
  readonly identity: Identity;
  readonly blobs: BlobReader;
  readonly importer: Importer;
  readonly mover: RefMover;
  /** Held by everything that moves the branch or records its position in the mirror. */
  readonly mutex = new Mutex();
  #settings = NO_SETTINGS;
  #incarnation: string | undefined;
  #tip: string | null = null;
  #isUnsafe = false;
  #remoteTip: string | null = null;
  #unpushed = new Set<string>();
  #syncMoves: readonly SyncMove[] = [];
  #segments: Segments | undefined;

  constructor(name: string, git: GitContext, identity: Identity) {
    this.name = name;
    this.git = git;
    this.identity = identity;
    this.blobs = new BlobReader(git);
    this.importer = new Importer(git, identity, this.blobs);
    this.mover = new RefMover(git);
  }

  get settings(): CloneSettings {
    return this.#settings;
  }

  /** A string that no other clone in its folder has; `undefined` until the clone is open. */
  get incarnation(): string | undefined {
    return this.#incarnation;
  }

  /** The branch's commit as far as we know; `null` if the branch has none. */
  get tip(): string | null {
    return this.#tip;
  }

  /** Whether nothing may be written, because a folder of ours is a link or a file at the tip. */
  get isUnsafe(): boolean {
    return this.#isUnsafe;
  }

  /** The commit of the remote's branch when we last heard of it. */
  get remoteTip(): string | null {
    return this.#remoteTip;
  }

  /** The commits of our branch that the remote's branch lacks. They are not listed if there is no remote branch. */
  get unpushed(): ReadonlySet<string> {
    return this.#unpushed;
  }

  get syncMoves(): readonly SyncMove[] {
    return this.#syncMoves;
  }

  /** The clone is open. No other clone put into its folder has this string. */
  opened(incarnation: string | undefined): void {
    this.#incarnation = incarnation;
  }

  /**
   * Takes over settings that are already in the clone's git config. A different branch or device changes where lines
   * go.
   */
  configured(_held: Held, settings: Partial<CloneSettings>): void {
    const before = this.#settings;
    this.#settings = { ...before, ...settings };
    if (this.#settings.branch !== before.branch) void this.mover.close();
    if (this.#settings.device !== before.device) this.#segments = undefined;
  }

  /** A sync succeeded, at an ISO time. */
  synced(lastSync: string): void {
    this.#settings = { ...this.#settings, lastSync };
  }

  /** The branch is at another commit. It does not matter who moved it. */
  movedTo(_held: Held, tip: string | null, isUnsafe: boolean): void {
    this.#tip = tip;
    this.#isUnsafe = isUnsafe;
    this.#segments = undefined;
  }

  /** The branch was moved to the last of these commits. Their changes were appended to {@link segmentsOn}. */
  captured(_held: Held, commits: readonly string[], changes: readonly NewCommit[]): void {
    const tip = commits.at(-1);
    if (tip === undefined) return;
    this.#tip = tip;
    this.#segments?.committed(tip, changes);
    this.noteUnpushed(commits);
  }

  /** Adds commits of ours that the remote does not have yet. */
  noteUnpushed(commits: readonly string[]): void {
    for (const commit of commits) this.#unpushed.add(commit);
  }

  /** The position of the remote's branch was read. */
  remoteAt(tip: string | null, unpushed: Iterable<string>): void {
    this.#remoteTip = tip;
    this.#unpushed = new Set(unpushed);
  }

  /** A sync has moved the branch, or did so in an earlier run of this program that was interrupted. */
  syncMoved(_held: Held, move: SyncMove): void {
    this.#syncMoves = [...this.#syncMoves, move];
  }

  /** Keeps the moves that index and work tree still have to follow, or followed only a moment ago. */
  keepSyncMoves(moves: readonly SyncMove[]): void {
    this.#syncMoves = moves;
  }

  /** Where this device's next lines go, on top of a commit. The result is kept until {@link forgetSegments}. */
  async segmentsOn(_held: Held, commit: string | null): Promise<Segments> {
    this.#segments ??= await Segments.at(this, commit);
    return this.#segments;
  }

  /** Drops the segments, because what was appended did not become a commit of the branch. */
  forgetSegments(_held: Held): void {
    this.#segments = undefined;
  }
}

export const branchRef = (clone: Pick<Clone, 'settings'>): string => `refs/heads/${clone.settings.branch}`;

export const trackingRef = (clone: Pick<Clone, 'settings'>): string =>
  `refs/remotes/origin/${clone.settings.branch}`;

/**
 * The id of the commit that a full ref name or an id names; `null` if there is none. The long-lived git process is
 * asked first. Since a lot depends on a `null`, it is not believed on its own: either the files of the clone must
 * confirm it, or a newly started git process.
 */
export async function resolveIn(
  { git, blobs }: Pick<Clone, 'git' | 'blobs'>,
  name: string,
): Promise<string | null> {
  const found = await blobs.commitOf(name);
  if (found !== null || (await isSurelyAbsent(git, name))) return found;
  return resolve(git, name);
}
