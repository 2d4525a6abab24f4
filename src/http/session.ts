import { createHash, timingSafeEqual } from 'node:crypto';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { bodyReader, jsonBody } from './body.ts';
import { cookieValues } from './cookies.ts';
import { SAFE_METHODS, typeGuard } from './guards.ts';
import { methods } from './methods.ts';
import { sendProblem } from './problem.ts';
import { sessionSchema } from './schemas.ts';
import { Sessions } from './sessions.ts';
import { validate } from './validate.ts';
import { wrongTries } from './wrong-tries.ts';

const MOST_BYTES = 16 * 1024;

/** Who may use the API where an access token is configured: bearers of it, and sessions that were opened with it. */
export interface Access {
  readonly router: Router;
  /** Lets through who has access, and tells the others to sign in. */
  readonly guard: RequestHandler;
  readonly isAllowed: (request: Request) => boolean;
}

/** @param cookie is the name of the session cookie */
export function accessControl(token: string | undefined, cookie: string): Access {
  const sessions = new Sessions();
  const tries = wrongTries();
  const secretsOf = (request: Request): string[] => cookieValues(request.headers.cookie, cookie);
  const setCookie = (response: Response, value: string, more = ''): void =>
    void response.setHeader('Set-Cookie', `${cookie}=${value}; Path=/; HttpOnly; SameSite=Strict${more}`);

  const isToken = (given: string): boolean =>
    token !== undefined && timingSafeEqual(digest(given), digest(token));
  const isAllowed = (request: Request): boolean => {
    if (token === undefined || sessions.has(secretsOf(request))) return true;
    const [, bearer] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (bearer === undefined || tries.areTooMany(request)) return false;
    if (isToken(bearer)) return true;
    tries.count(request);
    return false;
  };

  const router = Router();
  methods(router, '/session', {
    post: [
      typeGuard('application/json'),
      bodyReader(MOST_BYTES),
      (request, response) => {
        const body = jsonBody(request);
        const parsed = body.ok ? validate(sessionSchema, body.value) : body;
        if (!parsed.ok) return sendProblem(response, parsed.failure);
        if (tries.areTooMany(request)) return sendProblem(response, tooManyTries);
        if (!isToken(parsed.value.token)) {
          tries.count(request);
          return sendProblem(response, { code: 'unauthenticated', detail: 'The access token is not right.' });
        }
        setCookie(response, sessions.start(secretsOf(request)));
        response.status(204).end();
      },
    ],
    delete: (request, response) => {
      sessions.end(secretsOf(request));
      setCookie(response, '', '; Max-Age=0');
      response.status(204).end();
    },
  });
  const guard: RequestHandler = (request, response, next) => {
    if (isAllowed(request)) {
      // A write that was accepted still gets its answer, which says no more than what the person wrote.
      if (SAFE_METHODS.has(request.method)) sessions.endWithSession(secretsOf(request), response);
      return next();
    }
    if (tries.areTooMany(request)) return sendProblem(response, tooManyTries);
    response.setHeader('WWW-Authenticate', 'Bearer realm="gitpost"');
    sendProblem(response, {
      code: 'unauthenticated',
      detail: 'This gitpost has an access token: sign in with it first.',
    });
  };
  return { router, guard, isAllowed };
}

const tooManyTries = {
  code: 'too-many-tries',
  detail: 'Too many wrong access tokens. Wait a minute and try again.',
  retryAfter: 60,
} as const;

// Digests have one length, so that the comparison takes one time whatever was given.
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
