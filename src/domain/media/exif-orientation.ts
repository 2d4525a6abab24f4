import { latin } from './latin.ts';

const ORIENTATION = 0x0112;

/** The orientation of a picture, 1 to 8, from its Exif segment. */
export function orientationOf(segment: Uint8Array): number | undefined {
  if (latin(segment, 4, 10) !== 'Exif\0\0') return undefined;
  const tiff = new DataView(segment.buffer, segment.byteOffset + 10, segment.byteLength - 10);
  try {
    const isLittle = tiff.getUint16(0) === 0x4949;
    const start = tiff.getUint32(4, isLittle);
    const count = tiff.getUint16(start, isLittle);
    for (let index = 0; index < count; index += 1) {
      const entry = start + 2 + 12 * index;
      if (tiff.getUint16(entry, isLittle) !== ORIENTATION) continue;
      const value = tiff.getUint16(entry + 8, isLittle);
      return value >= 1 && value <= 8 ? value : undefined;
    }
  } catch {
    // The segment ends earlier than it claims.
  }
  return undefined;
}

/** An Exif segment with only the orientation of a picture. */
export function exifOf(orientation: number): Uint8Array {
  const segment = new Uint8Array(36);
  const view = new DataView(segment.buffer);
  view.setUint16(0, 0xffe1);
  view.setUint16(2, 34);
  segment.set([0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 0x2a], 4);
  view.setUint32(14, 8);
  view.setUint16(18, 1);
  view.setUint16(20, ORIENTATION);
  view.setUint16(22, 3);
  view.setUint32(24, 1);
  view.setUint16(28, orientation);
  return segment;
}
