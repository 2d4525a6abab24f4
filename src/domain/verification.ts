/**
 * How much a finding means: `wrong` needs a person, since something is not as it must be; `notice` is worth knowing and
 * no defect.
 */
export type Severity = 'wrong' | 'notice';

/** What a verification can find. docs/verify.md says what each means. */
export type FindingKind =
  | 'clone-missing'
  | 'clone-broken'
  | 'object-unusual'
  | 'line-unreadable'
  | 'line-newer'
  | 'line-twice'
  | 'line-gone'
  | 'journal-astray'
  | 'parent-missing'
  | 'mirror-absent'
  | 'mirror-damaged'
  | 'mirror-behind'
  | 'mirror-lacks'
  | 'mirror-extra'
  | 'mirror-commit'
  | 'mirror-count'
  | 'remote-offline'
  | 'remote-refuses'
  | 'remote-ahead'
  | 'remote-behind'
  | 'lock-left'
  | 'uncommitted'
  | 'not-followed'
  | 'rewritten'
  | 'unsafe'
  | 'sync-failed';

/** One thing that does not agree, or that a person should know of. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** What is the case, and what to do about it. */
  readonly detail: string;
  readonly action: string;
  readonly file?: string;
  readonly line?: number;
  /** The id of the message that it is about. */
  readonly id?: string;
  readonly commit?: string;
}

/** What one repository was found to be. */
export interface RepositoryVerification {
  readonly name: string;
  readonly url: string;
  readonly branch: string;
  /** The commit of the branch that everything was held against. */
  readonly head: string | null;
  /** Where the remote says that its branch is; `null` where it has none or was out of reach. */
  readonly remoteHead: string | null;
  /** How many messages the branch holds, deleted ones too, and how many different lines. */
  readonly messages: number;
  readonly lines: number;
  readonly commits: number;
  readonly ahead: number;
  readonly behind: number;
  /** How many messages have lines that the remote's branch does not have, as far as we have heard. */
  readonly unpushed: number;
  readonly findings: readonly Finding[];
  /** How many more findings there are than are listed. */
  readonly omitted: number;
}

export interface Verification {
  readonly status: 'ok' | 'wrong';
  readonly milliseconds: number;
  readonly repositories: readonly RepositoryVerification[];
  readonly mirror: {
    /** How many messages it holds, deleted ones too. */
    readonly messages: number;
    readonly findings: readonly Finding[];
    readonly omitted: number;
  };
}
