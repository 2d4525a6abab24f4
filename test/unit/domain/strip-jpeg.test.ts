import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dimensionsOf } from '../../../src/domain/media/dimensions.ts';
import { withoutDetails } from '../../../src/domain/media/strip-jpeg.ts';
import { rounds } from '../../support/rounds.ts';

const segment = (marker: number, content: Buffer) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};
const latin = (text: string) => Buffer.from(text, 'latin1');

/** Exif that says how the picture is turned, and where it was taken. */
const exif = (orientation: number) =>
  segment(
    0xe1,
    Buffer.concat([
      latin('Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0'),
      Buffer.from([orientation, 0, 0, 0]),
      latin('\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0GPS 52.5200 N'),
    ]),
  );
const frame = segment(0xc0, Buffer.from([8, 0, 30, 0, 40, 1, 1, 0x11, 0]));
const picture = Buffer.concat([segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), latin('pixels\xff\xd9')]);
const photo = (orientation: number) =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, latin('JFIF\0\x01\x01\0\0\x01\0\x01\0\0')),
    exif(orientation),
    segment(0xe1, latin('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta GPSLatitude="52"/>')),
    segment(0xe2, latin('ICC_PROFILE\0\x01\x01colours')),
    segment(0xed, latin('Photoshop 3.0\0 by Ann')),
    segment(0xfe, latin('a comment')),
    frame,
    picture,
  ]);

const stripped = (bytes: Uint8Array): Buffer => {
  const clean = withoutDetails(bytes);
  if (!clean) throw new Error('It was not cleaned.');
  return Buffer.from(clean);
};

test('a photo keeps its picture, its colours and its rotation, and loses all other metadata', () => {
  const clean = stripped(photo(6));
  for (const word of ['GPS', 'xmpmeta', 'by Ann', 'a comment']) expect(clean.includes(word)).toBe(false);
  expect(clean.includes('ICC_PROFILE')).toBe(true);
  expect(clean.subarray(-picture.length)).toEqual(picture);
  expect(dimensionsOf('image/jpeg', clean)).toEqual({ width: 30, height: 40 });
  expect(dimensionsOf('image/jpeg', clean)).toEqual(dimensionsOf('image/jpeg', photo(6)));
  expect(stripped(clean)).toEqual(clean);
  expect(stripped(photo(1)).includes('Exif')).toBe(false);
});

test.each([
  ['a second picture', photo(1)],
  ['a video', latin('\0\0\0\x18ftypmp42\0\0\0\0mp42\0\0\0\x20moov\xa9xyz+52.5200+013.4050/')],
  ['other bytes', latin('\0\xffSEFH')],
])('%s after the picture is removed', (_, rest) => {
  const parts = segment(0xe2, latin('MPF\0MM\0*\0\0\0\x08'));
  const both = Buffer.concat([photo(1).subarray(0, 2), parts, photo(1).subarray(2), rest]);
  expect(stripped(both)).toEqual(stripped(photo(1)));
});

test('metadata after fill bytes is removed too', () => {
  const fill = Buffer.from([0xff, 0xff]);
  const filled = Buffer.concat([photo(6).subarray(0, 2), fill, photo(6).subarray(2)]);
  expect(stripped(filled)).toEqual(stripped(photo(6)));
});

test('thumbnails in and after the JFIF header are removed', () => {
  const header = (width: number, height: number, small: string) =>
    segment(
      0xe0,
      Buffer.concat([latin('JFIF\0\x01\x02\0\0\x01\0\x01'), Buffer.from([width, height]), latin(small)]),
    );
  const rest = Buffer.concat([frame, picture]);
  const own = segment(0xe0, latin('JFXX\0\x10\xff\xd8 a picture \xff\xd9'));
  const small = Buffer.concat([photo(1).subarray(0, 2), header(2, 1, 'pixels'), own, rest]);
  expect(stripped(small)).toEqual(Buffer.concat([photo(1).subarray(0, 2), header(0, 0, ''), rest]));
});

test.each([
  ['no JPEG', latin('GIF89a')],
  ['nothing', Buffer.alloc(0)],
  ['a JPEG that ends within a segment', photo(3).subarray(0, 40)],
  ['a JPEG that ends among the pixels', photo(3).subarray(0, -3)],
  ['a JPEG without a picture', Buffer.concat([photo(3).subarray(0, 2), exif(1), Buffer.from([0xff, 0xd9])])],
  [
    'a JPEG with an unknown segment',
    Buffer.concat([photo(3).subarray(0, 2), segment(0xf0, latin('x')), frame, picture]),
  ],
])('%s cannot be cleaned', (_, bytes) => {
  expect(withoutDetails(bytes)).toBeUndefined();
});

/** A piece of a JPEG, and what stays of it. */
interface Piece {
  readonly whole: Buffer;
  readonly kept: Buffer;
}
const removed = (whole: Buffer): Piece => ({ whole, kept: Buffer.alloc(0) });
const needed = (whole: Buffer): Piece => ({ whole, kept: whole });

/** The content of a segment, which may be a whole thumbnail. */
const anything = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(photo(3)),
);
const telling = fc
  .tuple(
    fc.constantFrom(0xe0, 0xe1, 0xe2, 0xe3, 0xeb, 0xed, 0xee, 0xef, 0xfe),
    fc.constantFrom('MPF\0', 'http://ns.adobe.com/xap/1.0/\0', 'Photoshop 3.0\0', 'JFXX\0', 'urn:iso:std:'),
    anything,
  )
  .map(([marker, name, content]) => removed(segment(marker, Buffer.concat([latin(name), content]))));
const table = fc
  .tuple(fc.constantFrom(0xc4, 0xcc, 0xdb, 0xdc, 0xdd), anything)
  .map(([marker, content]) => needed(segment(marker, content)));
const displayed = fc.constantFrom(
  needed(segment(0xe2, latin('ICC_PROFILE\0\x01\x01colours'))),
  needed(segment(0xee, latin('Adobe\0\x64\0\0\0\0\x01'))),
  needed(frame),
);
/** Bytes between segments, which decoders skip. */
const filler = fc
  .constantFrom('', '', '\xff', '\xff\xff\xff', '\0', 'rest\xff\0')
  .map((text) => removed(latin(text)));
const between = fc
  .array(fc.tuple(fc.oneof(telling, telling, table, displayed), filler), { maxLength: 6 })
  .map((pieces) => pieces.flat());
/** Entropy-coded pixels, with stuffed bytes and restart markers. */
const pixels = fc
  .array(fc.constantFrom('\x12', 'Exif', '\xff\0', '\xff\xd0', '\xff\xd7', '\xff\xff\0'), { maxLength: 12 })
  .map((pieces) => latin(pieces.join('')));
const scan = pixels.map((bytes) =>
  needed(Buffer.concat([segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), bytes])),
);
const end = needed(Buffer.from([0xff, 0xd9]));

test('of any JPEG, only what is needed to display it stays, or it cannot be cleaned', () => {
  const body = fc
    .tuple(filler, between, fc.array(fc.tuple(scan, between), { minLength: 1, maxLength: 3 }))
    .map(([fill, first, scans]) => [fill, ...first, ...scans.flatMap(([one, more]) => [one, ...more])]);
  fc.assert(
    fc.property(body, anything, fc.nat(), fc.boolean(), (pieces, rest, cut, isCut) => {
      const start = needed(Buffer.from([0xff, 0xd8]));
      const all = [start, ...pieces, end];
      const whole = Buffer.concat([...all.map((piece) => piece.whole), rest]);
      const kept = Buffer.concat(all.map((piece) => piece.kept));
      const length = isCut ? cut % whole.length : whole.length;
      const clean = withoutDetails(whole.subarray(0, length));
      const isWhole = length >= whole.length - rest.length;
      // If its end is missing, the function cannot know what belongs to the picture.
      if (!isWhole) expect(clean).toBeUndefined();
      else expect(Buffer.from(clean ?? []).equals(kept)).toBe(true);
    }),
    { numRuns: rounds(500, 20_000) },
  );
});

test('cleaning any bytes adds at most the orientation, and cleaning again changes nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, at) => {
      const damaged = photo(3);
      damaged.set(bytes.subarray(0, 3), at % (damaged.length - 3));
      for (const given of [bytes, damaged]) {
        const clean = withoutDetails(given);
        if (!clean) continue;
        expect(clean.length).toBeLessThanOrEqual(given.length + 36);
        expect(Buffer.from(withoutDetails(clean) ?? []).equals(clean)).toBe(true);
      }
    }),
  );
});
