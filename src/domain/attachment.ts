import { MOST_READ } from './message.ts';
import { isWellFormed } from './unicode.ts';

/** A file of a message, as its line names it. */
export interface Attachment {
  readonly sha256: string;
  readonly name: string;
  /** Its media type, as its bytes say. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** In pixels, as it is shown; of a picture or a video whose size is known. */
  readonly width?: number;
  readonly height?: number;
}

/** How a request names a file: by its hash, with another name than the one that it was uploaded with. */
export interface AttachmentReference {
  readonly sha256: string;
  readonly name?: string;
}

export const MOST_ATTACHMENTS = 20;
export const MOST_NAME_CHARACTERS = 255;
export const SHA256 = /^[0-9a-f]{64}$/;

/** The files that a line names, as others may have written them: an entry without a hash is ignored, and so is more than 20. */
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

/** What cannot be in the name of a file. */
const NOT_IN_NAME = /[/\\\p{Cc}]/u;

/** Whether a text can be the name of a file. */
export const isFileName = (name: string): boolean =>
  name !== '' && isWellFormed(name) && !NOT_IN_NAME.test(name) && [...name].length <= MOST_NAME_CHARACTERS;

/** The nearest name that a file can have. */
export function cleanFileName(name: string): string {
  const cleaned = [...name.replace(/[/\\\p{Cc}]/gu, '_')].slice(0, MOST_NAME_CHARACTERS).join('');
  return cleaned === '' ? 'file' : cleaned;
}

/** Whether a line names exactly the files that a request names, in that order. */
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
