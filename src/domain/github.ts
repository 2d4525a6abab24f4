/** Why GitHub's API did not do what was asked. `off`: there is none to ask. */
export type GithubRefusal =
  | 'off'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'refused'
  | 'limited'
  | 'offline'
  | 'failed';

/** Something for a person to know: what it is, and what to do. */
export interface Advice {
  readonly detail: string;
  readonly action: string;
}

export interface GithubTrouble extends Advice {
  readonly kind: GithubRefusal;
  /** Seconds after which GitHub may be asked again. */
  readonly retryAfter?: number;
}

/** A repository as GitHub names it: `owner/name`. */
export interface GithubName {
  readonly owner: string;
  readonly name: string;
}

export type Visibility = 'public' | 'private' | 'internal';

/** Whose the token is, and what GitHub says of it. */
export interface GithubAccount {
  /** `ok`, or why there is nothing to tell. */
  readonly state: 'ok' | 'no-token' | GithubRefusal;
  readonly url: string;
  readonly apiUrl: string | null;
  readonly login: string | null;
  readonly token: GithubToken | null;
  readonly warnings: readonly Advice[];
  readonly error: Advice | null;
}

export interface GithubToken {
  readonly kind: 'classic' | 'fine-grained' | 'other';
  /** What a classic token may do. GitHub does not tell it of a fine-grained one: `null`. */
  readonly scopes: readonly string[] | null;
  /** An ISO date, or `null` where it has no end or GitHub does not say. */
  readonly expiresAt: string | null;
}

/** A repository that the token's account can see. */
export interface GithubRepository {
  readonly fullName: string;
  readonly url: string;
  readonly visibility: Visibility;
  /** Whether the account may push; whether the token may is seen at the first push. `null`: GitHub does not say. */
  readonly canPush: boolean | null;
  readonly archived: boolean;
  readonly defaultBranch: string;
  readonly description: string | null;
  readonly pushedAt: string | null;
}

/** One page of the repositories to choose from. */
export interface GithubPage {
  readonly repositories: readonly (GithubRepository & {
    /** The name that gitpost has it under, where it was added. */
    readonly repository: string | null;
  })[];
  readonly page: number;
  readonly next: number | null;
  readonly total: number;
  /** Whether there are more on GitHub than were read. */
  readonly truncated: boolean;
}

/** What was found out about a repository before it was added; `null` is not known. */
export interface Probe {
  readonly fullName: string | null;
  readonly visibility: Visibility | null;
  readonly canPush: boolean | null;
  readonly defaultBranch: string | null;
  readonly empty: boolean | null;
  /** Whether the branch to capture to is protected. */
  readonly protected: boolean | null;
  /** Whether it was made on GitHub just now. */
  readonly created: boolean;
  readonly warnings: readonly Advice[];
}
