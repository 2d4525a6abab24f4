import { basename, dirname } from 'node:path';
import type { Request, Response } from 'express';
import type { FileFacts } from '../domain/media/probe.ts';
import { isShown } from '../domain/media/types.ts';
import type { Result } from '../domain/result.ts';
import type { NamedFile } from '../services/attachments/attachments.ts';
import type { ProblemInput } from './problem.ts';

/** Nothing in a file can run in our origin, whatever it is and however it is opened. */
const CLOSED = "default-src 'none'; sandbox";

/** A hash always names the same bytes, but who may see them can change, so no shared cache may store them. */
const FOR_GOOD = 'private, max-age=31536000, immutable';

/** Sends a file, or the requested part of it, with headers that keep a browser from running it. */
export async function sendFile(
  request: Request,
  response: Response,
  { path, facts, name }: NamedFile,
): Promise<Result<never, ProblemInput> | undefined> {
  const { sha256, type, size } = facts;
  if (!isMatch(request, sha256)) return refuse(response, ANOTHER);
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
    return undefined;
  }
  keepConditions(request, facts);
  const error = await sendBytes(response, path);
  if (!error || request.destroyed || response.headersSent) return undefined;
  if (error.status === 404) return refuse(response, GONE);
  if (error.status !== 416) throw error;
  response.setHeader('Content-Range', `bytes */${size}`);
  const detail = `The file has ${size} bytes, and the requested range lies outside them.`;
  return refuse(response, { code: 'range-not-satisfiable', detail });
}

function sendBytes(response: Response, path: string): Promise<(Error & { status?: number }) | undefined> {
  const options = { root: dirname(path), cacheControl: false, lastModified: false, dotfiles: 'allow' };
  return new Promise((resolve) => response.sendFile(basename(path), options as never, resolve));
}

function refuse(response: Response, failure: ProblemInput): Result<never, ProblemInput> {
  for (const header of PRIVATE_HEADERS) response.removeHeader(header);
  response.setHeader('Cache-Control', 'no-store');
  return { ok: false, failure };
}

const ANOTHER: ProblemInput = {
  code: 'precondition-failed',
  detail: 'The file is not the one that If-Match names.',
};

const GONE: ProblemInput = {
  code: 'unavailable',
  detail: 'The file was removed from this disk a moment ago. Try again: it is taken from the clone then.',
  retryAfter: 1,
};

/** Whether the file is one that `If-Match` names. It is looked at before all other conditions. */
function isMatch({ headers }: Request, sha256: string): boolean {
  const wanted = headers['if-match'];
  // `send` would take a weak tag for a strong one.
  delete headers['if-match'];
  return wanted === undefined || tagsIn(wanted).some((tag) => tag === '*' || tag === `"${sha256}"`);
}

/**
 * Whether a client already has the file. Some clients send `Cache-Control: no-cache` as well, which changes nothing
 * here.
 */
const isKnown = ({ headers }: Request, sha256: string): boolean =>
  tagsIn(headers['if-none-match'] ?? '').some(
    (tag) => tag === '*' || tag.replace(/^W\//, '') === `"${sha256}"`,
  );

const tagsIn = (header: string): readonly string[] => header.split(',').map((tag) => tag.trim());

/**
 * Changes what `send` does not read as RFC 9110 says: a file has no date to compare with, `If-Range` has one strong
 * tag, and as many last bytes as there are, or more, are the whole file. A range counts in a GET only, and of several
 * ranges none does.
 */
function keepConditions({ method, headers }: Request, { sha256, size }: FileFacts): void {
  delete headers['if-unmodified-since'];
  const { range = '', 'if-range': condition } = headers;
  const isOther = condition !== undefined && String(condition).trim() !== `"${sha256}"`;
  if (method !== 'GET' || isOther || range.includes(',')) delete headers.range;
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
