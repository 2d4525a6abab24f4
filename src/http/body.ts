import { isUtf8 } from 'node:buffer';
import { setImmediate as turn } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { fail, ok, type Result } from '../domain/result.ts';
import { COMPRESSED, isCompressed, refuse } from './guards.ts';
import { sendProblem } from './problem.ts';
import { hasBody } from './slow-bodies.ts';

const MIB = 1024 * 1024;

const NOTHING: Buffer = Buffer.alloc(0);

export const NDJSON = 'application/x-ndjson';

const MOST_BULK = 64 * MIB;
/** The limit for all bulk requests in progress together, in bytes. */
const MOST_BULKS = 512 * MIB;

/** A result is longer than the shortest line, so 64 MiB of short lines would be answered with gigabytes. */
export const MOST_BULK_LINES = 250_000;

/** One line of a bulk request may have as many bytes as the body of a single message. */
export const MOST_LINE_BYTES = MIB;

/**
 * Reads the whole body into `request.body` as one Buffer, up to a limit in bytes. A request without a body is passed
 * on unchanged. The bytes are copied as they arrive: the sender decides how many chunks there are, and keeping each
 * would cost an object.
 */
const bodyReader =
  (limit: number = MIB): RequestHandler =>
  (request, response, next) => {
    if (!hasBody(request)) return next();
    if (isCompressed(request)) return sendProblem(response, COMPRESSED);
    const told = request.headers['content-length'];
    if (told !== undefined && Number(told) > limit) return refuseLarge(request, response);
    // Memory is only used once it is written to, so merely claiming a length costs nothing.
    let bytes = told === undefined ? NOTHING : Buffer.allocUnsafeSlow(Number(told));
    let length = 0;
    const take = (chunk: Buffer): void => {
      const needed = length + chunk.length;
      if (needed > limit) {
        request.off('data', take).off('end', finish);
        bytes = NOTHING;
        refuseLarge(request, response);
        return;
      }
      if (needed > bytes.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(needed, 2 * bytes.length, 4096)));
        bytes.copy(larger, 0, 0, length);
        bytes = larger;
      }
      chunk.copy(bytes, length);
      length = needed;
    };
    const finish = (): void => {
      request.body = bytes.subarray(0, length);
      next();
    };
    request.on('data', take).on('end', finish);
  };

function refuseLarge(request: Request, response: Response): void {
  const detail =
    'The body may have at most 1 MiB, or 64 MiB for a bulk (application/x-ndjson). Nothing was saved.';
  refuse(request, response, { code: 'too-large', detail });
}

/** Reads request bodies before their handlers run. */
export interface BodyReaders {
  /** Reads a body up to a limit in bytes, 1 MiB by default. */
  readonly upTo: (limit?: number) => RequestHandler;
  /** Reads a single body or a bulk one. */
  readonly any: RequestHandler;
}

export const bodyReaders = (): BodyReaders => ({ upTo: bodyReader, any: bulkReader() });

/**
 * Like {@link bodyReader}, but accepts a bulk body of up to 64 MiB. A bulk body is read to its end before its first
 * line is captured. So one that is too large is refused as a whole, and a client that sends everything before it
 * reads anything never blocks us. Bulk bodies stay in memory until they are answered. If there is no room for another
 * one, the client is asked to try again later.
 */
function bulkReader(): RequestHandler {
  const [one, bulk] = [bodyReader(), bodyReader(MOST_BULK)];
  let held = 0;
  return (request, response, next) => {
    if (!isBulk(request)) return one(request, response, next);
    const length = Math.min(Number(request.headers['content-length'] ?? MOST_BULK), MOST_BULK);
    if (held + length > MOST_BULKS) {
      const detail = 'Too many bulks are under way. Nothing was saved; send it again in a moment.';
      return sendProblem(response, { code: 'too-many', detail, retryAfter: 5 });
    }
    held += length;
    response.once('close', () => {
      held -= length;
    });
    bulk(request, response, next);
  };
}

export const isBulk = (request: Request): boolean =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() === NDJSON;

/** The body as JSON; `fallback` if there is none. */
export function jsonBody(request: Request, fallback?: unknown): Result<unknown> {
  const bytes: unknown = request.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
    return fallback === undefined
      ? fail('invalid', 'The request has no body. Nothing was saved.')
      : ok(fallback);
  }
  return parseJson(bytes);
}

/** Parses bytes as JSON. Invalid UTF-8 is an error and is not replaced. */
export function parseJson(bytes: Buffer): Result<unknown> {
  if (!isUtf8(bytes)) return fail('invalid', 'This is not valid UTF-8. Nothing was saved.');
  try {
    return ok(JSON.parse(bytes.toString('utf8')));
  } catch {
    return fail('invalid', 'This is not valid JSON. Nothing was saved.');
  }
}

const LF = 0x0a;
/** How many blank bytes are skipped before the event loop gets a turn. */
const BLANKS_A_TURN = 256 * 1024;

const isBlank = (byte: number | undefined): boolean =>
  byte === LF || byte === 0x20 || byte === 0x0d || byte === 0x09;

/**
 * Splits a bulk body into its lines one at a time, without the blank ones. An empty Buffer is not a line: it means
 * that many blank bytes were skipped and the event loop should get a turn.
 */
export function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const most = Math.min(bytes.length, at + BLANKS_A_TURN);
    while (at < most && isBlank(bytes[at])) at += 1;
    if (at === most) {
      yield NOTHING;
      continue;
    }
    const found = bytes.indexOf(LF, at);
    const end = found === -1 ? bytes.length : found;
    yield bytes.subarray(at, end);
    at = end + 1;
  }
}

/** Whether a bulk body has more than {@link MOST_BULK_LINES} lines. */
export async function hasTooManyLines(bytes: Buffer): Promise<boolean> {
  let count = 0;
  for (const line of linesOf(bytes)) {
    if (line.length === 0) await turn();
    else count += 1;
    if (count > MOST_BULK_LINES) return true;
    if (count % LINES_A_TURN === 0) await turn();
  }
  return false;
}

/** How many lines are counted before the event loop gets a turn. */
const LINES_A_TURN = 10_000;
