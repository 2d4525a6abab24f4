import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { sendProblem } from './problem.ts';

/** How long bodies may take, in milliseconds. */
export interface BodyLimits {
  /** The limit for the body of any request. */
  readonly whole: number;
  /** How long an upload may make no progress, and how long it may take in total. */
  readonly still: number;
  readonly longest: number;
}

const LIMITS: BodyLimits = { whole: 120_000, still: 60_000, longest: 6 * 60 * 60_000 };
/** Fewer bytes than this in that time do not count as progress, so sending a byte now and then is not enough. */
const LEAST_BYTES = 16 * 1024;

interface Timers {
  readonly limits: BodyLimits;
  whole: NodeJS.Timeout;
  still?: NodeJS.Timeout;
}

const timers = new WeakMap<Request, Timers>();

/**
 * Aborts a request whose body does not arrive completely in time, since it would hold a connection forever.
 *
 * @param limits shorter in tests
 */
export function slowBodies(limits: BodyLimits = LIMITS): RequestHandler {
  return (request, _response, next) => {
    if (!hasBody(request)) return next();
    const own: Timers = { limits, whole: setTimeout(() => giveUp(request), limits.whole) };
    timers.set(request, own);
    const stop = () => {
      clearTimeout(own.whole);
      clearTimeout(own.still);
    };
    // Not at the end of the response: a refusal is sent while the body still comes.
    request.once('end', stop);
    request.once('close', stop);
    next();
  };
}

/**
 * Lets the body of a request take as long as it makes progress, because it is a file. Returns a function to call with
 * the number of bytes that have arrived.
 */
export function letMove(request: Request): (bytes: number) => void {
  const own = timers.get(request);
  if (!own || request.complete) return () => undefined;
  clearTimeout(own.whole);
  clearTimeout(own.still);
  own.whole = setTimeout(() => giveUp(request), own.limits.longest);
  own.still = setTimeout(() => giveUp(request), own.limits.still);
  let moved = 0;
  return (bytes) => {
    moved += bytes;
    if (moved < LEAST_BYTES) return;
    moved = 0;
    own.still?.refresh();
  };
}

function giveUp(request: Request): void {
  const { res: response } = request;
  if (!response || response.headersSent) {
    request.destroy();
    return;
  }
  response.setHeader('Connection', 'close');
  response.once('finish', () => request.destroy());
  const detail = 'The body of the request took too long. Nothing was saved or changed.';
  sendProblem(response, { code: 'too-slow', detail });
}

/** Whether a request has a body, or claims to. */
export function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  );
}
