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
      '\0\0\0\x10ftypisom\0\0\0\0\0\0\x01\0moov',
      '\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff\x16\x54\xae\x6b\xff',
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

  test('are those of the track of an MP4, wherever its index is', () => {
    const mp4Box = (type: string, ...content: Buffer[]) => {
      const body = Buffer.concat(content);
      const head = Buffer.alloc(8);
      head.writeUInt32BE(body.length + 8);
      head.write(type, 4, 'latin1');
      return Buffer.concat([head, body]);
    };
    const track = (width: number, height: number, isTurned = false, version = 0) => {
      const matrix = version === 1 ? 52 : 40;
      const header = Buffer.alloc(matrix + 44);
      header.writeUInt8(version);
      for (const at of isTurned ? [4, 12] : [0, 16]) header.writeInt32BE(0x10000, matrix + at);
      header.writeUInt16BE(width, matrix + 36);
      header.writeUInt16BE(height, matrix + 40);
      return mp4Box('trak', mp4Box('tkhd', header), mp4Box('mdia', Buffer.alloc(9)));
    };
    const index = (...tracks: Buffer[]) => mp4Box('moov', mp4Box('mvhd', Buffer.alloc(100)), ...tracks);
    // What it shows may look like the name of the index.
    const film = (size: number) =>
      mp4Box('mdat', Buffer.concat([latin('....moov'), Buffer.alloc(size, 'moov')]));
    const start = box('isom');
    const facts = (...parts: Buffer[]) => factsOf(Buffer.concat([start, ...parts]), 40);
    const sound = track(0, 0);
    expect(facts(index(sound, track(640, 360)), film(9))).toMatchObject({
      type: 'video/mp4',
      width: 640,
      height: 360,
    });
    expect(facts(index(track(640, 360, true, 1)), film(9))).toMatchObject({ width: 360, height: 640 });
    expect(facts(film(3_000_000), index(sound, track(320, 240)))).toMatchObject({ width: 320, height: 240 });
    expect(facts(film(1000), index(track(320, 240)))).toMatchObject({ width: 320, height: 240 });
    expect(facts(film(3_000_000))).not.toHaveProperty('width');
    expect(facts(index(sound))).not.toHaveProperty('width');
  });

  test('are read from a WebM, with lengths or without', () => {
    const element = (id: string, content: Buffer, length?: string) =>
      Buffer.concat([
        Buffer.from(id, 'hex'),
        length === undefined
          ? Buffer.from([0x40 | (content.length >> 8), content.length & 255])
          : Buffer.from(length, 'hex'),
        content,
      ]);
    const track = element(
      'ae',
      element('e0', Buffer.concat([element('b0', Buffer.from([5, 0])), element('ba', Buffer.from([240]))])),
    );
    const sound = element('ae', element('83', Buffer.from([2])));
    const head = element('1a45dfa3', element('4282', latin('webm')));
    const tracks = element('1654ae6b', Buffer.concat([sound, track]));
    const expected = { type: 'video/webm', width: 1280, height: 240 };
    const whole = Buffer.concat([
      head,
      element('18538067', Buffer.concat([element('ec', Buffer.alloc(40)), tracks])),
    ]);
    expect(factsOf(whole, 3)).toMatchObject(expected);
    for (const unknown of ['01ffffffffffffff', 'ff'])
      expect(factsOf(Buffer.concat([head, element('18538067', tracks, unknown)]))).toMatchObject(expected);
    for (let end = head.length; end < whole.length; end += 1)
      dimensionsOf('video/webm', whole.subarray(0, end));
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
