/**
 * A JPEG without its metadata: where and when it was taken, with what camera, and by whom. What is needed to display
 * it stays: its orientation and its colour profile. Bytes that are not a JPEG are returned unchanged.
 */
export function withoutDetails(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [Uint8Array.of(0xff, 0xd8)];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return bytes.slice();
  let orientation = 1;
  let at = 2;
  for (;;) {
    if (at + 4 > bytes.length || view.getUint8(at) !== 0xff) return bytes.slice();
    const marker = view.getUint8(at + 1);
    // The image data begins here and fills the rest.
    if (marker === 0xda) break;
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end <= at + 3) return bytes.slice();
    const segment = bytes.subarray(at, end);
    if (marker === 0xe1) orientation = orientationOf(segment) ?? orientation;
    if (isNeeded(marker, segment)) parts.push(segment);
    at = end;
  }
  if (orientation !== 1) parts.splice(1, 0, exifOf(orientation));
  return joined([...parts, bytes.subarray(at)]);
}

/** Exif, XMP, IPTC, comments and the like are removed. The colour profile stays, and so does what decoders need. */
function isNeeded(marker: number, segment: Uint8Array): boolean {
  const isApplication = marker >= 0xe0 && marker <= 0xef;
  if (!isApplication) return marker !== 0xfe;
  if (marker === 0xe2) return textOf(segment, 4, 11) === 'ICC_PROFILE';
  return marker === 0xe0 || (marker === 0xee && textOf(segment, 4, 5) === 'Adobe');
}

const textOf = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

const ORIENTATION = 0x0112;

/** The orientation of a picture, 1 to 8, from its Exif segment. */
function orientationOf(segment: Uint8Array): number | undefined {
  if (textOf(segment, 4, 6) !== 'Exif\0\0') return undefined;
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
function exifOf(orientation: number): Uint8Array {
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

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
