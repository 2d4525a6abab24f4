import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request } from 'express';
import { limitInWords } from '../domain/attachment.ts';
import type { Result } from '../domain/result.ts';
import type { ProblemInput } from './problem.ts';
import { letMove } from './slow-bodies.ts';

/** A body that was written to disk, since it may be larger than memory. */
export interface Spooled {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

interface SpoolOptions {
  readonly folder: string;
  /** The size limit for the body in bytes. */
  readonly most: number;
  /** Texts for a refusal: that nothing was done, and what to send. */
  readonly words: { readonly nothing: string; readonly send: string };
  /** Called with each chunk as it arrives. */
  readonly take?: (chunk: Buffer) => void;
}

/**
 * The header that tells how large a file may be, from the IETF's draft of resumable uploads
 * (draft-ietf-httpbis-resumable-upload). The page refuses a file that is larger before it sends it.
 */
export const uploadLimit = (bytes: number) => ({ 'Upload-Limit': `max-size=${bytes}` }) as const;

/** Removes what an earlier process left of its uploads. */
export const clearSpool = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/**
 * Writes the body of a request to its own file in a folder. `too-large` above `most` bytes, `invalid` if there is no
 * body, `unavailable` if the disk cannot store it.
 */
export async function spool(
  request: Request,
  { folder, most, words, take }: SpoolOptions,
): Promise<Result<Spooled, ProblemInput>> {
  if (Number(request.headers['content-length'] ?? 0) > most) return tooLarge(most, words);
  const path = join(folder, randomUUID());
  const remove = () => rm(path, { force: true });
  const moved = letMove(request);
  let length = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      length += chunk.length;
      moved(chunk.length);
      if (length <= most) take?.(chunk);
      next(length > most ? new TooLarge() : null, chunk);
    },
  });
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Nothing would tell any more that the connection was closed before.
    if (request.destroyed) throw new CutOff();
    request.once('close', () => request.complete || bound.destroy(new CutOff()));
    // A failure does not destroy the request itself, so its sender can read the answer.
    request.pipe(bound);
    await pipeline(bound, createWriteStream(path, { mode: 0o600, flush: true }));
  } catch (error) {
    await remove();
    if (error instanceof TooLarge) return tooLarge(most, words);
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      ok: false,
      failure: {
        code: 'unavailable',
        detail: `The file could not be received (${code ?? message}). ${words.nothing}; try again.`,
      },
    };
  }
  if (length > 0) return { ok: true, value: { path, remove } };
  await remove();
  return {
    ok: false,
    failure: { code: 'invalid', detail: `The file is empty. ${words.nothing}. ${words.send}` },
  };
}

class TooLarge extends Error {}

class CutOff extends Error {
  readonly code = 'ECONNRESET';
}

const tooLarge = (most: number, { nothing }: SpoolOptions['words']) => ({
  ok: false as const,
  failure: {
    code: 'too-large' as const,
    detail: `The file is larger than ${limitInWords(most)}. ${nothing}.`,
  },
});
