import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { ok, type Result } from '../domain/result.ts';
import { cookieValues, sessionCookie } from './cookies.ts';
import { SAFE_METHODS } from './guards.ts';
import { type ProblemInput, sendProblem } from './problem.ts';
import { cameByPublicAddress, type PublicAddress } from './public-address.ts';
import { Sessions } from './sessions.ts';
import { wrongTries } from './wrong-tries.ts';

/**
 * Decides who may use the API if an access token is configured: clients that send the token, and sessions opened with
 * it.
 */
export interface Access {
  /**
   * Opens a session with the given token, using a cookie. `unauthenticated` or `too-many-tries` if the token is
   * wrong.
   */
  readonly signIn: (request: Request, response: Response, token: string) => Result<undefined, ProblemInput>;
  readonly signOut: (request: Request, response: Response) => void;
  /** Lets requests with access through, and asks the others to sign in. */
  readonly guard: RequestHandler;
  readonly isAllowed: (request: Request) => boolean;
  /** The name of the session cookie for the client of this answer. */
  readonly cookieName: (response: Response) => string;
}

/**
 * @param secret accepted in place of the token, from programs on this machine that can read the file with this
 *   server's address
 * @param address where people reach this server through a proxy, if there is one
 */
export function accessControl(
  token: string | undefined,
  secret: string,
  dataDirectory: string,
  address: PublicAddress | undefined,
): Access {
  const sessions = new Sessions();
  const tries = wrongTries();
  const own = sessionCookie(dataDirectory);
  const open = address && sessionCookie(dataDirectory, address);
  const names = [...new Set([own.name, ...(open ? [open.name] : [])])];
  const secretsOf = ({ headers }: Request): string[] =>
    names.flatMap((name) => cookieValues(headers.cookie, name));
  const cookieFor = ({ req }: Response) =>
    address && open && cameByPublicAddress(req, address) ? open : own;
  const setCookie = (response: Response, value: string, more = ''): void => {
    const { name, attributes } = cookieFor(response);
    response.setHeader('Set-Cookie', `${name}=${value}${attributes}${more}`);
  };

  const isToken = (given: string | Buffer): boolean =>
    token !== undefined && timingSafeEqual(digest(given), digest(token));
  const isBearer = (given: string): boolean =>
    // Node reads header bytes as Latin-1, but most programs send a token in UTF-8.
    isToken(given) || isToken(Buffer.from(given, 'latin1')) || timingSafeEqual(digest(given), digest(secret));
  const isAllowed = (request: Request): boolean => {
    if (token === undefined || sessions.has(secretsOf(request))) return true;
    const bearer = bearerOf(request);
    return bearer !== undefined && isBearer(bearer);
  };
  /** The answer to a wrong token. The right one never gets here, so guessing never locks out anyone who has it. */
  const refusalOf = (request: Request): ProblemInput => {
    if (tries.areTooMany(request)) return tooManyTries;
    tries.count(request);
    return wrongToken;
  };

  const signIn = (request: Request, response: Response, given: string) => {
    if (!isToken(given)) return { ok: false, failure: refusalOf(request) } as const;
    setCookie(response, sessions.start(secretsOf(request)));
    return ok(undefined);
  };
  const signOut = (request: Request, response: Response): void => {
    sessions.end(secretsOf(request));
    setCookie(response, '', '; Max-Age=0');
  };
  const guard: RequestHandler = (request, response, next) => {
    if (isAllowed(request)) {
      // A write that was accepted still gets its answer, which contains nothing but what the person wrote.
      if (SAFE_METHODS.has(request.method)) sessions.endWithSession(secretsOf(request), response);
      return next();
    }
    response.setHeader('WWW-Authenticate', 'Bearer realm="gitpost"');
    if (bearerOf(request) !== undefined) return sendProblem(response, refusalOf(request));
    sendProblem(response, {
      code: 'unauthenticated',
      detail: 'This gitpost has an access token: sign in with it first.',
    });
  };
  return { signIn, signOut, guard, isAllowed, cookieName: (response) => cookieFor(response).name };
}

const wrongToken = { code: 'unauthenticated', detail: 'The access token is wrong.' } as const;

const tooManyTries = {
  code: 'too-many-tries',
  detail:
    'Too many wrong access tokens came from this address. Wait a minute before you try others; the right one is accepted at any time.',
  retryAfter: 60,
} as const;

const bearerOf = (request: Request): string | undefined =>
  /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

// All digests have the same length, so the comparison takes the same time for any input.
const digest = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();
