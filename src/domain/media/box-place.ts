import { type InnerBox, innerBoxes, outerBoxes } from './boxes.ts';
import { typeAt } from './chunks.ts';

/** A larger index is not searched. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Boxes that may say where a video or a picture was taken: the positions of QuickTime and 3GPP (TS 26.244, section 8),
 * of GoPro and of dashcams, XML, boxes that are in no standard (XMP is in one of these), and the video of a motion photo.
 */
const TELLING = new Set(['\xa9xyz', 'loci', 'GPMF', 'gps ', 'xml ', 'bxml', 'XMP_', 'uuid', 'mpvd']);

/** Boxes that consist of others. */
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'udta', 'meta', 'ilst', 'iinf']);

/**
 * Whether an MP4, QuickTime, HEIC or AVIF file may say where it was taken. Only its index is read, which may be at the
 * end. A file without one may say anything.
 */
export async function boxesTellPlace(file: Blob): Promise<boolean> {
  let isIndexed = false;
  for await (const { type, start, length } of outerBoxes(file)) {
    if (TELLING.has(type)) return true;
    if (type !== 'moov' && type !== 'meta') continue;
    if (length > MOST_BYTES) return true;
    const content = new DataView(await file.slice(start, start + length).arrayBuffer());
    if (tells({ type, content })) return true;
    isIndexed = true;
  }
  return !isIndexed;
}

function tells(box: InnerBox): boolean {
  const { type, content } = box;
  if (TELLING.has(type)) return true;
  if (type === 'infe') return isMetadata(content);
  // The keys of QuickTime's metadata, such as com.apple.quicktime.location.ISO6709, and the formats of tracks: `gpmd`
  // and `camm` record positions during a video.
  if (type === 'keys' || type === 'stsd')
    return /location|gpmd|camm/.test(new TextDecoder('latin1').decode(content));
  if (!CONTAINERS.has(type)) return false;
  for (const inner of innerBoxes(content, startOf(box))) if (tells(inner)) return true;
  return false;
}

/** Where the boxes in a container begin. Most have nothing else, but `meta` only in QuickTime. */
function startOf({ type, content }: InnerBox): number {
  if (type === 'iinf') return content.getUint8(0) === 0 ? 6 : 8;
  return type === 'meta' && content.byteLength >= 8 && typeAt(content, 4) !== 'hdlr' ? 4 : 0;
}

/** Whether an item of a picture is Exif or XMP (ISO/IEC 23008-12, annex A). Old entries do not say what they are. */
function isMetadata(entry: DataView): boolean {
  const version = entry.getUint8(0);
  return version < 2 || /^(?:Exif|mime|uri )$/.test(typeAt(entry, version === 2 ? 8 : 10));
}
