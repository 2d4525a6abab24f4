import { expect, test } from 'vitest';
import type { Message } from '../support/api.ts';
import { fetchFile, noisyPng, type Uploaded } from '../support/files.ts';
import { openPage, sharedBrowser } from '../support/page.ts';
import { composer, postWell } from '../support/page-parts.ts';
import { choose, draftFile, framesIn, pictureIn } from '../support/page-pictures.ts';
import { sharedScene } from '../support/page-scene.ts';
import { animatedPng, animatedWebp, riffChunk } from '../support/pictures.ts';

const browser = sharedBrowser();
const scene = sharedScene();

const WARNING = 'It may reveal where it was taken.';

/** The files of the message with this text, and their bytes on the server. */
async function sent(text: string): Promise<Array<Uploaded & { bytes: Buffer }>> {
  const [message] = await scene().api.messages(`?q=${encodeURIComponent(`"${text}"`)}`);
  const { attachments } = message as Message & { attachments: Uploaded[] };
  return Promise.all(
    attachments.map(async (file) => ({ ...file, bytes: (await fetchFile(scene().api, file.sha256)).bytes })),
  );
}

const SECRET = 'SECRET 52.5200 N';

/** A photo as phones take it: with Exif (after a fill byte), and a video after the picture. */
function phonePhoto(jpeg: Buffer): Buffer {
  const exif = Buffer.from(`\xff\xff\xe1\0\x00Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0${SECRET}`, 'latin1');
  exif.writeUInt16BE(exif.length - 3, 3);
  return Buffer.concat([
    jpeg.subarray(0, 2),
    exif,
    jpeg.subarray(2),
    Buffer.from(`\0\0\0\x18ftypmp42${SECRET}`),
  ]);
}

test('a JPEG is sent without its metadata, whatever its name, and the page warns if it cannot be cleaned', async () => {
  const page = await openPage(browser(), scene().url);
  const names = ['noext', 'PXL.jpg~2', 'IMG_1.JPG', 'wrong.png', 'cut.jpg'] as const;
  const plain: Buffer[] = [];
  for (const index of names.keys())
    plain.push(await pictureIn(page, 'image/jpeg', [60 + index, 40], 'context.fillRect(0, 0, 60, 40)'));
  const [noext, pxl, img, wrong, cut] = plain.map(phonePhoto) as [Buffer, Buffer, Buffer, Buffer, Buffer];
  await choose(page, { noext, 'PXL.jpg~2': pxl, 'IMG_1.JPG': img });
  await choose(page, { 'wrong.png': wrong }, 'image/png');
  await choose(page, { 'cut.jpg': cut.subarray(0, cut.indexOf('ftyp') - 10) }, 'image/jpeg');
  await draftFile(page, 'cut.jpg').getByText(WARNING).waitFor();
  for (const name of names) await draftFile(page, name).waitFor();
  expect(await composer(page).getByText(WARNING).count()).toBe(1);
  await draftFile(page, 'cut.jpg').getByRole('button', { name: 'Remove cut.jpg' }).click();
  await postWell(page, 'Photos from a phone');
  const files = await sent('Photos from a phone');
  expect(files).toHaveLength(4);
  for (const [index, file] of files.entries()) {
    expect(file).toMatchObject({ type: 'image/jpeg', width: 60 + index, height: 40 });
    expect(file.bytes.equals(plain[index] as Buffer)).toBe(true);
  }
});

test('an animation is sent as it is, however large', async () => {
  const page = await openPage(browser(), scene().url);
  const size = [2100, 60] as const;
  const frame = await pictureIn(page, 'image/webp', size, 'context.fillRect(0, 0, 2100, 60)');
  const files = {
    'cat.webp': animatedWebp(frame, size),
    'dog.png': animatedPng(noisyPng(...size)),
    'still.webp': frame,
  };
  expect(await framesIn(page, 'image/webp', files['cat.webp'])).toBe(2);
  expect(await framesIn(page, 'image/png', files['dog.png'])).toBe(2);
  await choose(page, files);
  for (const name of Object.keys(files)) await draftFile(page, name).waitFor();
  await postWell(page, 'Two of them move');
  const widths = Object.fromEntries((await sent('Two of them move')).map(({ name, width }) => [name, width]));
  expect(widths).toEqual({ 'cat.webp': 2100, 'dog.png': 2100, 'still.webp': 2048 });
});

test('a transparent picture stays transparent in a browser that cannot write WebP', async () => {
  const page = await openPage(browser(), scene().url);
  // Safari writes PNG instead.
  await page.evaluate(`{
    const { toBlob } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.toBlob = function (done, type, quality) {
      toBlob.call(this, done, type === 'image/webp' ? 'image/png' : type, quality);
    };
  }`);
  const noise = `{
    const noise = context.createImageData(2200, 100);
    for (let at = 0; at < noise.data.length; at += 1) noise.data[at] = Math.random() * 256;
    context.putImageData(noise, 0, 0);
  }`;
  const files = {
    'logo.png': await pictureIn(page, 'image/png', [2200, 100], noise),
    'wall.png': noisyPng(2200, 100),
  };
  await choose(page, files);
  await draftFile(page, 'wall.jpg').waitFor();
  await draftFile(page, 'logo.png')
    .getByText(/instead of/)
    .waitFor();
  await postWell(page, 'A logo and a wall');
  const types = (await sent('A logo and a wall')).map(({ name, type, width }) => [name, type, width]);
  expect(types.sort()).toEqual([
    ['logo.png', 'image/png', 2048],
    ['wall.jpg', 'image/jpeg', 2048],
  ]);
});

test('the page warns if a large WebP or a video is sent as it is and may reveal a place', async () => {
  const page = await openPage(browser(), scene().url);
  const frame = await pictureIn(page, 'image/webp', [2100, 60], 'context.fillRect(0, 0, 2100, 60)');
  const placed = riffChunk('RIFF', Buffer.concat([frame.subarray(8), riffChunk('EXIF', Buffer.from('MM'))]));
  const video = (text: string) =>
    Buffer.from(`\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x18moov\0\0\0\x10udta${text}`, 'latin1');
  await choose(page, {
    'lake.webp': placed,
    'walk.mp4': video('\0\0\0\x08\xa9xyz'),
    'home.mp4': video('\0\0\0\x08name'),
  });
  await draftFile(page, 'walk.mp4').getByText(WARNING).waitFor();
  // The smaller picture has nothing of it.
  await draftFile(page, 'lake.webp')
    .getByText(/instead of/)
    .waitFor();
  await draftFile(page, 'home.mp4').waitFor();
  expect(await composer(page).getByText(WARNING).count()).toBe(1);
  await draftFile(page, 'lake.webp').getByLabel('Keep original').check();
  await draftFile(page, 'lake.webp').getByText(WARNING).waitFor();
  expect(await composer(page).getByText(WARNING).count()).toBe(2);
});
