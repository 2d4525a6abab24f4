import type { ErrorRequestHandler, Response } from 'express';
import { kindOf, type ProblemCode, type ProblemDocument } from '../contract/problem.ts';
import type { Failure } from '../domain/result.ts';
import { toJson } from '../domain/unicode.ts';
import { isRead, plainPage } from './plain-page.ts';

export interface ProblemInput extends Omit<Failure, 'code'> {
  readonly code: ProblemCode;
}

export function toProblem({ code, detail, errors, members }: ProblemInput): ProblemDocument {
  const { status, title } = kindOf(code);
  return {
    type: `urn:gitpost:problem:${code}`,
    title,
    status,
    detail,
    ...(errors ? { errors } : {}),
    ...members,
  };
}

/** The problems that a person can run into by typing an address or following a link. All others only go to programs. */
const FOR_PEOPLE: ReadonlySet<ProblemCode> = new Set([
  'not-found',
  'unauthenticated',
  'foreign-site',
  'wrong-host',
]);

/** Sends an error: to a program as a problem document, to a person who opened an address as a plain page. */
export function sendProblem(response: Response, problem: ProblemInput): void {
  const document = toProblem(problem);
  if (problem.retryAfter !== undefined) response.setHeader('Retry-After', String(problem.retryAfter));
  response.status(document.status).vary('Accept');
  if (FOR_PEOPLE.has(problem.code) && isRead(response.req))
    response.type('html').send(plainPage(response, document));
  else response.type('application/problem+json').send(toJson(document));
}

/** The last handler: for errors of the router, and for unexpected errors, whose details are not shown. */
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
      detail: 'An unexpected error occurred. Everything answered with 201 is safe. See the log for details.',
    });
  };
}

function refusalOf({ status }: { status?: number }): ProblemInput | undefined {
  if (status !== undefined && status >= 400 && status < 500) {
    return { code: 'invalid', detail: 'The request cannot be read: check its path and its body.' };
  }
  return undefined;
}
