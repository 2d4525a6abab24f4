import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFileName, readAttachments } from '../../../src/domain/attachment.ts';
import { dimensionsOf } from '../../../src/domain/media/dimensions.ts';
import { FileProbe } from '../../../src/domain/media/probe.ts';
import { endingOf, isShown } from '../../../src/domain/media/types.ts';
import { hashOf, pngOf } from '../../support/files.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const box = (brand: string, ...others: string[]) =>
  latin(`\0\0\0${String.fromCharCode(16 + 4 * others.length)}ftyp${brand}\0\0\0\0${others.join('')}`);

function factsOf(bytes: Buffer, pieces = 1) {
  const probe = new FileProbe();
  const length = Math.ceil(bytes.length / pieces);
  for (let at = 0; at < bytes.length; at += length) probe.take(bytes.subarray(at, at + length));
  return probe.facts();
}

describe('the type of a file comes from its bytes', () => {
  test.each([
    ['image/png', pngOf(1, 1)],
    ['image/jpeg', latin('\xff\xd8\xff\xe0\0\x10JFIF\0')],
    ['image/gif', latin('GIF89a\x01\0\x01\0/*<script>alert(1)</script>*/')],
    ['image/webp', latin('RIFF\x10\0\0\0WEBPVP8 ')],
    ['image/avif', box('avif', 'mif1')],
    ['image/avif', box('mif1', 'avif')],
    ['image/heic', box('heic')],
    ['video/mp4', box('isom', 'mp42')],
    ['audio/mp4', box('M4A ')],
    ['video/quicktime', box('qt  ')],
    ['video/webm', latin('\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x82\x84webm')],
    ['audio/mpeg', latin('ID3\x04\0\0')],
    ['audio/mpeg', latin('\xff\xfb\x90\0')],
    ['audio/ogg', latin('OggS\0\x02\0\0\0\0\0\0\0\0')],
    ['application/pdf', latin('%PDF-1.7\n')],
    ['application/zip', latin('PK\x03\x04\x14\0')],
    ['text/html', latin('  <!DOCTYPE html><p>x')],
    ['text/html', latin('<script>alert(1)</script>')],
    ['text/html', latin('<!-- x --><b>y</b>')],
    ['image/svg+xml', latin('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['image/svg+xml', latin('\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x --><svg onload="x"/>')],
    ['text/xml', latin('<?xml version="1.0"?><note/>')],
    ['text/plain', Buffer.from('Grüße, 3 < 4')],
    ['text/plain', Buffer.from('hello <script>alert(1)</script>')],
    ['application/octet-stream', Buffer.from([0, 1, 2, 3])],
    ['application/octet-stream', latin('Gr\xfc\xdfe')],
    ['application/octet-stream', Buffer.from('text\0with a NUL')],
    ['application/octet-stream', Buffer.from('ü').subarray(0, 1)],
    ['application/octet-stream', latin('\xff\xfe<\0s\0v\0g\0')],
  ])('%s', (type, bytes) => {
    expect(factsOf(bytes)).toMatchObject({ type, size: bytes.length, sha256: hashOf(bytes) });
  });

  test('the pieces that it comes in make no difference', () => {
    const bytes = Buffer.concat([Buffer.from('ä'.repeat(3000)), Buffer.from('€')]);
    for (const pieces of [1, 2, 7, bytes.length]) expect(factsOf(bytes, pieces).type).toBe('text/plain');
  });

  test('nothing that can run is shown in place', () => {
    for (const type of ['text/html', 'image/svg+xml', 'text/xml', 'application/pdf', 'application/zip'])
      expect(isShown(type)).toBe(false);
    expect(endingOf('constructor')).toBe('');
  });

  test('no bytes are too odd to be looked at', () => {
    const beginnings = [
      '\x89PNG\r\n\x1a\n',
      '\xff\xd8\xff',
      'GIF89a',
      'RIFF\0\0\0\0WEBPVP8X',
      '\0\0\0\x18ftypavif',
    ];
    fc.assert(
      fc.property(fc.constantFrom('', ...beginnings), fc.uint8Array({ maxLength: 300 }), (start, rest) => {
        const bytes = Buffer.concat([latin(start), rest]);
        expect(factsOf(bytes)).toMatchObject({ size: bytes.length });
      }),
    );
  });
});

describe('the dimensions of a picture', () => {
  const frame = (width: number, height: number) =>
    Buffer.from([0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
  const exif = (orientation: number) => {
    const tiff = latin('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0');
    const body = Buffer.concat([latin('Exif\0\0'), tiff, Buffer.from([orientation, 0, 0, 0, 0, 0, 0, 0])]);
    return Buffer.concat([Buffer.from([0xff, 0xe1, 0, body.length + 2]), body]);
  };
  const start = Buffer.from([0xff, 0xd8]);

  test('of a PNG and a GIF', () => {
    expect(dimensionsOf('image/png', pngOf(31, 7))).toEqual({ width: 31, height: 7 });
    expect(dimensionsOf('image/gif', latin('GIF89a\x02\x01\x03\0'))).toEqual({ width: 258, height: 3 });
  });

  test('of a JPEG, turned as its Exif says', () => {
    const plain = Buffer.concat([start, frame(640, 480)]);
    expect(dimensionsOf('image/jpeg', plain)).toEqual({ width: 640, height: 480 });
    const turned = Buffer.concat([start, exif(6), frame(640, 480)]);
    expect(dimensionsOf('image/jpeg', turned)).toEqual({ width: 480, height: 640 });
    const upside = Buffer.concat([start, exif(3), frame(640, 480)]);
    expect(dimensionsOf('image/jpeg', upside)).toEqual({ width: 640, height: 480 });
  });

  test('of a WebP', () => {
    const large = latin('RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x1f\x03\0\x57\x02\0');
    expect(dimensionsOf('image/webp', large)).toEqual({ width: 800, height: 600 });
  });

  test('are absent if the file ends too early or has none', () => {
    expect(dimensionsOf('image/png', latin('\x89PNG'))).toBeUndefined();
    expect(dimensionsOf('image/jpeg', Buffer.concat([start, frame(0, 480)]))).toBeUndefined();
    expect(dimensionsOf('text/plain', latin('x'))).toBeUndefined();
  });
});

describe('what a line names', () => {
  const sha256 = 'a'.repeat(64);

  test('is read leniently, without what has no hash', () => {
    expect(readAttachments('x')).toEqual([]);
    expect(readAttachments([null, 1, {}, { sha256: 'A'.repeat(64) }, { sha256: 'abc' }])).toEqual([]);
    expect(readAttachments([{ sha256 }, { sha256, name: 'twice' }])).toEqual([
      { sha256, name: 'file', type: 'application/octet-stream', size: 0 },
    ]);
    expect(
      readAttachments([{ sha256, name: '../a\nb', type: 'x', size: -1, width: 3, height: 'x' }]),
    ).toEqual([{ sha256, name: '.._a_b', type: 'application/octet-stream', size: 0 }]);
    const many = Array.from({ length: 30 }, (_, index) => ({ sha256: `${index}`.padStart(64, '0') }));
    expect(readAttachments(many)).toHaveLength(20);
  });

  test('has names that a file can have', () => {
    expect(['a', '..', 'ü'.repeat(255), 'a"b'].every(isFileName)).toBe(true);
    expect(['', 'a/b', 'a\\b', 'a\u0000', 'a\u0085', 'x'.repeat(256)].some(isFileName)).toBe(false);
  });
});
