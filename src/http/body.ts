import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler } from 'express';
import { fail, ok, type Result } from '../domain/result.ts';
import { sendProblem } from './problem.ts';

const MIB = 1024 * 1024;

export const NDJSON = 'application/x-ndjson';

const MOST_BULK = 64 * MIB;
/** What all bulks that are under way may hold together, in bytes. */
const MOST_BULKS = 512 * MIB;

/** Takes the whole body as bytes, up to a limit. */
export const bodyReader = (limit: number = MIB): RequestHandler =>
  express.raw({ type: () => true, inflate: false, limit });

/**
 * As {@link bodyReader}, and 64 MiB of a bulk. Bulks are held in memory until they are answered, so those that would be
 * too much together are told to come again.
 */
export function bulkReader(): RequestHandler {
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

/** The body as JSON; `fallback` where there is none. */
export function jsonBody(request: Request, fallback?: unknown): Result<unknown> {
  const bytes: unknown = request.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
    return fallback === undefined
      ? fail('invalid', 'The request has no body. Nothing was saved.')
      : ok(fallback);
  }
  return parseJson(bytes);
}

/** Reads bytes as JSON, without mending what is no UTF-8. */
export function parseJson(bytes: Buffer): Result<unknown> {
  if (!isUtf8(bytes)) return fail('invalid', 'This is not valid UTF-8. Nothing was saved.');
  try {
    return ok(JSON.parse(bytes.toString('utf8')));
  } catch {
    return fail('invalid', 'This is not valid JSON. Nothing was saved.');
  }
}

/** The lines of a bulk, blank ones left out. */
export function bulkLines(request: Request): Buffer[] {
  const bytes: unknown = request.body;
  const lines: Buffer[] = [];
  if (!Buffer.isBuffer(bytes)) return lines;
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    if (!isBlank(line)) lines.push(line);
    start = end + 1;
  }
  return lines;
}

const BLANKS = new Set([0x09, 0x0d, 0x20]);

function isBlank(line: Buffer): boolean {
  for (const byte of line) if (!BLANKS.has(byte)) return false;
  return true;
}
