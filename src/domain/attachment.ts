import { MOST_READ } from './message.ts';
import { isWellFormed } from './unicode.ts';

/** A file of a message, as stored in its line. */
export interface Attachment {
  readonly sha256: string;
  readonly name: string;
  /** Its media type, determined from its bytes. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** In pixels, as displayed; only for pictures and videos whose dimensions are known. */
  readonly width?: number;
  readonly height?: number;
}

/** A file under a name, with its fields in the order of the format. */
export const toAttachment = (
  { sha256, type, size, width, height }: Omit<Attachment, 'name'>,
  name: string,
): Attachment => ({
  sha256,
  name,
  type,
  size,
  ...(width === undefined ? {} : { width }),
  ...(height === undefined ? {} : { height }),
});

/** A file in a request: its hash, and optionally a name other than the one it was uploaded with. */
export interface AttachmentReference {
  readonly sha256: string;
  readonly name?: string;
}

export const MOST_ATTACHMENTS = 20;
export const MOST_NAME_CHARACTERS = 255;
/** The highest limit that can be set. GitHub warns about files above it, and refuses those above 100 MiB. */
export const MOST_ATTACHMENT_BYTES = 50 * 2 ** 20;

/** A limit for the size of a file, in words. */
export const limitInWords = (bytes: number): string =>
  bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20} MiB` : `${bytes.toLocaleString('en')} bytes`;

export const SHA256 = /^[0-9a-f]{64}$/;

/**
 * The files in a line, which other programs may have written: entries without a hash are ignored, and so are any
 * after the first 20.
 */
export function readAttachments(value: unknown): Attachment[] {
  if (!Array.isArray(value)) return [];
  const attachments = new Map<string, Attachment>();
  for (const entry of value.slice(0, MOST_READ)) {
    const attachment = readAttachment(entry);
    if (attachment && !attachments.has(attachment.sha256)) attachments.set(attachment.sha256, attachment);
  }
  return [...attachments.values()].slice(0, MOST_ATTACHMENTS);
}

function readAttachment(entry: unknown): Attachment | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { sha256, name, type, size, width, height } = entry as Readonly<Record<string, unknown>>;
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) return undefined;
  return {
    sha256,
    name: cleanFileName(typeof name === 'string' ? name : ''),
    type: typeof type === 'string' && MEDIA_TYPE.test(type) ? type : UNKNOWN_TYPE,
    size: isCount(size) ? size : 0,
    ...(isCount(width) && isCount(height) && width > 0 && height > 0 ? { width, height } : {}),
  };
}

export const UNKNOWN_TYPE = 'application/octet-stream';

const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Characters that a file name cannot contain. */
const NOT_IN_NAME = /[/\\\p{Cc}]/u;

/** Whether a text can be a file name. */
export const isFileName = (name: string): boolean =>
  name !== '' && isWellFormed(name) && !NOT_IN_NAME.test(name) && [...name].length <= MOST_NAME_CHARACTERS;

/** The closest valid file name. One that is too long is cut before its extension. */
export function cleanFileName(name: string): string {
  const cleaned = name.replace(/[/\\\p{Cc}]/gu, '_');
  if (cleaned === '') return 'file';
  const characters = [...cleaned];
  const tooMany = characters.length - MOST_NAME_CHARACTERS;
  if (tooMany <= 0) return cleaned;
  characters.splice(MOST_NAME_CHARACTERS - extensionOf(cleaned).length, tooMany);
  return characters.join('');
}

/** The extension of a file name with its dot, such as `.png`; empty if it has none. */
export const extensionOf = (name: string): string => /[^.](\.[a-z0-9]{1,16})$/i.exec(name)?.[1] ?? '';

/** Whether a line names exactly the files of a request, in that order. */
export function namesSame(
  attachments: readonly Attachment[],
  references: readonly AttachmentReference[],
): boolean {
  if (attachments.length !== references.length) return false;
  return references.every(({ sha256, name }, index) => {
    const attachment = attachments[index];
    return attachment?.sha256 === sha256 && (name === undefined || name === attachment.name);
  });
}
