import type { GithubRefusal } from './github.ts';

/**
 * The result of an operation. Expected failures are values: whatever a person can cause, a network can do, or a file
 * can contain.
 */
export type Result<Value, Problem = Failure> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Problem };

/** The kinds of failure that a caller can get. `contract/problem.ts` maps each to its status. */
export type FailureCode =
  | 'invalid'
  | 'unknown-message'
  | 'unknown-repository'
  | 'unknown-attachment'
  | 'id-taken'
  | 'precondition-failed'
  | 'looks-secret'
  | 'public-repository'
  | 'unwritable'
  | 'fixed-by-environment'
  | 'repository-exists'
  | 'not-rewritten'
  | 'checkout-refused'
  | 'busy'
  | 'unavailable'
  | 'incomplete'
  | 'import-refused'
  | 'import-ambiguous'
  | 'import-stopped'
  | `github-${GithubRefusal}`;

export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

export interface Failure {
  readonly code: FailureCode;
  /** What happened, what is safe and what to do, as text for a person. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** Seconds after which it makes sense to try again. */
  readonly retryAfter?: number;
  /** Further members of the problem document, such as the deliveries that were made. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export const ok = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({
  ok: true,
  value,
});

export const fail = (
  code: FailureCode,
  detail: string,
  more: Omit<Failure, 'code' | 'detail'> = {},
): { readonly ok: false; readonly failure: Failure } => ({ ok: false, failure: { code, detail, ...more } });
