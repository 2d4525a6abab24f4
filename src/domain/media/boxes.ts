import { type Chunk, chunks, typeAt } from './chunks.ts';
import type { Read } from './partial-reader.ts';

/** The outer boxes of an MP4, QuickTime, HEIC or AVIF file (ISO/IEC 14496-12, section 4.2). */
export const outerBoxes = (file: Blob): AsyncGenerator<Chunk> => chunks(file, 0, outerBox);

/** A size of 1 means that the real size follows, and 0 that the box extends to the end of the file. */
async function outerBox(read: Read, at: number, size: number): Promise<Chunk> {
  const header = await read(at, 8);
  const short = header.getUint32(0);
  const long = short === 1 ? Number((await read(at + 8, 8)).getBigUint64(0)) : short;
  const end = short === 0 ? size : at + long;
  const start = at + (short === 1 ? 16 : 8);
  if (end < start) throw new RangeError('A box is shorter than its header.');
  return { type: typeAt(header, 4), start, length: end - start, end };
}

/** A box inside another one. */
export interface InnerBox {
  readonly type: string;
  readonly content: DataView;
}

/** The boxes inside another one. Throws a `RangeError` if one is longer than the box that it is in. */
export function* innerBoxes(outer: DataView, from: number): Generator<InnerBox> {
  // In QuickTime, four zeros may follow the last box.
  for (let at = from; at + 8 <= outer.byteLength; ) {
    const size = outer.getUint32(at) || outer.byteLength - at;
    if (size < 8) throw new RangeError('A box is shorter than its header.');
    yield {
      type: typeAt(outer, at + 4),
      content: new DataView(outer.buffer, outer.byteOffset + at + 8, size - 8),
    };
    at += size;
  }
}
