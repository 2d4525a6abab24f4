import type { Dimensions } from './pixels.ts';
import { mp4Size, webmSize } from './video-size.ts';

/** How many bytes at the beginning of a file, and at the end of a video, are searched for the dimensions. */
export const DIMENSION_BYTES = 1024 * 1024;

const NOTHING = Buffer.alloc(0);

/** The dimensions of a picture or a video, from both ends of its file; `undefined` if they are not there. */
export function dimensionsOf(type: string, head: Buffer, tail = NOTHING): Dimensions | undefined {
  try {
    const found = READERS[type]?.(head, tail);
    const isReal = found && found.width > 0 && found.height > 0;
    return isReal ? found : undefined;
  } catch (error) {
    // The file ends earlier than it claims.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const READERS: Readonly<Record<string, (head: Buffer, tail: Buffer) => Dimensions | undefined>> = {
  'image/png': (head) => ({ width: head.readUInt32BE(16), height: head.readUInt32BE(20) }),
  'image/gif': (head) => ({ width: head.readUInt16LE(6), height: head.readUInt16LE(8) }),
  'image/webp': webp,
  'image/jpeg': jpeg,
  'image/avif': avif,
  'video/mp4': mp4Size,
  'video/quicktime': mp4Size,
  'video/webm': webmSize,
  'video/x-matroska': webmSize,
};

function webp(head: Buffer): Dimensions | undefined {
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = head.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}

/**
 * Goes through the segments until the frame, which has the dimensions. Exif may say that the picture is shown
 * rotated.
 */
function jpeg(head: Buffer): Dimensions | undefined {
  let isTurned = false;
  for (let at = 2; ; ) {
    if (head.readUInt8(at) !== 0xff) return undefined;
    const marker = head.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = head.readUInt16BE(at + 2);
    if (length < 2 || marker === 0xda) return undefined;
    if (marker === 0xe1) isTurned ||= orientationOf(head.subarray(at + 4, at + 2 + length)) > 4;
    if (isFrame(marker)) {
      const [height, width] = [head.readUInt16BE(at + 5), head.readUInt16BE(at + 7)];
      return isTurned ? { width: height, height: width } : { width, height };
    }
    at += 2 + length;
  }
}

/** Frames have the markers C0 to CF, except for three that mark tables and extensions. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

const ORIENTATION = 0x0112;

/** The orientation in an Exif segment, 1 to 8; 1 if there is none. */
function orientationOf(segment: Buffer): number {
  if (segment.toString('latin1', 0, 6) !== 'Exif\0\0') return 1;
  const tiff = segment.subarray(6);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const two = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const four = (at: number) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  try {
    const start = four(4);
    const count = two(start);
    for (let index = 0; index < count; index += 1) {
      const entry = start + 2 + 12 * index;
      if (two(entry) === ORIENTATION) return two(entry + 8);
    }
  } catch {
    // The segment ends earlier than it claims.
  }
  return 1;
}

/** An AVIF file may contain several pictures, such as tiles and a thumbnail. The largest one is displayed. */
function avif(head: Buffer): Dimensions | undefined {
  let largest: Dimensions | undefined;
  for (let at = head.indexOf('ispe'); at !== -1; at = head.indexOf('ispe', at + 4)) {
    const [width, height] = [head.readUInt32BE(at + 8), head.readUInt32BE(at + 12)];
    if (width * height > (largest ? largest.width * largest.height : 0)) largest = { width, height };
  }
  return largest;
}
