import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflate } from 'node:zlib';
import { gitPath, isThere } from './paths.ts';
import type { GitContext } from './run.ts';

/**
 * Removes the file of an object if it does not hold what the id says, because the disk has damaged it. Nobody can read
 * it then, and git would not write the object again. An object in a pack is left alone.
 */
export async function dropDamaged(context: GitContext, id: string): Promise<void> {
  const path = await gitPath(context, `objects/${id.slice(0, 2)}/${id.slice(2)}`);
  if ((await isThere(path)) && (await isDamaged(path, id))) await rm(path, { force: true });
}

/** A loose object is compressed with zlib, and its id is the hash of what comes out (gitformat-loose). */
async function isDamaged(path: string, id: string): Promise<boolean> {
  const hash = createHash(id.length === 40 ? 'sha1' : 'sha256');
  try {
    await pipeline(createReadStream(path), createInflate(), async (content: AsyncIterable<Buffer>) => {
      for await (const chunk of content) hash.update(chunk);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // If it cannot be read at the moment, nothing is known about it.
    if (code?.startsWith('Z_')) return true;
    throw error;
  }
  return hash.digest('hex') !== id;
}
