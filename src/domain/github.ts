/** Why GitHub's API did not do what was asked. `off`: no API is configured. */
export const GITHUB_REFUSALS = [
  'off',
  'unauthorized',
  'forbidden',
  'not-found',
  'refused',
  'limited',
  'offline',
  'failed',
] as const;
export type GithubRefusal = (typeof GITHUB_REFUSALS)[number];

/** What went wrong with GitHub's API, and what to do, as text for a person. */
export interface GithubTrouble {
  readonly kind: GithubRefusal;
  readonly detail: string;
  readonly action: string;
  /** Seconds after which GitHub may be asked again. */
  readonly retryAfter?: number;
}

/** A repository's name on GitHub: `owner/name`. */
export interface GithubName {
  readonly owner: string;
  readonly name: string;
}
