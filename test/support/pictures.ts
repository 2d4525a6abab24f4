import { pngChunk } from './files.ts';

/** A chunk of a RIFF file such as WebP. */
export function riffChunk(type: string, content: Buffer): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

export const webp = (...chunks: readonly Buffer[]): Buffer =>
  riffChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));

/** A PNG with more chunks after its header, which ends at byte 33. */
export const pngWith = (png: Buffer, ...chunks: readonly Buffer[]): Buffer =>
  Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);

/** An animated PNG whose first frame is this PNG, and which shows a small part of nothing after it. */
export function animatedPng(png: Buffer): Buffer {
  const frame = (number: number) => {
    const control = Buffer.alloc(26);
    control.writeUInt32BE(number, 0);
    png.copy(control, 4, 16, 24);
    control.writeUInt16BE(1, 20);
    control.writeUInt16BE(10, 22);
    return pngChunk('fcTL', control);
  };
  const pixels = png.subarray(41, 41 + png.readUInt32BE(33));
  const again = pngChunk('fdAT', Buffer.concat([Buffer.from([0, 0, 0, 2]), pixels]));
  const animated = pngWith(png, pngChunk('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])), frame(0));
  return Buffer.concat([animated.subarray(0, -12), frame(1), again, animated.subarray(-12)]);
}

/** An animated WebP that shows the same picture twice, a lossy WebP. */
export function animatedWebp(picture: Buffer, [width, height]: readonly [number, number]): Buffer {
  const size = Buffer.alloc(6);
  size.writeUIntLE(width - 1, 0, 3);
  size.writeUIntLE(height - 1, 3, 3);
  const frame = riffChunk(
    'ANMF',
    // Its place, its size, 100 milliseconds, and the chunk of the picture.
    Buffer.concat([
      Buffer.alloc(6),
      size,
      Buffer.from([100, 0, 0, 0]),
      picture.subarray(picture.indexOf('VP8 ')),
    ]),
  );
  return webp(
    riffChunk('VP8X', Buffer.concat([Buffer.from([0x02, 0, 0, 0]), size])),
    riffChunk('ANIM', Buffer.alloc(6)),
    frame,
    frame,
  );
}
