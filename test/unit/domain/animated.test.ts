import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAnimated } from '../../../src/domain/media/animated.ts';
import { pngChunk, pngOf } from '../../support/files.ts';
import { animatedPng, animatedWebp, pngWith, riffChunk, webp } from '../../support/pictures.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const still = webp(riffChunk('VP8 ', latin('a picture')));
const png = pngOf(4, 4);
const boxes = (...brands: readonly string[]) =>
  latin(
    `\0\0\0${String.fromCharCode(12 + 4 * brands.length)}ftyp${brands[0]}\0\0\0\0${brands.slice(1).join('')}`,
  );
/** Looks like a chunk, but is inside another one. */
const decoy = (name: string) => latin(`${name}\0\0\0\x08${name}`);

test.each([
  ['image/webp', animatedWebp(still, [10, 20])],
  [
    'image/webp',
    webp(riffChunk('VP8X', Buffer.alloc(10)), riffChunk('ICCP', latin('odd')), riffChunk('ANIM', latin(''))),
  ],
  ['image/png', animatedPng(png)],
  ['image/png', pngWith(png, pngChunk('iCCP', Buffer.alloc(200_000)), pngChunk('acTL', Buffer.alloc(8)))],
  ['image/avif', boxes('avis', 'avif', 'msf1')],
  ['image/heic', boxes('hevc', 'heic')],
])('an animated %s', async (type, bytes) => {
  expect(await isAnimated(new Blob([bytes]), type)).toBe(true);
});

test.each([
  ['image/webp', still],
  ['image/webp', webp(riffChunk('VP8X', decoy('ANIM')), riffChunk('VP8 ', decoy('ANIM')))],
  ['image/png', png],
  ['image/png', pngWith(png, pngChunk('tEXt', decoy('acTL')))],
  // After the pixels, the chunk has no effect.
  ['image/png', Buffer.concat([png.subarray(0, -12), pngChunk('acTL', Buffer.alloc(8)), png.subarray(-12)])],
  ['image/avif', boxes('avif', 'mif1', 'miaf')],
  ['image/heic', boxes('heic', 'mif1')],
  ['image/jpeg', latin('\xff\xd8\xff\xe0')],
])('a still %s', async (type, bytes) => {
  expect(await isAnimated(new Blob([bytes]), type)).toBe(false);
});

test('a damaged picture is not an error', async () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('image/webp', 'image/png', 'image/avif'), bytes, async (type, some) => {
      expect(typeof (await isAnimated(new Blob([Buffer.from(some)]), type))).toBe('boolean');
    }),
  );
});
