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

export type SyncStatus = 'pushed' | 'pulled' | 'up-to-date' | SyncFailure;

/** What went wrong between us and a remote, in words: what happened and what to do. */
export interface Trouble {
  readonly status: SyncFailure;
  readonly detail: string;
  readonly action: string;
  /** The places that a remote objects to, if it names any. */
  readonly places?: readonly Place[];
}

/** A line of a file, as a remote names it; without a commit it is the one of the tip. */
export interface Place {
  readonly commit: string | null;
  readonly path: string;
  readonly line: number;
}

/** A repository to keep: the name of its clone and where its remote is. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** Whether the remote is a bare repository of the app's own, which it makes and makes again. */
  readonly own: boolean;
}

/** Whether a repository waits for a person: what is written is kept, and does not reach its remote. */
export const needsPerson = ({ state }: { readonly state: string }): boolean =>
  state !== 'ready' && state !== 'cloning';

export const isFailure = (status: SyncStatus): status is SyncFailure =>
  status !== 'pushed' && status !== 'pulled' && status !== 'up-to-date';
