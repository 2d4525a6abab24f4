import { type Attachment, cleanFileName } from '../../domain/attachment.ts';

/** How a file is shown: in place, with a player, or only by name. */
export type FileKind = 'picture' | 'sound' | 'video' | 'file';

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const SOUNDS = new Set(['audio/mpeg', 'audio/ogg', 'audio/mp4']);
const VIDEOS = new Set(['video/mp4', 'video/webm', 'video/ogg']);

export function kindOfFile(type: string): FileKind {
  if (PICTURES.has(type)) return 'picture';
  if (SOUNDS.has(type)) return 'sound';
  return VIDEOS.has(type) ? 'video' : 'file';
}

const UNITS = ['KiB', 'MiB', 'GiB'] as const;

/** A size for people, in the units of the limit for a file: 999 bytes, 1.5 KiB, 12 MiB. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  let [size, unit] = [bytes / 1024, 0];
  while (size >= 1023.5 && unit < UNITS.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

const WORDS: Readonly<Record<string, string>> = {
  'application/octet-stream': 'File',
  'application/pdf': 'PDF',
  'application/gzip': 'GZIP',
  'application/x-7z-compressed': '7Z',
  'image/svg+xml': 'SVG',
  'text/plain': 'Text',
};

/** A type in one word: the extension of a document's name, or the second half of the media type. */
export function typeInWords({ type, name }: Pick<Attachment, 'type' | 'name'>): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1];
  if (type.startsWith('application/vnd.') && ending) return ending.toUpperCase();
  return (
    WORDS[type] ?? (type.split('/')[1] ?? type).replace(/^x-/, '').split('.').at(-1)?.toUpperCase() ?? ''
  );
}

/** The largest size of a picture among messages, in CSS pixels. */
const MOST_PIXELS = { width: 480, height: 360 } as const;

/** The displayed size of a picture: its own, or scaled down to fit its place. */
export function shownSize(
  width: number,
  height: number,
): { readonly width: number; readonly height: number } {
  const factor = Math.min(1, MOST_PIXELS.width / width, MOST_PIXELS.height / height);
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/** Marks that change the direction of text can make one name look like another. */
export const withoutDirection = (name: string): string =>
  name.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '');

/** What a file name says before its extension, which describes the file. */
export const descriptionIn = (name: string, extension: string): string =>
  withoutDirection(name.endsWith(extension) ? name.slice(0, name.length - extension.length) : name);

/** A file name that says something else before its extension. */
export function nameFor(description: string, extension: string): string {
  const shown = withoutDirection(description);
  if (shown === '') return extension;
  const hasExtension = shown.toLowerCase().endsWith(extension.toLowerCase());
  return cleanFileName(hasExtension ? shown : shown + extension);
}

const SCHEME = 'attachment:';

/** The file of a message that an address such as `attachment:photo.jpg` refers to, by hash or name. */
export function attachmentIn(address: string): string | undefined {
  if (!address.toLowerCase().startsWith(SCHEME)) return undefined;
  const rest = address.slice(SCHEME.length);
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}

/** The file of a message that a reference means. */
export const fileNamed = (reference: string, files: readonly Attachment[]): Attachment | undefined =>
  files.find(({ sha256 }) => sha256 === reference) ?? files.find(({ name }) => name === reference);

/** Says which of the chosen files a message has no room for. */
export function leftOutInWords(most: number, names: readonly string[]): string {
  const shown = names.slice(0, names.length > 4 ? 3 : 4).map(withoutDirection);
  const rest = names.length - shown.length;
  const more = rest > 0 ? ` and ${rest} more` : '';
  return `A message can have ${most} files. Left out: ${shown.join(', ')}${more}.`;
}
