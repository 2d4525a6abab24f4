import { latin } from './latin.ts';

/** How many bytes at the beginning of a file are enough to determine its type. */
export const HEAD_BYTES = 4096;

/** The media type of a file, from its first bytes; `undefined` if they show none, as in plain text. */
export function typeOfBytes(bytes: Uint8Array): string | undefined {
  const head = latin(bytes, 0, HEAD_BYTES);
  return (
    SIGNATURES.find(({ matches }) => matches(head))?.type ??
    boxType(head) ??
    matroskaType(head) ??
    oggType(head) ??
    zipType(head)
  );
}

/**
 * The type of a text that is markup, judging by its beginning, since a browser would run scripts in it. The
 * beginnings are those in the WHATWG's MIME Sniffing Standard, and those of XML.
 */
export function typeOfMarkup(head: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(head).trimStart();
  if (/^<svg[\s>/]/i.test(text)) return 'image/svg+xml';
  if (HTML.test(text)) return 'text/html';
  if (!/^<(?:\?xml|!doctype|!--)/i.test(text)) return undefined;
  if (/<svg[\s>/]/i.test(text)) return 'image/svg+xml';
  return /<html[\s>/]/i.test(text) || text.startsWith('<!--') ? 'text/html' : 'text/xml';
}

const HTML =
  /^<(?:!doctype html|(?:html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|img|object|embed|form|link|meta|base|math)(?=[\s>/]))/i;

interface Signature {
  readonly type: string;
  /** Gets the first bytes as Latin-1, one character each. */
  readonly matches: (head: string) => boolean;
}

const starts = (type: string, ...beginnings: readonly string[]): Signature => ({
  type,
  matches: (head) => beginnings.some((bytes) => head.startsWith(bytes)),
});

const riff = (type: string, form: string): Signature => ({
  type,
  matches: (head) => head.startsWith('RIFF') && head.startsWith(form, 8),
});

const SIGNATURES: readonly Signature[] = [
  starts('image/png', '\x89PNG\r\n\x1a\n'),
  starts('image/jpeg', '\xff\xd8\xff'),
  starts('image/gif', 'GIF87a', 'GIF89a'),
  riff('image/webp', 'WEBP'),
  riff('audio/wav', 'WAVE'),
  starts('image/tiff', 'II*\0', 'MM\0*'),
  { type: 'image/bmp', matches: (head) => head.startsWith('BM') && head.startsWith('\0\0\0\0', 6) },
  // Readers accept a PDF if its signature is within the first 1024 bytes.
  { type: 'application/pdf', matches: (head) => head.slice(0, 1024).includes('%PDF-') },
  starts('audio/flac', 'fLaC'),
  starts('audio/mpeg', 'ID3'),
  { type: 'audio/mpeg', matches: isMpegFrame },
  starts('application/gzip', '\x1f\x8b\x08'),
  starts('application/x-7z-compressed', "7z\xbc\xaf'\x1c"),
];

/** A frame of MPEG audio, layer III, with valid values. Two bytes alone could match by chance. */
function isMpegFrame(head: string): boolean {
  const [first, second, third] = [head.charCodeAt(0), head.charCodeAt(1), head.charCodeAt(2)];
  const isLayer3 = first === 0xff && (second & 0xe6) === 0xe2 && (second & 0x18) !== 0x08;
  return isLayer3 && third >> 4 !== 0 && third >> 4 !== 0x0f && (third & 0x0c) !== 0x0c;
}

/** The brands in the box `ftyp`, the main one first; none if a file does not begin with this box. */
export function brandsOf(head: string): readonly string[] {
  if (!head.startsWith('ftyp', 4)) return [];
  const length = [0, 1, 2, 3].reduce((sum, at) => sum * 256 + head.charCodeAt(at), 0);
  return head.slice(8, length).match(/.{4}/gs) ?? [];
}

/** Files made of ISO boxes begin with the box `ftyp`, which names their type. */
function boxType(head: string): string | undefined {
  if (!head.startsWith('ftyp', 4)) return undefined;
  const brands = brandsOf(head);
  const [major = ''] = brands;
  if (/^(?:avif|avis)$/.test(major)) return 'image/avif';
  if (/^(?:heic|heix|hevc|heim|heis|mif1|msf1)$/.test(major))
    return brands.some((brand) => /^avi[fs]$/.test(brand)) ? 'image/avif' : 'image/heic';
  if (major === 'qt  ') return 'video/quicktime';
  return /^M4[AB] $/.test(major) ? 'audio/mp4' : 'video/mp4';
}

function matroskaType(head: string): string | undefined {
  if (!head.startsWith('\x1aE\xdf\xa3')) return undefined;
  return head.slice(0, 64).includes('webm') ? 'video/webm' : 'video/x-matroska';
}

function oggType(head: string): string | undefined {
  if (!head.startsWith('OggS')) return undefined;
  return head.slice(0, 64).includes('\x80theora') ? 'video/ogg' : 'audio/ogg';
}

const OPEN_DOCUMENT =
  /^mimetype(application\/(?:epub\+zip|vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation)))/;
const OFFICE = {
  'word/': 'wordprocessingml.document',
  'xl/': 'spreadsheetml.sheet',
  'ppt/': 'presentationml.presentation',
} as const;

function zipType(head: string): string | undefined {
  if (!head.startsWith('PK\x03\x04') && !head.startsWith('PK\x05\x06')) return undefined;
  const [, named] = OPEN_DOCUMENT.exec(head.slice(30)) ?? [];
  if (named !== undefined) return named;
  if (head.startsWith('[Content_Types].xml', 30) || head.startsWith('_rels/.rels', 30)) {
    for (const [folder, kind] of Object.entries(OFFICE))
      if (head.includes(folder)) return `application/vnd.openxmlformats-officedocument.${kind}`;
  }
  return 'application/zip';
}
