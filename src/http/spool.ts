import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request } from 'express';
import type { Result } from '../domain/result.ts';
import type { ProblemInput } from './problem.ts';

/** A body that was written to disk, since it may be larger than memory. */
export interface Spooled {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Removes what an earlier process left of its uploads. */
export const clearSpool = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/**
 * Writes the body of a request to a file of its own in a folder. `too-large` above `most` bytes, `invalid` if there is
 * none, `unavailable` if the disk does not take it.
 */
export async function spool(
  request: Request,
  folder: string,
  most: number,
): Promise<Result<Spooled, ProblemInput>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomUUID());
  const remove = () => rm(path, { force: true });
  let length = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      length += chunk.length;
      next(length > most ? new TooLarge() : null, chunk);
    },
  });
  try {
    await pipeline(request, bound, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await remove();
    if (error instanceof TooLarge) return { ok: false, failure: tooLarge(most) };
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      ok: false,
      failure: {
        code: 'unavailable',
        detail: `The file could not be received (${code ?? message}). Nothing was imported; try again.`,
      },
    };
  }
  if (length > 0) return { ok: true, value: { path, remove } };
  await remove();
  return {
    ok: false,
    failure: { code: 'invalid', detail: 'The request has no body. Send the export file as it is.' },
  };
}

class TooLarge extends Error {}

const tooLarge = (most: number): ProblemInput => ({
  code: 'too-large',
  detail: `The file is larger than ${Math.floor(most / 2 ** 20)} MiB. Nothing was imported.`,
});
