/** One picture of an animation: what of it differs from the one before, as a WebP of its own. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** How long it stays, in milliseconds. */
  readonly duration: number;
  readonly webp: Buffer;
}

/** An animation of pictures that a browser has made: browsers write single pictures only. */
export function animated(
  size: { readonly width: number; readonly height: number },
  frames: readonly Frame[],
  plays: number,
): Buffer {
  const canvas = Buffer.alloc(10);
  canvas.writeUInt8(0b10);
  canvas.writeUIntLE(size.width - 1, 4, 3);
  canvas.writeUIntLE(size.height - 1, 7, 3);
  const animation = Buffer.alloc(6);
  animation.writeUInt16LE(plays, 4);
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    chunk('VP8X', canvas),
    chunk('ANIM', animation),
    ...frames.map(frameChunk),
  ]);
  return chunk('RIFF', body);
}

const NO_BLENDING = 0b10;

function frameChunk({ x, y, width, height, duration, webp }: Frame): Buffer {
  const head = Buffer.alloc(16);
  // Places are kept in steps of two pixels.
  head.writeUIntLE(x / 2, 0, 3);
  head.writeUIntLE(y / 2, 3, 3);
  head.writeUIntLE(width - 1, 6, 3);
  head.writeUIntLE(height - 1, 9, 3);
  head.writeUIntLE(duration, 12, 3);
  head.writeUInt8(NO_BLENDING, 15);
  return chunk('ANMF', Buffer.concat([head, pictureIn(webp)]));
}

/** The picture itself, without what a file of its own has around it. */
function pictureIn(webp: Buffer): Buffer {
  for (let at = 12; at + 8 <= webp.length; ) {
    const size = webp.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (['VP8 ', 'VP8L'].includes(webp.toString('latin1', at, at + 4))) return webp.subarray(at, end);
    at = end;
  }
  throw new Error('There is no picture in it.');
}

function chunk(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
