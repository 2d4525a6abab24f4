/** What the mirror knows of a repository beside its messages: which commit it agrees with, and what could not be read. */
export interface Covered {
  readonly head: string | null;
  readonly problems: Readonly<Record<string, readonly { readonly line: number; readonly reason: string }[]>>;
}
