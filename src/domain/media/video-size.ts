import type { Dimensions } from './pixels.ts';

/**
 * The displayed size of an MP4 video, from the tracks in its index, which is at its beginning or at its end. Audio
 * has no size, and of several tracks the largest one is the video.
 */
export function mp4Size(head: Buffer, tail: Buffer): Dimensions | undefined {
  const index = boxIn(head, 'moov') ?? indexIn(tail);
  if (!index) return undefined;
  let largest: Dimensions | undefined;
  for (const track of boxes(index)) {
    const header = track.type === 'trak' ? boxIn(track.content, 'tkhd') : undefined;
    const size = header && trackSize(header);
    if (size && size.width * size.height > (largest ? largest.width * largest.height : 0)) largest = size;
  }
  return largest;
}

interface Box {
  readonly type: string;
  readonly content: Buffer;
}

/** The boxes in some bytes, each with its content as far as that is available. */
function* boxes(bytes: Buffer): Generator<Box> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const short = bytes.readUInt32BE(at);
    const isLong = short === 1 && at + 16 <= bytes.length;
    const size = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? bytes.length - at : short;
    const start = isLong ? 16 : 8;
    if (size < start) return;
    yield {
      type: bytes.toString('latin1', at + 4, at + 8),
      content: bytes.subarray(at + start, at + size),
    };
    at += size;
  }
}

function boxIn(bytes: Buffer, type: string): Buffer | undefined {
  for (const box of boxes(bytes)) if (box.type === type) return box.content;
  return undefined;
}

/** The index within the end of a file. It may start anywhere. */
function indexIn(tail: Buffer): Buffer | undefined {
  for (let at = tail.indexOf('moov'); at !== -1; at = tail.indexOf('moov', at + 4)) {
    // Bytes of the video may look like the index's name, but only the index begins with this box.
    if (at >= 4 && tail.toString('latin1', at + 8, at + 12) === 'mvhd') return tail.subarray(at + 4);
  }
  return undefined;
}

/** The size of a track follows a matrix, which may rotate it by 90 degrees. */
function trackSize(header: Buffer): Dimensions | undefined {
  const matrix = header.readUInt8(0) === 1 ? 52 : 40;
  const [width, height] = [header.readUInt16BE(matrix + 36), header.readUInt16BE(matrix + 40)];
  const isTurned = header.readInt32BE(matrix) === 0 && header.readInt32BE(matrix + 16) === 0;
  return isTurned ? { width: height, height: width } : { width, height };
}

const SEGMENT = 0x18538067;
const TRACKS = 0x1654ae6b;
const TRACK = 0xae;
const VIDEO = 0xe0;
const [WIDTH, HEIGHT] = [0xb0, 0xba];

/** The displayed size of a WebM or Matroska file, from the first track that has frames. */
export function webmSize(head: Buffer): Dimensions | undefined {
  const segment = elementIn(head, SEGMENT);
  const tracks = segment && elementIn(segment, TRACKS);
  for (const { id, content } of tracks ? elements(tracks) : []) {
    const video = id === TRACK ? elementIn(content, VIDEO) : undefined;
    const width = video && elementIn(video, WIDTH);
    const height = video && elementIn(video, HEIGHT);
    if (width && height) return { width: numberIn(width), height: numberIn(height) };
  }
  return undefined;
}

interface Element {
  readonly id: number;
  readonly content: Buffer;
}

/** The elements in some bytes. A streamed element has no length, and extends to the end. */
function* elements(bytes: Buffer): Generator<Element> {
  for (let at = 0; at < bytes.length; ) {
    const idLength = Math.clz32(bytes.readUInt8(at)) - 23;
    if (idLength > 4) return;
    const id = bytes.readUIntBE(at, idLength);
    const lengthAt = at + idLength;
    const lengthLength = Math.clz32(bytes.readUInt8(lengthAt)) - 23;
    if (lengthLength > 8) return;
    // No file here has an element length of more than six bytes. The bits before it only say how many bytes the
    // length has.
    const read = Math.min(6, lengthLength);
    const most = 2 ** Math.min(48, 7 * lengthLength) - 1;
    const length = bytes.readUIntBE(lengthAt + lengthLength - read, read) % (most + 1);
    const start = lengthAt + lengthLength;
    const end = length === most ? bytes.length : start + length;
    yield { id, content: bytes.subarray(start, end) };
    at = end;
  }
}

function elementIn(bytes: Buffer, id: number): Buffer | undefined {
  for (const element of elements(bytes)) if (element.id === id) return element.content;
  return undefined;
}

const numberIn = (content: Buffer): number =>
  content.length > 0 && content.length <= 6 ? content.readUIntBE(0, content.length) : 0;
