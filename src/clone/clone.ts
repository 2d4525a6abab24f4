import { type Held, Mutex } from '../async/mutex.ts';
import { BlobReader } from '../git/blobs.ts';
import type { CloneSettings } from '../git/clone.ts';
import { type Identity, Importer, type NewCommit } from '../git/importer.ts';
import { isSurelyAbsent, RefMover, resolve } from '../git/refs.ts';
import type { GitContext } from '../git/run.ts';
import { Segments } from './segments.ts';

/** A move of the branch by a sync, which index and work tree may not have followed yet. */
export interface SyncMove {
  readonly from: string | null;
  readonly to: string;
  /** When it can be forgotten, in milliseconds since 1970: set once it was followed, since a git of then may still run. */
  readonly until?: number;
}

const NO_SETTINGS: CloneSettings = {
  device: '',
  branch: 'main',
  branchGiven: false,
  contacted: false,
  lastSync: null,
};

/**
 * One clone, as everything that works in it shares it. What concerns its branch changes only under `mutex`: those methods
 * ask for the token that it hands out. All that is known here is also in the clone itself, and is read again at a start.
 */
export class Clone {
  readonly name: string;
  readonly git: GitContext;
  readonly identity: Identity;
  readonly blobs: BlobReader;
  readonly importer: Importer;
  readonly mover: RefMover;
  /** Held by everything that moves the branch, or that notes in the mirror where it is. */
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

  /** A string that no other clone in its folder has; `undefined` until it is open. */
  get incarnation(): string | undefined {
    return this.#incarnation;
  }

  /** The commit of the branch that we know of; `null` if the branch has none. */
  get tip(): string | null {
    return this.#tip;
  }

  /** Whether nothing may be written, because a folder of ours is a link or a file at the tip. */
  get isUnsafe(): boolean {
    return this.#isUnsafe;
  }

  /** The commit of the remote's branch, as it was when we last heard of it. */
  get remoteTip(): string | null {
    return this.#remoteTip;
  }

  /** The commits that the branch has and the remote's branch lacks. Without a remote branch they are not listed. */
  get unpushed(): ReadonlySet<string> {
    return this.#unpushed;
  }

  get syncMoves(): readonly SyncMove[] {
    return this.#syncMoves;
  }

  /** It is open. No other clone that is put into its folder has this string. */
  opened(incarnation: string | undefined): void {
    this.#incarnation = incarnation;
  }

  /** Takes settings that the clone's git config has by now. Another branch or device changes where lines go. */
  configured(_held: Held, settings: Partial<CloneSettings>): void {
    const before = this.#settings;
    this.#settings = { ...before, ...settings };
    if (this.#settings.branch !== before.branch) void this.mover.close();
    if (this.#settings.device !== before.device) this.#segments = undefined;
  }

  /** A sync went well, at an ISO time. */
  synced(lastSync: string): void {
    this.#settings = { ...this.#settings, lastSync };
  }

  /** The branch is at another commit, by whomever. */
  movedTo(_held: Held, tip: string | null, isUnsafe: boolean): void {
    this.#tip = tip;
    this.#isUnsafe = isUnsafe;
    this.#segments = undefined;
  }

  /** The branch was moved to the last of these commits, which made changes that were appended to {@link segmentsOn}. */
  captured(_held: Held, commits: readonly string[], changes: readonly NewCommit[]): void {
    const tip = commits.at(-1);
    if (tip === undefined) return;
    this.#tip = tip;
    this.#segments?.committed(tip, changes);
    this.noteUnpushed(commits);
  }

  /** Commits of ours that the remote has not heard of yet. */
  noteUnpushed(commits: readonly string[]): void {
    for (const commit of commits) this.#unpushed.add(commit);
  }

  /** The remote's branch was looked at. */
  remoteAt(tip: string | null, unpushed: Iterable<string>): void {
    this.#remoteTip = tip;
    this.#unpushed = new Set(unpushed);
  }

  /** A sync has moved the branch, or did in a run of this program that was cut off. */
  syncMoved(_held: Held, move: SyncMove): void {
    this.#syncMoves = [...this.#syncMoves, move];
  }

  /** Keeps those moves that index and work tree still have to follow, or have followed a moment ago. */
  keepSyncMoves(moves: readonly SyncMove[]): void {
    this.#syncMoves = moves;
  }

  /** Where this device's next lines go, on top of a commit. They are kept until {@link forgetSegments}. */
  async segmentsOn(_held: Held, commit: string | null): Promise<Segments> {
    this.#segments ??= await Segments.at(this, commit);
    return this.#segments;
  }

  /** What was appended did not become a commit of the branch. */
  forgetSegments(_held: Held): void {
    this.#segments = undefined;
  }
}

export const branchRef = (clone: Pick<Clone, 'settings'>): string => `refs/heads/${clone.settings.branch}`;

export const trackingRef = (clone: Pick<Clone, 'settings'>): string =>
  `refs/remotes/origin/${clone.settings.branch}`;

/**
 * The id of the commit that a full name of a ref, or an id, names; `null` if there is none. The git that stays running is
 * asked first. So much follows from there being none that it is not believed alone: the files of the clone must say so
 * too, or a git that is started for the question.
 */
export async function resolveIn(
  { git, blobs }: Pick<Clone, 'git' | 'blobs'>,
  name: string,
): Promise<string | null> {
  const found = await blobs.commitOf(name);
  if (found !== null || (await isSurelyAbsent(git, name))) return found;
  return resolve(git, name);
}
