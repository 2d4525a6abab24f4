import { z } from 'zod';
import type { FailureCode } from '../domain/result.ts';
import type { Shape } from './shape.ts';

interface Kind {
  readonly status: number;
  readonly title: string;
}

/** Every kind of failure with its status. The codes of the first group come from the services. */
const KINDS = {
  invalid: { status: 400, title: 'Invalid request' },
  'unknown-message': { status: 404, title: 'Message not found' },
  'unknown-repository': { status: 404, title: 'Repository not found' },
  'unknown-attachment': { status: 404, title: 'File not found' },
  'id-taken': { status: 409, title: 'Id in use' },
  'precondition-failed': { status: 412, title: 'Precondition failed' },
  'looks-secret': { status: 422, title: 'Possible credential' },
  unwritable: { status: 422, title: 'Change cannot be written' },
  'public-repository': { status: 422, title: 'Public repository' },
  'fixed-by-environment': { status: 409, title: 'Fixed by the configuration' },
  'repository-exists': { status: 409, title: 'Repository exists' },
  'not-rewritten': { status: 409, title: 'Nothing to resolve' },
  'checkout-refused': { status: 409, title: 'Branch cannot be checked out' },
  busy: { status: 409, title: 'Busy' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
  incomplete: { status: 503, title: 'Not saved everywhere' },
  'import-refused': { status: 422, title: 'Import refused' },
  'import-ambiguous': { status: 422, title: 'More information needed' },
  'import-stopped': { status: 503, title: 'Import stopped' },

  // These are not GitHub's own statuses: a 401 from us would mean that a person has to sign in here.
  'github-off': { status: 409, title: 'No GitHub API' },
  'github-unauthorized': { status: 502, title: 'Token rejected by GitHub' },
  'github-forbidden': { status: 502, title: 'Denied by GitHub' },
  'github-not-found': { status: 502, title: 'Not found on GitHub' },
  'github-refused': { status: 502, title: 'Refused by GitHub' },
  'github-limited': { status: 503, title: 'GitHub rate limit' },
  'github-offline': { status: 503, title: 'GitHub unreachable' },
  'github-failed': { status: 502, title: 'GitHub error' },

  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'missing-host': { status: 400, title: 'Missing Host header' },
  'wrong-host': { status: 421, title: 'Wrong host' },
  'foreign-site': { status: 403, title: 'Cross-site request' },
  'unsupported-type': { status: 415, title: 'Unsupported body type' },
  'range-not-satisfiable': { status: 416, title: 'Range not satisfiable' },
  'too-large': { status: 413, title: 'Body too large' },
  'headers-too-long': { status: 431, title: 'Headers too long' },
  'too-slow': { status: 408, title: 'Request timeout' },
  'too-many': { status: 503, title: 'Too many connections' },
  'too-many-tries': { status: 429, title: 'Too many attempts' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  internal: { status: 500, title: 'Unexpected error' },
} as const satisfies Record<string, Kind> & Record<FailureCode, Kind>;

export type ProblemCode = keyof typeof KINDS;

/** The status and title of a kind of failure. */
export const kindOf = (code: ProblemCode): Kind => KINDS[code];

export const PROBLEM_CODES = Object.keys(KINDS) as readonly ProblemCode[];

/** What every call can fail with, before its route is even found or while it runs. */
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

/** Codes that no route declares: there is no route for the path, or none for the method. */
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
/** An RFC 9457 problem document, which is the form of every error. */
export type ProblemDocument = Shape<typeof problemSchema>;
