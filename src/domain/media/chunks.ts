import { latin } from './latin.ts';
import { type Read, readerOf } from './partial-reader.ts';

/** A chunk of a file, or a box: a piece with a type of four characters. */
export interface Chunk {
  readonly type: string;
  /** Where its content starts in the file. */
  readonly start: number;
  /** The length of its content. */
  readonly length: number;
  /** Where the next one starts. */
  readonly end: number;
}

/** A file with more chunks is not read to its end. */
const MOST_CHUNKS = 20_000;

/** The four characters of a type. */
export const typeAt = (view: DataView, at: number): string =>
  latin(new Uint8Array(view.buffer, view.byteOffset + at, 4));

/** The chunks of a PNG, as its specification describes them (section 5.3), up to the one that ends it. */
export async function* pngChunks(file: Blob): AsyncGenerator<Chunk> {
  for await (const chunk of chunks(file, 8, pngChunk)) {
    yield chunk;
    if (chunk.type === 'IEND') return;
  }
}

/** The chunks of a WebP, which is a RIFF file (RFC 9649, section 2.3). */
export const webpChunks = (file: Blob): AsyncGenerator<Chunk> => chunks(file, 12, riffChunk);

/**
 * The chunks of a file one after another, each as `next` finds it. Throws a `RangeError` if a chunk is longer than the file, or if there are too
 * many.
 */
export async function* chunks(
  file: Blob,
  from: number,
  next: (read: Read, at: number, size: number) => Promise<Chunk>,
): AsyncGenerator<Chunk> {
  const read = readerOf(file);
  let count = 0;
  for (let at = from; at < file.size; count += 1) {
    if (count === MOST_CHUNKS) throw new RangeError('The file has too many chunks.');
    const chunk = await next(read, at, file.size);
    if (chunk.start + chunk.length > file.size) throw new RangeError('A chunk is longer than the file.');
    yield chunk;
    at = chunk.end;
  }
}

/** A checksum follows the content. */
async function pngChunk(read: Read, at: number): Promise<Chunk> {
  const header = await read(at, 8);
  const length = header.getUint32(0);
  return { type: typeAt(header, 4), start: at + 8, length, end: at + 12 + length };
}

/** Content with an odd length is padded. */
async function riffChunk(read: Read, at: number): Promise<Chunk> {
  const header = await read(at, 8);
  const length = header.getUint32(4, true);
  return { type: typeAt(header, 0), start: at + 8, length, end: at + 8 + length + (length % 2) };
}
