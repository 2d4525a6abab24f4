import { z } from 'zod';
import type { FailureCode } from '../domain/result.ts';
import type { Shape } from './shape.ts';

interface Kind {
  readonly status: number;
  readonly title: string;
}

/** Every kind of failure with its status, once. The codes of the first group come from the services. */
const KINDS = {
  invalid: { status: 400, title: 'The request is not valid' },
  'unknown-message': { status: 404, title: 'No such message' },
  'unknown-repository': { status: 404, title: 'No such repository' },
  'id-taken': { status: 409, title: 'The id is taken' },
  'precondition-failed': { status: 412, title: 'The message has changed' },
  'looks-secret': { status: 422, title: 'The text looks like a credential' },
  unwritable: { status: 422, title: 'The change cannot be written' },
  'public-repository': { status: 422, title: 'The repository is public' },
  'fixed-by-environment': { status: 409, title: 'The environment says otherwise' },
  'repository-exists': { status: 409, title: 'The repository is there already' },
  'not-rewritten': { status: 409, title: 'There is nothing to resolve' },
  busy: { status: 409, title: 'Something else goes on' },
  unavailable: { status: 503, title: 'Not available now' },
  incomplete: { status: 503, title: 'Not saved everywhere' },
  'import-refused': { status: 422, title: 'The file cannot be imported' },
  'import-ambiguous': { status: 422, title: 'The file needs an explanation' },
  'import-stopped': { status: 503, title: 'The import stopped' },

  // Not GitHub's own statuses: a 401 of ours would mean that a person has to sign in here.
  'github-off': { status: 409, title: 'There is no API of GitHub to ask' },
  'github-unauthorized': { status: 502, title: 'GitHub does not accept the token' },
  'github-forbidden': { status: 502, title: 'GitHub does not allow this' },
  'github-not-found': { status: 502, title: 'GitHub does not find this' },
  'github-refused': { status: 502, title: 'GitHub does not take this' },
  'github-limited': { status: 503, title: 'GitHub takes no more requests now' },
  'github-offline': { status: 503, title: 'GitHub can not be reached' },
  'github-failed': { status: 502, title: 'GitHub has a problem' },

  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'missing-host': { status: 400, title: 'The Host header is missing' },
  'wrong-host': { status: 421, title: 'The Host header names another server' },
  'foreign-site': { status: 403, title: 'Other sites have no access' },
  'unsupported-type': { status: 415, title: 'The body is of a type that is not taken here' },
  'too-large': { status: 413, title: 'The body is too large' },
  'headers-too-long': { status: 431, title: 'The head of the request is too long' },
  'too-slow': { status: 408, title: 'The request took too long' },
  'too-many': { status: 503, title: 'Too many connections' },
  'too-many-tries': { status: 429, title: 'Too many tries' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  internal: { status: 500, title: 'Something unexpected went wrong' },
} as const satisfies Record<string, Kind> & Record<FailureCode, Kind>;

export type ProblemCode = keyof typeof KINDS;

/** The status and the title of a kind of failure. */
export const kindOf = (code: ProblemCode): Kind => KINDS[code];

export const PROBLEM_CODES = Object.keys(KINDS) as readonly ProblemCode[];

/** What every call can fail with, before its route is even looked at or in the middle of it. */
export const COMMON_FAILURES = [
  'invalid',
  'missing-host',
  'unauthenticated',
  'foreign-site',
  'too-slow',
  'too-large',
  'unsupported-type',
  'wrong-host',
  'too-many-tries',
  'headers-too-long',
  'internal',
  'too-many',
] as const satisfies readonly ProblemCode[];

/** Codes that no call has: they are answered when there is none for a path or a method. */
export const OUTSIDE = ['not-found', 'method-not-allowed'] as const satisfies readonly ProblemCode[];

export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), detail: z.string() })).exactOptional(),
  })
  .meta({ id: 'Problem' });
/** An RFC 9457 problem document: the one shape of every error. */
export type ProblemDocument = Shape<typeof problemSchema>;
