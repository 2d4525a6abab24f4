import { hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Adapter } from 'lowdb';
import { PARTS, partOf } from '../search/parts.ts';

/** The header of a file: the length and checksum of each part of its data, and a checksum of the header itself. */
const HEADER = /^\{"checksum":"([0-9a-f]{16})","parts":"([0-9a-f: ]+)","data":/;
/** The longest possible header: each part has at most ten digits, a colon, sixteen digits and a space. */
const MOST_HEADER_BYTES = 64 + PARTS * 28;

/** The position of a part in its file, and the checksum of its bytes. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly checksum: string;
}

/**
 * A lowdb adapter for a JSON file that detects damage: a file that was truncated, zeroed or edited reads as absent
 * (`null`), since everything here can be rebuilt from the commits. It is written under another name and renamed, so a
 * reader sees either the old or the new content. For the same reason it is not synced to disk. An array is stored in
 * {@link PARTS} parts that each have a checksum, so some of its items can be read and trusted without the others.
 */
export class VerifiedFile<Data> implements Adapter<Data> {
  readonly #path: string;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<Data | null> {
    const data = await readWhole(this.#path);
    return data === null ? null : (JSON.parse(data.toString('utf8')) as Data);
  }

  /**
   * Reads only the items of an array that are in some of its parts. Reads synchronously: for a few kilobytes that is
   * ten times faster than asking a thread, and a search needs many such reads.
   *
   * @param isLikely whether an item may be wanted, judging by its JSON, so the others need not be parsed
   */
  readSome(isWanted: (part: number) => boolean, isLikely: (json: string) => boolean = () => true) {
    const data = readParts(this.#path, isWanted);
    if (data === null) return null;
    const lines = data.split('\n').filter((line) => line.length > 1 && isLikely(line));
    return JSON.parse(`[${lines.join('').replace(/,$/, '')}]`) as Data;
  }

  /** Writes the data as they are now. Overlapping writes are done one after the other, so the last one counts. */
  write(data: Data): Promise<void> {
    const content = contentOf(data);
    const written = this.#lastWrite.then(() => this.#replace(content));
    this.#lastWrite = written.catch(() => undefined);
    return written;
  }

  async #replace(content: Buffer): Promise<void> {
    // No other writer uses this name, not even another adapter for the same path.
    writes += 1;
    const temporary = `${this.#path}.${process.pid}-${writes}.tmp`;
    try {
      await writeAnew(temporary, content);
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

let writes = 0;

function contentOf(data: unknown): Buffer {
  const parts = partsOf(data).map((text) => Buffer.from(text));
  const listed = parts.map((bytes) => `${bytes.length.toString(16)}:${checksumOf(bytes)}`).join(' ');
  const header = `{"checksum":"${checksumOf(listed)}","parts":"${listed}","data":`;
  return Buffer.concat([Buffer.from(header), ...parts, Buffer.from('}')]);
}

/** Whether a file written by {@link VerifiedFile} exists and is intact. */
export const isWhole = async (path: string): Promise<boolean> => (await readWhole(path)) !== null;

/** The JSON of the data in parts that add up to it. The parts of an array end after an item. */
function partsOf(data: unknown): string[] {
  if (!Array.isArray(data)) return [JSON.stringify(data)];
  if (data.length === 0) return ['[\n\n]'];
  const parts = Array.from({ length: PARTS }, () => '');
  const last = data.length - 1;
  data.forEach((item, index) => {
    const part = partOf(index, data.length);
    parts[part] += `${index === 0 ? '[\n' : ''}${JSON.stringify(item)}${index === last ? '\n]' : ',\n'}`;
  });
  return parts;
}

const checksumOf = (bytes: Buffer | string): string => hash('sha256', bytes, 'hex').slice(0, 16);

/** The JSON that was written, if the file exists and is intact. */
async function readWhole(path: string): Promise<Buffer | null> {
  const content = await readFile(path).catch(() => null);
  const parts = content && partsIn(content);
  if (!content || !parts) return null;
  const [start, end] = [parts[0]?.start, parts.at(-1)?.end];
  if (end !== content.length - 1 || content.toString('latin1', end) !== '}') return null;
  return parts.every((part) => isRight(part, content, 0)) ? content.subarray(start, end) : null;
}

/** The JSON of some parts of what was written, if they are intact. */
function readParts(path: string, isWanted: (part: number) => boolean): string | null {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const parts = partsIn(readAt(file, 0, MOST_HEADER_BYTES));
    const texts: string[] = [];
    for (const part of parts?.filter((_, index) => isWanted(index)) ?? []) {
      const bytes = readAt(file, part.start, part.end);
      if (!isRight(part, bytes, part.start)) return null;
      texts.push(bytes.toString('utf8'));
    }
    return parts ? texts.join('') : null;
  } catch {
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readAt(file: number, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start);
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
}

/** The parts listed in a file's header; `undefined` if the header is damaged. */
function partsIn(beginning: Buffer): Part[] | undefined {
  const [header, checksum, listed = ''] =
    HEADER.exec(beginning.toString('latin1', 0, MOST_HEADER_BYTES)) ?? [];
  if (header === undefined || checksumOf(listed) !== checksum) return undefined;
  let start = header.length;
  return listed.split(' ').map((part) => {
    const [length = '', sum = ''] = part.split(':');
    const end = start + Number.parseInt(length, 16);
    const found = { start, end, checksum: sum };
    start = end;
    return found;
  });
}

/** Whether the bytes of a part are those that were written. They are in a buffer that starts at `from` in the file. */
const isRight = ({ start, end, checksum }: Part, bytes: Buffer, from: number): boolean =>
  checksumOf(bytes.subarray(start - from, end - from)) === checksum;

/** Writes a file, and creates its folder if necessary. */
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
