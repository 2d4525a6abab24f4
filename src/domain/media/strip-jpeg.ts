import { exifOf, orientationOf } from './exif-orientation.ts';
import { latin } from './latin.ts';

const [SOI, EOI, START_OF_SCAN] = [0xd8, 0xd9, 0xda];
const [APP0, APP1, APP2, APP14, APP15] = [0xe0, 0xe1, 0xe2, 0xee, 0xef];
const COMMENT = 0xfe;

/**
 * A JPEG without its metadata: where and when it was taken, with what camera, and by whom. What is needed to display
 * it stays: its orientation and its colour profile. Everything after the picture is removed too: further pictures,
 * such as previews and gain maps (CIPA DC-007, ISO 21496-1), and the video of a motion photo.
 *
 * The structure of a JPEG is described in ITU-T T.81, Annex B.
 *
 * @returns `undefined` if the bytes are not a JPEG, or have no end or an unknown segment, so it cannot be cleaned
 */
export function withoutDetails(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
  const parts: Uint8Array[] = [];
  let [orientation, hasPicture, isInScan] = [1, false, false];
  for (let at = 2; ; ) {
    const start = markerFrom(bytes, at);
    if (start === undefined) return undefined;
    // After the start of a scan come the pixels. Any other bytes between two segments are skipped by decoders.
    if (isInScan) parts.push(bytes.subarray(at, start));
    const marker = bytes[start + 1] as number;
    if (marker === EOI) return hasPicture ? picture(parts, orientation) : undefined;
    const end = endOf(bytes, start);
    if (end === undefined || !isKnown(marker)) return undefined;
    const segment = bytes.subarray(start, end);
    isInScan = marker === START_OF_SCAN;
    hasPicture ||= isInScan;
    if (marker === APP1 && !hasPicture) orientation = orientationOf(segment) ?? orientation;
    const needed = neededOf(marker, segment);
    if (needed) parts.push(needed);
    at = end;
  }
}

/**
 * The position of the next marker of a segment or of the end. Markers may come after fill bytes. Among the pixels, a
 * 0xff that is not part of a marker is followed by a zero, and restart markers are part of the pixels.
 */
function markerFrom(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const marker = bytes[at + 1];
    if (marker === undefined) return undefined;
    const isRestart = marker >= 0xd0 && marker <= 0xd7;
    if (marker > 0x01 && marker < 0xff && !isRestart) return at;
  }
  return undefined;
}

/** The end of the segment that starts here; `undefined` if the file ends earlier. */
function endOf(bytes: Uint8Array, start: number): number | undefined {
  const [high = 0, low = 0] = bytes.subarray(start + 2, start + 4);
  const end = start + 2 + high * 256 + low;
  return end >= start + 4 && end <= bytes.length ? end : undefined;
}

/** Whether a segment is a frame, a table, a scan, metadata or a comment. Decoders refuse all others. */
const isKnown = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= APP15 && marker !== 0xc8 && marker !== SOI) || marker === COMMENT;

/** What stays of a segment: what decoders need, and nothing of Exif, XMP, IPTC, MPF, comments and the like. */
function neededOf(marker: number, segment: Uint8Array): Uint8Array | undefined {
  if (marker < APP0) return segment;
  if (marker === APP0) return withoutThumbnail(segment);
  const isProfile = marker === APP2 && latin(segment, 4, 16) === 'ICC_PROFILE\0';
  const isAdobe = marker === APP14 && latin(segment, 4, 9) === 'Adobe';
  return isProfile || isAdobe ? segment : undefined;
}

/** A JFIF header without its thumbnail, which may still show what was cut off the picture. */
function withoutThumbnail(segment: Uint8Array): Uint8Array | undefined {
  if (latin(segment, 4, 9) !== 'JFIF\0' || segment.length < 18) return undefined;
  const header = segment.slice(0, 18);
  header.set([0, 16], 2);
  header.set([0, 0], 16);
  return header;
}

function picture(parts: readonly Uint8Array[], orientation: number): Uint8Array<ArrayBuffer> {
  const exif = orientation === 1 ? [] : [exifOf(orientation)];
  return joined([Uint8Array.of(0xff, SOI), ...exif, ...parts, Uint8Array.of(0xff, EOI)]);
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
