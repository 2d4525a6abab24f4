import { MOST_ATTACHMENT_BYTES } from '../attachment.ts';
import { boxesTellPlace } from './box-place.ts';
import { pngChunks, typeAt, webpChunks } from './chunks.ts';
import { latin } from './latin.ts';
import { readerOf } from './partial-reader.ts';

/**
 * Whether a picture or a video that is sent as it is may say where it was taken. Exif and XMP may, so it is enough if
 * they are there. A file that cannot be read to its end may say anything, and so may a picture in another format.
 *
 * @param type what its bytes say that it is
 */
export async function mayTellPlace(file: Blob, type: string | undefined): Promise<boolean> {
  try {
    return await tells(file, type ?? (await hiddenType(file)));
  } catch {
    // It is damaged, too large or gone.
    return true;
  }
}

async function tells(file: Blob, type: string): Promise<boolean> {
  switch (type) {
    case 'image/png':
      return pngTells(file);
    case 'image/webp':
      return webpTells(file);
    case 'image/gif':
    case 'image/svg+xml':
      return hasXmp(file);
    case 'image/bmp':
    case 'image/x-icon':
    case 'image/vnd.microsoft.icon':
      return false;
    case 'image/avif':
    case 'image/heic':
    case 'video/mp4':
    case 'video/quicktime':
    case 'audio/mp4':
      return boxesTellPlace(file);
    default:
      // Other videos are not included, since some browsers give TypeScript files the type video/mp2t.
      return type.startsWith('image/');
  }
}

/** The type of a file that has no signature. Old QuickTime files begin with any of these boxes. */
async function hiddenType(file: Blob): Promise<string> {
  const start = file.size < 8 ? '' : typeAt(await readerOf(file)(0, 8), 4);
  return /^(?:moov|mdat|wide|free|skip|pnot)$/.test(start) ? 'video/quicktime' : file.type;
}

/** A PNG may have Exif, and XMP in a text (PNG, section 11.3). Older programs write both into other texts. */
async function pngTells(file: Blob): Promise<boolean> {
  let end: number | undefined;
  for await (const chunk of pngChunks(file)) {
    if (/^(?:eXIf|zxIf|caBX)$/.test(chunk.type)) return true;
    if (TEXTS.has(chunk.type) && TELLING_KEYWORD.test(await keywordAt(file, chunk.start))) return true;
    if (chunk.type === 'IEND') end = chunk.end;
  }
  return end !== file.size;
}

const TEXTS = new Set(['tEXt', 'zTXt', 'iTXt']);
const TELLING_KEYWORD = /xmp|raw profile type (?!icc)|exif|gps|location/i;

/** The keyword of a text, which has at most 79 characters and ends with a zero. */
async function keywordAt(file: Blob, start: number): Promise<string> {
  const bytes = new Uint8Array(await file.slice(start, start + 80).arrayBuffer());
  return latin(bytes).split('\0', 1)[0] ?? '';
}

/** The chunks that are needed to display a WebP (RFC 9649, section 2.7). All others are metadata, or unknown. */
const DISPLAYED = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);

async function webpTells(file: Blob): Promise<boolean> {
  for await (const { type } of webpChunks(file)) if (!DISPLAYED.has(type)) return true;
  return false;
}

/** How much is read at a time, in bytes. */
const PIECE = 1024 * 1024;

/** Whether there is XMP anywhere in a file. */
async function hasXmp(file: Blob): Promise<boolean> {
  if (file.size > MOST_ATTACHMENT_BYTES) return true;
  for (let at = 0; at < file.size; at += PIECE) {
    // The pieces overlap.
    const text = await file.slice(at, at + PIECE + 16).text();
    if (/<x:xmpmeta|<\?xpacket/.test(text)) return true;
  }
  return false;
}
