import { withoutDetails } from '../../domain/media/strip-jpeg.ts';

/** Pictures whose longer side has more pixels are made smaller. */
const LONGEST_SIDE = 2048;
const QUALITY = 0.85;
/** A larger file is made smaller, too, if that saves much. */
const LARGE_BYTES = 1_000_000;

const SHRUNK = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/heic', 'image/heif']);

/** A picture that is smaller than the one that was chosen; `null` if there is no need for one, or no way to make it. */
export async function shrink(file: Blob): Promise<Blob | null> {
  if (!SHRUNK.has(file.type)) return null;
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined);
  if (!bitmap) return null;
  const factor = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  if (factor === 1 && file.size < LARGE_BYTES) return null;
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * factor));
  canvas.height = Math.max(1, Math.round(bitmap.height * factor));
  const context = canvas.getContext('2d');
  context?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  if (!context) return null;
  const made = await encoded(canvas);
  return made && made.size < file.size ? made : null;
}

/** As WebP, or as JPEG if the browser cannot write WebP. */
async function encoded(canvas: HTMLCanvasElement): Promise<Blob | null> {
  const as = (type: string) =>
    new Promise<Blob | null>((resolve) => canvas.toBlob((blob) => resolve(blob), type, QUALITY));
  const webp = await as('image/webp');
  return webp?.type === 'image/webp' ? webp : as('image/jpeg');
}

/** A file as it was chosen, without the metadata of a photo. */
export async function cleaned(file: Blob): Promise<Blob> {
  if (file.type !== 'image/jpeg') return file;
  return new Blob([withoutDetails(new Uint8Array(await file.arrayBuffer()))], { type: file.type });
}

/** So much of a picture is looked at for what it tells besides what is seen. */
const TELLING_BYTES = 1024 * 1024;

/** Whether a picture that is sent as it is may say where it was taken: only a JPEG is cleaned of that. */
export async function mayTellPlace(file: Blob, name: string): Promise<boolean> {
  if (file.type === 'image/jpeg') return false;
  if (/^image\/hei[cf]/.test(file.type) || /\.hei[cf]$/i.test(name)) return true;
  const start = new Uint8Array(await file.slice(0, TELLING_BYTES).arrayBuffer());
  return /Exif\0\0|eXIf|EXIF|<x:xmpmeta/.test(new TextDecoder('latin1').decode(start));
}

/** A name with the ending of the type that a smaller picture has. */
export const nameOfShrunk = (name: string, type: string): string =>
  `${name.replace(/\.[a-z0-9]{1,5}$/i, '')}.${type === 'image/webp' ? 'webp' : 'jpg'}`;
