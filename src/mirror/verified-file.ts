import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Adapter } from 'lowdb';

const PREFIX = /^\{"checksum":"([0-9a-f]{64})","data":$/;
const PREFIX_BYTES = '{"checksum":"","data":'.length + 64;
const LF = 0x0a;

/**
 * A lowdb adapter for a JSON file that knows whether it is whole: what is cut short, zeroed or edited reads as
 * absent (`null`), since everything here can be made again from the commits. Written beside and renamed, so
 * that a reader sees the old or the new; not synced to disk, for the same reason. Each item of an array has a line of its
 * own, so that some can be read without the others.
 */
export class VerifiedFile<Data> implements Adapter<Data> {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<Data | null> {
    const data = await this.#data();
    return data === null ? null : (JSON.parse(data.toString('utf8')) as Data);
  }

  /** Reads the items of an array that are wanted by their place among so many. */
  async readSome(isWanted: (index: number, count: number) => boolean): Promise<Data | null> {
    const data = await this.#data();
    if (data === null) return null;
    const ends = endsOfLines(data);
    const count = ends.length - 1;
    const some = ends.slice(0, count).flatMap((end, index) => {
      return isWanted(index, count) ? [data.toString('utf8', end + 1, ends[index + 1])] : [];
    });
    // All lines but the last end with a comma.
    return JSON.parse(`[${some.join('').replace(/,$/, '')}]`) as Data;
  }

  async write(data: Data): Promise<void> {
    const json = Buffer.from(jsonOf(data));
    const prefix = `{"checksum":"${hash('sha256', json, 'hex')}","data":`;
    const content = Buffer.concat([Buffer.from(prefix), json, Buffer.from('}')]);
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      await writeAnew(temporary, content);
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** The JSON of what was written, where the file is there and whole. */
  async #data(): Promise<Buffer | null> {
    try {
      const content = await readFile(this.#path);
      const checksum = PREFIX.exec(content.toString('latin1', 0, PREFIX_BYTES))?.[1];
      const data = content.subarray(PREFIX_BYTES, -1);
      return checksum !== undefined && hash('sha256', data, 'hex') === checksum ? data : null;
    } catch {
      return null;
    }
  }
}

function jsonOf(data: unknown): string {
  if (!Array.isArray(data) || data.length === 0) return JSON.stringify(data);
  return `[\n${data.map((item) => JSON.stringify(item)).join(',\n')}\n]`;
}

/** Writes a file, and the folder where that is not there yet. */
async function writeAnew(path: string, content: Buffer): Promise<void> {
  const options = { mode: 0o600 };
  try {
    await writeFile(path, content, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, content, options);
  }
}

function endsOfLines(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) ends.push(at);
  return ends;
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
