import { isAnimated } from '../../domain/media/animated.ts';

/** Pictures whose longer side has more pixels are scaled down. */
const LONGEST_SIDE = 2048;
const QUALITY = 0.85;
/** Larger files are also shrunk, if that saves much. */
const LARGE_BYTES = 1_000_000;

const SHRUNK = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/heic']);

/**
 * A smaller version of a chosen picture; `null` if none is needed or none can be made.
 *
 * @param type what its bytes say that it is
 */
export async function shrink(file: Blob, type: string | undefined): Promise<Blob | null> {
  if (type === undefined || !SHRUNK.has(type)) return null;
  // A canvas would keep only one of its pictures.
  if (await isAnimated(file, type)) return null;
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
  const made = await encoded(canvas, context);
  return made && made.size < file.size ? made : null;
}

/**
 * Encodes it as WebP. A browser that cannot write WebP writes PNG instead, as the HTML standard says. That is sent only
 * if the picture is transparent, which a JPEG cannot be. A photo is smaller as JPEG.
 */
async function encoded(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): Promise<Blob | null> {
  const as = (type: string) =>
    new Promise<Blob | null>((resolve) => canvas.toBlob((blob) => resolve(blob), type, QUALITY));
  const made = await as('image/webp');
  return made?.type === 'image/webp' || isTransparent(context) ? made : as('image/jpeg');
}

/** Whether any pixel is not opaque. */
function isTransparent(context: CanvasRenderingContext2D): boolean {
  const { data } = context.getImageData(0, 0, context.canvas.width, context.canvas.height);
  for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha] !== 255) return true;
  return false;
}
