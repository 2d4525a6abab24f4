import { UNKNOWN_TYPE } from '../attachment.ts';

/** The media types that are recognised, with their file extensions. */
const ENDINGS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/bmp': 'bmp',
  'image/tiff': 'tiff',
  'image/svg+xml': 'svg',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/x-matroska': 'mkv',
  'video/ogg': 'ogv',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/gzip': 'gz',
  'application/x-7z-compressed': '7z',
  'application/epub+zip': 'epub',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'text/html': 'html',
  'text/xml': 'xml',
  'text/plain': 'txt',
  [UNKNOWN_TYPE]: 'bin',
};

/** The file extension of a type, with the dot; empty for an unknown type. */
export const endingOf = (type: string): string => (Object.hasOwn(ENDINGS, type) ? `.${ENDINGS[type]}` : '');

/** Whether people can read a type as text. Markup is text too. */
export const isTextType = (type: string): boolean => type.startsWith('text/') || type === 'image/svg+xml';

/** The types that are displayed in place, since nothing in them can run. Everything else is a download. */
const SHOWN = new Set([
  ...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'],
  ...['video/mp4', 'video/webm', 'video/ogg', 'audio/mp4', 'audio/mpeg', 'audio/ogg'],
  'text/plain',
]);

export const isShown = (type: string): boolean => SHOWN.has(type);
