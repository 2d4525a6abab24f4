/** What the mirror knows of a repository beside its messages: which commit it agrees with, and what could not be read. */
export interface Covered {
  readonly branch: string;
  readonly head: string | null;
  /**
   * The commit that is being read: some of its lines may be in the mirror already. Where that was cut off and the
   * branch is no longer on this commit, they may be on no branch at all.
   */
  readonly towards?: string;
  readonly problems: Readonly<Record<string, readonly { readonly line: number; readonly reason: string }[]>>;
}
