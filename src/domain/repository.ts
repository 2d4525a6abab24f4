/** What a sync of one repository can come to. */
export type SyncStatus =
  | 'pushed'
  | 'pulled'
  | 'up-to-date'
  | 'offline'
  | 'unauthorized'
  | 'not-found'
  | 'rejected'
  | 'conflicted'
  | 'rewritten'
  | 'failed';

export type SyncFailure = Exclude<SyncStatus, 'pushed' | 'pulled' | 'up-to-date'>;

export type RepositoryState = 'cloning' | 'ready' | 'unsafe' | SyncFailure;

/** What went wrong between us and a remote, in words: what happened and what to do. */
export interface Trouble {
  readonly status: SyncFailure;
  readonly detail: string;
  readonly action: string;
  /** What a remote objects to, where it names the places. */
  readonly places?: readonly Place[];
}

/** A line of a file, as a remote names it; without a commit it is the one of the tip. */
export interface Place {
  readonly commit: string | null;
  readonly path: string;
  readonly line: number;
}

export interface SyncResult {
  readonly repository: string;
  readonly status: SyncStatus;
  /** How many messages reached the remote, or came from it. */
  readonly pushed: number;
  readonly pulled: number;
  readonly head: string | null;
  readonly detail: string;
  readonly action: string;
}

/** Something in a clone that needs a person's eye: an unreadable line, or an uncommitted change. */
export interface Problem {
  readonly file: string;
  readonly line: number | null;
  readonly reason: string;
}

/** How large a repository has become; each is `null` until it was counted. */
export interface Growth {
  readonly commits: number | null;
  readonly files: number | null;
  /** Bytes that the objects of git take on this disk. */
  readonly size: number | null;
}

export interface RepositoryStatus extends Growth {
  readonly name: string;
  readonly url: string;
  /** Where a browser shows it on GitHub; `null` where it is elsewhere. */
  readonly github: string | null;
  readonly branch: string;
  readonly primary: boolean;
  readonly messages: number;
  readonly ahead: number;
  readonly behind: number;
  readonly head: string | null;
  readonly remoteHead: string | null;
  readonly state: RepositoryState;
  readonly lastSync: string | null;
  readonly problems: readonly Problem[];
  readonly error: { readonly detail: string; readonly action: string } | null;
}

/** A repository to keep: the name of its clone and where its remote is. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** Whether the remote is a bare repository of the app's own, which it makes and makes again. */
  readonly own: boolean;
}

/** Whether a repository waits for a person: what is written is kept, and does not reach its remote. */
export const needsPerson = ({ state }: RepositoryStatus): boolean => state !== 'ready' && state !== 'cloning';

export const isFailure = (status: SyncStatus): status is SyncFailure =>
  status !== 'pushed' && status !== 'pulled' && status !== 'up-to-date';
