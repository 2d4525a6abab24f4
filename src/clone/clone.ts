import type { Mutex } from '../async/mutex.ts';
import type { BlobReader } from '../git/blobs.ts';
import type { CloneSettings } from '../git/clone.ts';
import type { Identity, Importer } from '../git/importer.ts';
import { type BranchMover, resolve } from '../git/refs.ts';
import type { GitContext } from '../git/run.ts';
import type { Segments } from './segments.ts';

/** A move of the branch by a sync. */
export interface Joined {
  readonly from: string | null;
  readonly to: string;
  /** Once index and work tree have followed: until when a git may still go by what they were before. */
  readonly until?: number;
}

/** One clone as all flows share it. Whoever moves its branch, or tells the mirror of it, holds `mutex`. */
export interface Clone {
  readonly name: string;
  readonly git: GitContext;
  readonly identity: Identity;
  readonly blobs: BlobReader;
  readonly importer: Importer;
  readonly mover: BranchMover;
  readonly mutex: Mutex;
  settings: CloneSettings;
  /** Tells it from another clone in its folder; `undefined` until it is open. */
  incarnation: string | undefined;
  /** The commit of the branch that the mirror agrees with. */
  tip: string | null;
  /** The commit of the remote's branch, as it was when we last heard of it. */
  remoteTip: string | null;
  /** The commits that the branch has and the remote's branch does not; of no use where there is no remote branch. */
  unpushed: Set<string>;
  /** Whether `messages` is something that must not be written below. */
  unsafe: boolean;
  /** What syncs have brought onto the branch that index and work tree may not have followed yet. */
  joined: readonly Joined[];
  /** Where the next line goes; read anew after the branch was moved by anybody else. */
  segments: Segments | undefined;
}

export const branchRef = (clone: Pick<Clone, 'settings'>): string => `refs/heads/${clone.settings.branch}`;

export const trackingRef = (clone: Pick<Clone, 'settings'>): string =>
  `refs/remotes/origin/${clone.settings.branch}`;

/**
 * The id of the commit that a full name of a ref, or an id, stands for; `null` where there is none. Asked of the git that
 * stays; but that there is none, where so much follows from it, only a git that is started for it is believed.
 */
export const resolveIn = async (clone: Pick<Clone, 'git' | 'blobs'>, name: string): Promise<string | null> =>
  (await clone.blobs.commitOf(name)) ?? resolve(clone.git, name);
