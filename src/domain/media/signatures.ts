/** How many bytes at the beginning of a file are enough to determine its type. */
export const HEAD_BYTES = 4096;

/** The media type of a file, from its first bytes; `undefined` if they show none, as in plain text. */
export const typeOfBytes = (head: Buffer): string | undefined =>
  SIGNATURES.find(({ matches }) => matches(head))?.type ??
  boxType(head) ??
  matroskaType(head) ??
  oggType(head) ??
  zipType(head);

/**
 * The type of a text that is markup, judging by its beginning, since a browser would run scripts in it. The
 * beginnings are those in the WHATWG's MIME Sniffing Standard, and those of XML.
 */
export function typeOfMarkup(head: Buffer): string | undefined {
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
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
  readonly matches: (head: Buffer) => boolean;
}

const has = (head: Buffer, at: number, bytes: string): boolean =>
  head.subarray(at, at + bytes.length).equals(Buffer.from(bytes, 'latin1'));

const starts = (type: string, ...beginnings: readonly string[]): Signature => ({
  type,
  matches: (head) => beginnings.some((bytes) => has(head, 0, bytes)),
});

const riff = (type: string, form: string): Signature => ({
  type,
  matches: (head) => has(head, 0, 'RIFF') && has(head, 8, form),
});

const SIGNATURES: readonly Signature[] = [
  starts('image/png', '\x89PNG\r\n\x1a\n'),
  starts('image/jpeg', '\xff\xd8\xff'),
  starts('image/gif', 'GIF87a', 'GIF89a'),
  riff('image/webp', 'WEBP'),
  riff('audio/wav', 'WAVE'),
  starts('image/tiff', 'II*\0', 'MM\0*'),
  { type: 'image/bmp', matches: (head) => has(head, 0, 'BM') && has(head, 6, '\0\0\0\0') },
  // Readers accept a PDF if its signature is within the first 1024 bytes.
  { type: 'application/pdf', matches: (head) => head.subarray(0, 1024).includes('%PDF-') },
  starts('audio/flac', 'fLaC'),
  starts('audio/mpeg', 'ID3'),
  { type: 'audio/mpeg', matches: isMpegFrame },
  starts('application/gzip', '\x1f\x8b\x08'),
  starts('application/x-7z-compressed', "7z\xbc\xaf'\x1c"),
];

/** A frame of MPEG audio, layer III, with valid values. Two bytes alone could match by chance. */
function isMpegFrame(head: Buffer): boolean {
  const [first = 0, second = 0, third = 0] = head;
  const isLayer3 = first === 0xff && (second & 0xe6) === 0xe2 && (second & 0x18) !== 0x08;
  return isLayer3 && third >> 4 !== 0 && third >> 4 !== 0x0f && (third & 0x0c) !== 0x0c;
}

/** Files made of ISO boxes begin with the box `ftyp`, which names their type. */
function boxType(head: Buffer): string | undefined {
  if (!has(head, 4, 'ftyp')) return undefined;
  const length = Math.min(head.readUInt32BE(0), head.length);
  const brands = head.subarray(8, length).toString('latin1').match(/.{4}/gs) ?? [];
  const [major = ''] = brands;
  if (/^(?:avif|avis)$/.test(major)) return 'image/avif';
  if (/^(?:heic|heix|hevc|heim|heis|mif1|msf1)$/.test(major))
    return brands.some((brand) => /^avi[fs]$/.test(brand)) ? 'image/avif' : 'image/heic';
  if (major === 'qt  ') return 'video/quicktime';
  return /^M4[AB] $/.test(major) ? 'audio/mp4' : 'video/mp4';
}

function matroskaType(head: Buffer): string | undefined {
  if (!has(head, 0, '\x1aE\xdf\xa3')) return undefined;
  return head.subarray(0, 64).includes('webm') ? 'video/webm' : 'video/x-matroska';
}

function oggType(head: Buffer): string | undefined {
  if (!has(head, 0, 'OggS')) return undefined;
  return head.subarray(0, 64).includes('\x80theora', 0, 'latin1') ? 'video/ogg' : 'audio/ogg';
}

const OPEN_DOCUMENT =
  /^mimetype(application\/(?:epub\+zip|vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation)))/;
const OFFICE = {
  'word/': 'wordprocessingml.document',
  'xl/': 'spreadsheetml.sheet',
  'ppt/': 'presentationml.presentation',
} as const;

function zipType(head: Buffer): string | undefined {
  if (!has(head, 0, 'PK\x03\x04') && !has(head, 0, 'PK\x05\x06')) return undefined;
  const names = head.toString('latin1');
  const [, named] = OPEN_DOCUMENT.exec(names.slice(30)) ?? [];
  if (named !== undefined) return named;
  if (names.startsWith('[Content_Types].xml', 30) || names.startsWith('_rels/.rels', 30)) {
    for (const [folder, kind] of Object.entries(OFFICE))
      if (names.includes(folder)) return `application/vnd.openxmlformats-officedocument.${kind}`;
  }
  return 'application/zip';
}
