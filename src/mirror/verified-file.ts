import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Adapter } from 'lowdb';

const PREFIX = /^\{"checksum":"([0-9a-f]{64})","data":/;

/**
 * A lowdb adapter for a JSON file that knows whether it is whole: what is cut short, zeroed or edited reads as
 * absent (`null`), since everything here can be made again from the commits. Written beside and renamed, so
 * that a reader sees the old or the new; not synced to disk, for the same reason.
 */
export class VerifiedFile<Data> implements Adapter<Data> {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<Data | null> {
    try {
      const content = await readFile(this.#path, 'utf8');
      const match = PREFIX.exec(content);
      if (!match) return null;
      const data = content.slice(match[0].length, -1);
      return checksumOf(data) === match[1] ? (JSON.parse(data) as Data) : null;
    } catch {
      return null;
    }
  }

  async write(data: Data): Promise<void> {
    const json = JSON.stringify(data);
    const temporary = `${this.#path}.${process.pid}.tmp`;
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    try {
      await writeFile(temporary, `{"checksum":"${checksumOf(json)}","data":${json}}`, { mode: 0o600 });
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

/** Whether a file that {@link VerifiedFile} wrote is there and whole; read in pieces, however large it is. */
export async function isWhole(path: string): Promise<boolean> {
  try {
    const hash = createHash('sha256');
    let checksum: string | undefined;
    let held: Buffer = Buffer.alloc(0);
    for await (const chunk of createReadStream(path)) {
      held = Buffer.concat([held, chunk as Buffer]);
      if (checksum === undefined) {
        if (held.length < PREFIX_BYTES) continue;
        checksum = PREFIX.exec(held.toString('latin1', 0, PREFIX_BYTES))?.[1];
        if (checksum === undefined) return false;
        held = held.subarray(PREFIX_BYTES);
      }
      // The last byte closes the object and is no part of the data.
      hash.update(held.subarray(0, -1));
      held = held.subarray(-1);
    }
    return checksum !== undefined && held.toString('latin1') === '}' && hash.digest('hex') === checksum;
  } catch {
    return false;
  }
}

const PREFIX_BYTES = '{"checksum":"","data":'.length + 64;

const checksumOf = (text: string): string => hash('sha256', text, 'hex');
