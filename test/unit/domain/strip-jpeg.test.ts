import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dimensionsOf } from '../../../src/domain/media/dimensions.ts';
import { withoutDetails } from '../../../src/domain/media/strip-jpeg.ts';

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

test('a photo keeps its picture, its colours and its rotation, and loses all other metadata', () => {
  const stripped = Buffer.from(withoutDetails(photo(6)));
  for (const word of ['GPS', 'xmpmeta', 'by Ann', 'a comment']) expect(stripped.includes(word)).toBe(false);
  expect(stripped.includes('ICC_PROFILE')).toBe(true);
  expect(stripped.subarray(-picture.length)).toEqual(picture);
  expect(dimensionsOf('image/jpeg', stripped)).toEqual({ width: 30, height: 40 });
  expect(dimensionsOf('image/jpeg', stripped)).toEqual(dimensionsOf('image/jpeg', photo(6)));
  expect(Buffer.from(withoutDetails(stripped))).toEqual(stripped);
  expect(Buffer.from(withoutDetails(photo(1))).includes('Exif')).toBe(false);
});

test('a file that is no JPEG comes back unchanged, and nothing is read beyond its end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isCut) => {
      const whole = photo(3);
      const given = isCut ? whole.subarray(0, bytes.length) : bytes;
      expect(withoutDetails(given).length).toBeLessThanOrEqual(given.length);
    }),
  );
  expect(Buffer.from(withoutDetails(latin('GIF89a')))).toEqual(latin('GIF89a'));
});
