import { basename, dirname } from 'node:path';
import type { Request, Response } from 'express';
import { isShown } from '../domain/media/types.ts';
import type { Result } from '../domain/result.ts';
import type { NamedFile } from '../services/attachments/attachments.ts';
import type { ProblemInput } from './problem.ts';

/** Nothing in a file can run in our origin, whatever it is and however it is opened. */
const CLOSED = "default-src 'none'; sandbox";

/** A hash always names the same bytes, but who may see them can change, so no shared cache may store them. */
const FOR_GOOD = 'private, max-age=31536000, immutable';

/** Sends a file, or the requested part of it, with headers that keep a browser from running it. */
export function sendFile(
  request: Request,
  response: Response,
  { path, facts, name }: NamedFile,
): Promise<Result<never, ProblemInput> | undefined> {
  const { sha256, type, size } = facts;
  setDisposition(response, type, name);
  response.set({
    'Content-Type': type === 'text/plain' ? 'text/plain; charset=utf-8' : type,
    ETag: `"${sha256}"`,
    'Cache-Control': FOR_GOOD,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': CLOSED,
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  if (isKnown(request, sha256)) {
    response.status(304).end();
    return Promise.resolve(undefined);
  }
  keepConditions(request, size);
  return new Promise((resolve, reject) => {
    const options = { root: dirname(path), cacheControl: false, lastModified: false, dotfiles: 'allow' };
    response.sendFile(basename(path), options as never, (error?: Error & { status?: number }) => {
      if (!error || request.destroyed || response.headersSent) return resolve(undefined);
      for (const header of PRIVATE_HEADERS) response.removeHeader(header);
      response.setHeader('Cache-Control', 'no-store');
      if (error.status === 412) return resolve({ ok: false, failure: ANOTHER });
      if (error.status !== 416) return reject(error);
      response.setHeader('Content-Range', `bytes */${size}`);
      const detail = `The file has ${size} bytes, and the requested range lies outside them.`;
      resolve({ ok: false, failure: { code: 'range-not-satisfiable', detail } });
    });
  });
}

/**
 * Whether a client already has the file. Some clients send `Cache-Control: no-cache` as well, which changes nothing
 * here.
 */
const isKnown = ({ headers }: Request, sha256: string): boolean =>
  (headers['if-none-match'] ?? '')
    .split(',')
    .some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === `"${sha256}"`);

const ANOTHER = {
  code: 'precondition-failed',
  detail: 'The file is not the one that If-Match names.',
} as const satisfies ProblemInput;

/**
 * Changes what `send` does not read as RFC 9110 says: a file has no date to compare with, a weak tag never matches in
 * `If-Range`, and as many last bytes as there are, or more, are the whole file.
 */
function keepConditions({ headers }: Request, size: number): void {
  delete headers['if-unmodified-since'];
  if (String(headers['if-range'] ?? '').startsWith('W/')) delete headers.range;
  const last = /^bytes=-(\d+)$/.exec(headers.range ?? '')?.[1];
  if (last !== undefined && Number(last) > size) headers.range = `bytes=-${size}`;
}

/** Headers of a file. A refusal must not have them. */
const PRIVATE_HEADERS = ['Content-Type', 'Content-Disposition', 'Content-Length', 'Accept-Ranges', 'ETag'];

/** Marks that change the direction of text can make one name look like another. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The header according to RFC 6266: a name in ASCII for old programs, and the full name. */
function setDisposition(response: Response, type: string, name: string): void {
  response.attachment(name.replace(DIRECTION, '') || 'file');
  const header = String(response.getHeader('Content-Disposition'));
  if (isShown(type)) response.setHeader('Content-Disposition', header.replace(/^attachment/, 'inline'));
}
