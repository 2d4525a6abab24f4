import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayTellPlace } from '../../../src/domain/media/place.ts';
import { typeOfBytes } from '../../../src/domain/media/signatures.ts';
import { pngChunk, pngOf } from '../../support/files.ts';
import { pngWith, riffChunk, webp } from '../../support/pictures.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const tells = (bytes: Buffer, type = '') => mayTellPlace(new Blob([bytes], { type }), typeOfBytes(bytes));

const box = (type: string, ...content: readonly (Buffer | string)[]): Buffer => {
  const whole = Buffer.concat([
    latin(`\0\0\0\0${type}`),
    ...content.map((one) => (typeof one === 'string' ? latin(one) : one)),
  ]);
  whole.writeUInt32BE(whole.length, 0);
  return whole;
};
/** A box whose size has 64 bits. */
const longBox = (type: string, content: Buffer): Buffer => {
  const head = latin(`\0\0\0\x01${type}\0\0\0\0\0\0\0\0`);
  head.writeUInt32BE(head.length + content.length, 12);
  return Buffer.concat([head, content]);
};
const mp4 = box('ftyp', 'isom\0\0\0\0isommp42');
const mov = box('ftyp', 'qt  \0\0\0\0qt  ');
const heic = box('ftyp', 'heic\0\0\0\0heicmif1');
const avif = box('ftyp', 'avif\0\0\0\0avifmif1');
/** The frames of a video are larger than what is read at a time, and may look like anything. */
const mdat = Buffer.concat([
  box('mdat', Buffer.alloc(300_000, 'moov\0\0\0\x20\xa9xyzkeyslocation', 'latin1')),
]);
const keys = (...names: readonly string[]) =>
  box('keys', '\0\0\0\0\0\0\0\x01', ...names.map((name) => box('mdta', name)));
const track = (format: string) =>
  box('trak', box('mdia', box('minf', box('stbl', box('stsd', '\0\0\0\0\0\0\0\x01', box(format, 'x'))))));
const items = (version: number, ...types: readonly string[]) =>
  box(
    'iinf',
    '\0\0\0\0\0\x01',
    ...types.map((type) =>
      box('infe', `${String.fromCharCode(version)}\0\0\0\0\x01\0\0${version === 3 ? '\0\0' : ''}${type}\0`),
    ),
  );
const meta = (...content: readonly Buffer[]) =>
  box('meta', '\0\0\0\0', box('hdlr', '\0\0\0\0pict'), ...content);
const video = (...content: readonly Buffer[]) => [
  mp4,
  mdat,
  box('moov', box('mvhd', 'x'), track('avc1'), ...content),
];

const still = riffChunk('VP8 ', Buffer.alloc(200_001));
const png = pngOf(4, 4);
const text = (type: string, keyword: string) => pngChunk(type, latin(`${keyword}\0\0\0 content`));

test.each<[string, readonly Buffer[]]>([
  [
    'a WebP with Exif far from its beginning',
    [webp(riffChunk('VP8X', Buffer.alloc(10)), still, riffChunk('EXIF', latin('II*')))],
  ],
  ['a WebP with XMP', [webp(riffChunk('VP8X', Buffer.alloc(10)), still, riffChunk('XMP ', latin('<')))]],
  ['a WebP and more', [webp(still), mp4]],
  ['a WebP that is cut', [webp(still).subarray(0, -10)]],
  ['a PNG with Exif', [pngWith(png, pngChunk('eXIf', latin('MM')))]],
  [
    'a PNG with Exif after its pixels',
    [png.subarray(0, -12), pngChunk('eXIf', latin('MM')), png.subarray(-12)],
  ],
  ['a PNG with XMP', [pngWith(png, text('iTXt', 'XML:com.adobe.xmp'))]],
  ['a PNG with Exif in a text', [pngWith(png, text('zTXt', 'Raw profile type APP1'))]],
  ['a PNG and more', [png, mp4]],
  ['a PNG that is cut', [png.subarray(0, -5)]],
  ['an MP4 with a position', video(box('udta', box('\xa9xyz', '\0\x12\x15\xc7+52.5200+013.4050/')))],
  ['an MP4 with a 3GPP position', video(box('udta', box('loci', 'x')))],
  ['an MP4 with a position in a track', video(box('trak', box('udta', box('\xa9xyz', 'x'))))],
  ['an MP4 with its index at its beginning', [mp4, box('moov', box('udta', box('\xa9xyz', 'x'))), mdat]],
  ['an MP4 with a long box', [mp4, longBox('mdat', mdat), box('moov', box('udta', box('loci', 'x')))]],
  ['an MP4 with XMP', [...video(), box('uuid', '\xbe\x7a\xcf\xcb')]],
  ['an MP4 with a track of positions', video(track('gpmd'))],
  ['an MP4 without an index', [mp4, mdat]],
  ['an MP4 that is cut', [Buffer.concat(video()).subarray(0, -4)]],
  [
    'a QuickTime video with a key',
    [mov, mdat, box('moov', box('meta', box('hdlr', 'mdta'), keys('com.apple.quicktime.location.ISO6709')))],
  ],
  [
    'a QuickTime video with a position, and zeros at the end',
    [mov, box('moov', box('udta', box('\xa9xyz', 'x'), '\0\0\0\0'))],
  ],
  ['an old QuickTime video', [box('wide'), mdat, box('moov', box('udta', box('\xa9xyz', 'x')))]],
  ['a HEIC with Exif', [heic, meta(items(2, 'hvc1', 'Exif')), mdat]],
  ['an AVIF with XMP', [avif, meta(items(3, 'av01', 'mime')), mdat]],
  ['a HEIC with a video', [heic, meta(items(2, 'hvc1')), mdat, box('mpvd', mp4)]],
  ['a HEIC that only begins', [heic]],
  ['a JPEG', [latin('\xff\xd8\xff\xe0')]],
  ['a TIFF', [latin('II*\0')]],
  ['a GIF with XMP', [latin('GIF89a'), Buffer.alloc(2 ** 20 - 10), latin('<x:xmpmeta')]],
])('%s may say where it was taken', async (_, parts) => {
  expect(await tells(Buffer.concat(parts))).toBe(true);
});

test.each<[string, readonly Buffer[]]>([
  ['a WebP', [webp(still)]],
  [
    'a WebP with a colour profile',
    [webp(riffChunk('VP8X', Buffer.alloc(10)), riffChunk('ICCP', latin('EXIF')), still)],
  ],
  ['a PNG', [png]],
  [
    'a PNG with harmless texts',
    [pngWith(png, text('tEXt', 'Software'), text('zTXt', 'Raw profile type icc'))],
  ],
  ['an MP4', video(box('udta', meta(box('ilst', box('\xa9too', 'location')))))],
  [
    'an MP4 that ends with a box without a size',
    [mp4, box('moov', track('avc1')), latin('\0\0\0\0mdat and so on')],
  ],
  [
    'a QuickTime video',
    [mov, mdat, box('moov', box('meta', box('hdlr', 'mdta'), keys('com.apple.quicktime.make')))],
  ],
  ['a HEIC', [heic, meta(items(2, 'hvc1', 'grid')), mdat]],
  ['an AVIF', [avif, meta(items(3, 'av01')), mdat]],
  ['a GIF', [latin('GIF89a')]],
  ['a WebM', [latin('\x1aE\xdf\xa3webm')]],
  ['a text about moov, Exif and <x:xmpmeta', [latin('moov, Exif and <x:xmpmeta')]],
  ['nothing', []],
])('%s says nothing about where it was taken', async (_, parts) => {
  expect(await tells(Buffer.concat(parts))).toBe(false);
});

test('a picture in an unknown format may say anything, but a TypeScript file says nothing', async () => {
  expect(await tells(latin('FUJIFILMCCD-RAW'), 'image/x-fuji-raf')).toBe(true);
  expect(await tells(latin('<svg>'), 'image/svg+xml')).toBe(false);
  expect(await tells(latin('const a = 1;'), 'video/mp2t')).toBe(false);
});

test('only parts of a large video are read', async () => {
  const large = new Blob([...video(), box('free', Buffer.alloc(20_000_000)), box('free', 'x')]);
  let read = 0;
  const { slice } = large;
  large.slice = (start = 0, end = large.size, type = '') => {
    read += Math.min(end, large.size) - start;
    return slice.call(large, start, end, type);
  };
  expect(await mayTellPlace(large, 'video/mp4')).toBe(false);
  expect(read).toBeLessThan(1_000_000);
});

test('a damaged file is no error', async () => {
  const samples = [Buffer.concat(video()), webp(still), png, Buffer.concat([heic, meta(items(2, 'Exif'))])];
  const damage = fc.uint8Array({ minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...samples), fc.nat(), damage, async (sample, at, bytes) => {
      const damaged = Buffer.from(sample.subarray(-1000));
      sample.copy(damaged, 0, 0, 200);
      damaged.set(bytes.subarray(0, damaged.length), at % Math.max(1, damaged.length - bytes.length));
      expect(typeof (await tells(damaged))).toBe('boolean');
    }),
  );
});
