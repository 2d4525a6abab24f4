import type { ErrorRequestHandler, Response } from 'express';
import type { Failure, FailureCode, FieldError } from '../domain/result.ts';
import { toJson } from '../domain/unicode.ts';
import { isRead, plainPage } from './plain-page.ts';

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

export interface ProblemInput extends Omit<Failure, 'code'> {
  readonly code: ProblemCode;
}

/** An RFC 9457 problem document: the one shape of every error. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly [member: string]: unknown;
}

export function toProblem({ code, detail, errors, members }: ProblemInput): ProblemDocument {
  const { status, title } = KINDS[code];
  return {
    type: `urn:gitpost:problem:${code}`,
    title,
    status,
    detail,
    ...(errors ? { errors } : {}),
    ...members,
  };
}

/** What you can meet when you type an address or follow a link. All other errors only go to programs. */
const FOR_PEOPLE: ReadonlySet<ProblemCode> = new Set([
  'not-found',
  'unauthenticated',
  'foreign-site',
  'wrong-host',
]);

/** Sends an error: to a program as a problem document, to a person who typed a wrong address as a plain page. */
export function sendProblem(response: Response, problem: ProblemInput): void {
  const document = toProblem(problem);
  if (problem.retryAfter !== undefined) response.setHeader('Retry-After', String(problem.retryAfter));
  response.status(document.status).vary('Accept');
  if (FOR_PEOPLE.has(problem.code) && isRead(response.req))
    response.type('html').send(plainPage(response, document));
  else response.type('application/problem+json').send(toJson(document));
}

/** The last handler: what the router refuses, and surprises, which tell nothing of themselves. */
export function errorHandler(onSurprise: (error: unknown) => void): ErrorRequestHandler {
  return (error: { status?: number }, _request, response, _next) => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const problem = refusalOf(error);
    if (problem) {
      sendProblem(response, problem);
      return;
    }
    onSurprise(error);
    sendProblem(response, {
      code: 'internal',
      detail:
        'Something went wrong that should not have. What was answered with 201 is safe. The log says more.',
    });
  };
}

function refusalOf({ status }: { status?: number }): ProblemInput | undefined {
  if (status !== undefined && status >= 400 && status < 500) {
    return { code: 'invalid', detail: 'The request can not be read: check its path and its body.' };
  }
  return undefined;
}
