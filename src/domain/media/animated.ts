import { pngChunks, webpChunks } from './chunks.ts';
import { latin } from './latin.ts';
import { brandsOf, HEAD_BYTES } from './signatures.ts';

/**
 * Whether a picture is animated: an animated WebP (RFC 9649, section 2.7.1), an APNG (PNG, section 11.3.6), or an image
 * sequence in AVIF or HEIC (AVIF, section 6.3; ISO/IEC 23008-12, annex B).
 *
 * @param type what its bytes say that it is
 */
export async function isAnimated(file: Blob, type: string): Promise<boolean> {
  try {
    if (type === 'image/webp') return await hasChunk(webpChunks(file), 'ANIM', 'VP8 ', 'VP8L');
    if (type === 'image/png') return await hasChunk(pngChunks(file), 'acTL', 'IDAT');
    const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
    return brandsOf(latin(head)).some((brand) => /^(?:avis|msf1|hev[cx])$/.test(brand));
  } catch {
    // The file is damaged or gone.
    return false;
  }
}

/** Whether a chunk comes before any of some others. */
async function hasChunk(
  chunks: AsyncIterable<{ readonly type: string }>,
  wanted: string,
  ...others: readonly string[]
): Promise<boolean> {
  for await (const { type } of chunks) {
    if (type === wanted) return true;
    if (others.includes(type)) return false;
  }
  return false;
}
