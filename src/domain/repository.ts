/** What a sync of one repository can fail with. */
export const SYNC_FAILURES = [
  'offline',
  'unauthorized',
  'not-found',
  'rejected',
  'conflicted',
  'rewritten',
  'failed',
] as const;
export type SyncFailure = (typeof SYNC_FAILURES)[number];

/** What a sync is for. A push fetches and merges first, as a pull does, and then sends. */
export type SyncGoal = 'pull' | 'push';

export type SyncStatus = 'pushed' | 'pulled' | 'up-to-date' | SyncFailure;

/** What went wrong between us and a remote, and what to do, as text for a person. */
export interface Trouble {
  readonly status: SyncFailure;
  readonly detail: string;
  readonly action: string;
  /** The places that a remote objects to, if it names any. */
  readonly places?: readonly Place[];
}

/** A line of a file that a remote names. Without a commit, it is in the tip. */
export interface Place {
  readonly commit: string | null;
  readonly path: string;
  readonly line: number;
}

/** The branch of a clone that nobody named another one for. */
export const DEFAULT_BRANCH = 'main';

/** A repository: the name of its clone and the address of its remote. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** Whether the remote is a bare repository of the app's own. The app creates it, and recreates it if it is gone. */
  readonly own: boolean;
}

/** Whether a repository is waiting for a person. What is captured is kept but does not reach its remote. */
export const needsPerson = ({ state }: { readonly state: string }): boolean =>
  state !== 'ready' && state !== 'cloning';

export const isFailure = (status: SyncStatus): status is SyncFailure =>
  status !== 'pushed' && status !== 'pulled' && status !== 'up-to-date';
