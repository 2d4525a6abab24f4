import { expect, test } from 'vitest';
import { pngOf, upload } from '../support/files.ts';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { tooWide } from '../support/page-looks.ts';
import { article } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();
const phone = { viewport: { width: 375, height: 760 }, isMobile: true, hasTouch: true } as const;

test('on a phone, a swipe leads to the next picture, and all of the viewer can be reached', async () => {
  const { url, api } = scene();
  const names = ['a picture with a very long name that has no end.png', 'second.png', 'third.png'];
  const files = [];
  for (const [index, name] of names.entries()) files.push(await upload(api, pngOf(1600, 900 + index), name));
  await api.create({ text: 'Swipe', attachments: files.map(({ sha256 }) => ({ sha256 })) });
  const page = await openPage(browser(), url, phone);
  await article(page, 'Swipe')
    .getByRole('button', { name: `View ${names[0]}` })
    .tap();
  const shows = (index: number) =>
    page.getByRole('dialog', { name: names[index] as string, exact: true }).waitFor();
  await shows(0);
  expect(await tooWide(page)).toEqual([]);
  for (const control of ['Download', 'Close', 'Next']) {
    const box = await page
      .getByRole('dialog')
      .getByText(control, { exact: true })
      .locator('..')
      .boundingBox();
    expect((box?.x ?? 999) + (box?.width ?? 0), control).toBeLessThanOrEqual(375);
  }

  // The finger itself, as the system reports it.
  const finger = await page.context().newCDPSession(page);
  const touch = (type: string, ...at: number[]) =>
    finger.send('Input.dispatchTouchEvent', {
      type: type as 'touchStart',
      touchPoints: at.map((x, id) => ({ x, y: 380, id })),
    });
  const swipe = async (from: number, to: number) => {
    await touch('touchStart', from);
    for (const part of [0.3, 0.6, 1]) await touch('touchMove', from + (to - from) * part);
    await touch('touchEnd');
  };
  await swipe(300, 100);
  await shows(1);
  await swipe(300, 100);
  await shows(2);
  // There is nothing after the last one.
  await swipe(300, 100);
  await swipe(100, 300);
  await shows(1);
  // Too short to be meant.
  await swipe(200, 170);
  await shows(1);
  // Two fingers move the page.
  await touch('touchStart', 250, 300);
  await touch('touchMove', 100, 150);
  await touch('touchEnd');
  await shows(1);
  await swipe(100, 300);
  await shows(0);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).tap();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the viewer begins at its close button, and makes no picture larger that fits already', async () => {
  const { url, api } = scene();
  const files = [
    await upload(api, pngOf(3000, 1500), 'large.png'),
    await upload(api, pngOf(301, 201), 'fits.png'),
  ];
  await api.create({ text: 'Two sizes', attachments: files.map(({ sha256 }) => ({ sha256 })) });
  const page = await openPage(browser(), url);
  await article(page, 'Two sizes').getByRole('button', { name: 'View large.png' }).click();
  const viewer = page.getByRole('dialog');
  const hasFocus = (name: string) =>
    viewer.getByRole('button', { name }).evaluate((one) => one.matches(':focus'));
  await soon(() => hasFocus('Close')).toBe(true);

  const picture = viewer.getByRole('img');
  const width = async () => (await picture.boundingBox())?.width;
  await soon(width).toBeGreaterThan(1000);
  expect(await width()).toBeLessThanOrEqual(1280);
  await page.keyboard.press('+');
  await viewer.getByRole('button', { name: 'Fit to the window' }).waitFor();
  await soon(width).toBe(3000);
  await page.keyboard.press('-');
  await viewer.getByRole('button', { name: 'Show at full size' }).waitFor();
  // Where the window is large enough for the whole picture, there is nothing to make larger.
  await page.setViewportSize({ width: 3200, height: 1800 });
  await soon(() => viewer.locator('.viewer-picture').getAttribute('aria-disabled')).toBe('true');
  await page.setViewportSize({ width: 1280, height: 800 });
  await soon(() => viewer.locator('.viewer-picture').getAttribute('aria-disabled')).toBe('false');

  await page.keyboard.press('ArrowRight');
  await soon(width).toBe(301);
  const before = await picture.boundingBox();
  await page.keyboard.press('+');
  await picture.click({ force: true });
  await viewer.getByRole('button', { name: 'Show at full size' }).waitFor();
  expect(await picture.boundingBox()).toEqual(before);
  await page.keyboard.press('Escape');
  await viewer.waitFor({ state: 'detached' });
});

test('all of a picture is in the window, and all of it can be reached at its full size', async () => {
  const { url, api } = scene();
  const sizes = { 'tall.png': [600, 900], 'photo.png': [2048, 1365], 'strip.png': [300, 2500] } as const;
  const files = [];
  for (const [name, [width, height]] of Object.entries(sizes))
    files.push(await upload(api, pngOf(width, height), name));
  await api.create({ text: 'All of it', attachments: files.map(({ sha256 }) => ({ sha256 })) });
  const page = await openPage(browser(), url);
  await article(page, 'All of it').getByRole('button', { name: 'View tall.png' }).click();
  const viewer = page.getByRole('dialog');
  const picture = viewer.getByRole('img');
  const place = viewer.locator('.viewer-place');
  const bottomOf = (box: { y: number; height: number } | null) =>
    Math.floor((box?.y ?? 0) + (box?.height ?? 9999));
  for (const [name, [width, height]] of Object.entries(sizes)) {
    await page.getByRole('dialog', { name }).waitFor();
    for (const view of [
      { width: 1280, height: 800 },
      { width: 812, height: 375 },
      { width: 375, height: 760 },
    ]) {
      await page.setViewportSize(view);
      await soon(async () => bottomOf(await picture.boundingBox())).toBeLessThanOrEqual(view.height);
      const [shown, around] = [await picture.boundingBox(), await place.boundingBox()];
      expect(shown?.y).toBeGreaterThanOrEqual(around?.y ?? 9999);
      expect(bottomOf(shown)).toBeLessThanOrEqual(bottomOf(around));
      expect(shown?.width).toBeLessThanOrEqual(around?.width ?? 0);
      expect((shown?.width ?? 0) / (shown?.height ?? 1)).toBeCloseTo(width / height, 1);
    }
    await page.keyboard.press('+');
    await viewer.getByRole('button', { name: 'Fit to the window' }).waitFor();
    expect(await picture.boundingBox()).toMatchObject({ width, height });
    // The right lower corner can be scrolled to, and the left upper one is there at the start.
    const start = await picture.boundingBox();
    expect(Math.min(start?.x ?? -1, start?.y ?? -1)).toBeGreaterThanOrEqual(0);
    await place.evaluate((one) => one.scrollTo(9999, 9999));
    const [end, around] = [await picture.boundingBox(), await place.boundingBox()];
    expect(bottomOf(end)).toBeLessThanOrEqual(bottomOf(around));
    expect(Math.floor((end?.x ?? 0) + width)).toBeLessThanOrEqual((around?.x ?? 0) + (around?.width ?? 0));
    await page.keyboard.press('-');
    await page.keyboard.press('ArrowRight');
  }
});

test('a picture that cannot be shown says so, and one that is not there says that', async () => {
  const { url, api } = scene();
  const whole = pngOf(61, 62);
  const broken = Buffer.concat([whole.subarray(0, 33), Buffer.from('nothing that can be decoded')]);
  const files = [await upload(api, pngOf(63, 64), 'whole.png'), await upload(api, broken, 'broken.png')];
  await api.create({ text: 'One is broken', attachments: files.map(({ sha256 }) => ({ sha256 })) });
  const page = await openPage(browser(), url, { expects: answeredWith(404) });
  const shown = article(page, 'One is broken');
  await shown.getByRole('link', { name: /broken\.png.*cannot be shown/ }).waitFor();
  await shown.getByRole('button', { name: 'View whole.png' }).click();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('dialog').getByText('This picture cannot be shown.').waitFor();
  expect(await troubles(page)).toEqual([]);
  await page.keyboard.press('Escape');

  await page.route(`**/attachments/${files[0]?.sha256}`, (route) =>
    route.fulfill({ status: 404, contentType: 'application/problem+json', body: '{}' }),
  );
  await page.reload();
  await shown.getByRole('link', { name: /whole\.png.*not found here/ }).waitFor();
});

test('on a phone, the menu of a message keeps its words, and the way to the side bar fits a finger', async () => {
  const { url, api } = scene();
  await api.create({ text: 'With a menu' });
  const page = await openPage(browser(), url, phone);
  const shown = article(page, 'With a menu');
  await shown.tap();
  await shown.getByRole('button', { name: 'More actions' }).tap();
  const items = page.getByRole('menuitem');
  await items.first().waitFor();
  for (const item of await items.all()) {
    const isCut = await item.evaluate((one) => one.scrollWidth > one.clientWidth);
    expect(isCut, (await item.textContent()) ?? '').toBe(false);
  }
  const menu = await page.getByRole('menu').boundingBox();
  expect(menu?.x).toBeGreaterThanOrEqual(0);
  expect((menu?.x ?? 0) + (menu?.width ?? 999)).toBeLessThanOrEqual(375);
  const toggle = await page.getByRole('button', { name: /^Menu/ }).boundingBox();
  expect(Math.min(toggle?.width ?? 0, toggle?.height ?? 0)).toBeGreaterThanOrEqual(44);
});

test('a video has its size from the first paint, so nothing moves when it arrives', async () => {
  const { url, api } = scene();
  const page = await openPage(browser(), url);
  // A film of the browser's own.
  const film = await page.evaluate<string>(`new Promise((done) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [180, 320];
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm' });
    recorder.ondataavailable = async ({ data }) => {
      const bytes = new Uint8Array(await data.arrayBuffer());
      done(btoa(String.fromCharCode(...bytes)));
    };
    recorder.start();
    let frames = 0;
    const paint = () => {
      canvas.getContext('2d').fillRect(frames, frames, 9, 9);
      frames += 1;
      if (frames < 10) requestAnimationFrame(paint);
      else recorder.stop();
    };
    paint();
  })`);
  const video = await upload(api, Buffer.from(film, 'base64'), 'film.webm');
  expect(video).toMatchObject({ type: 'video/webm', width: 180, height: 320 });
  await api.create({ text: 'A film', attachments: [{ sha256: video.sha256 }] });
  const shown = article(page, 'A film').locator('video');
  await shown.waitFor();
  const before = await shown.boundingBox();
  expect([before?.width, before?.height]).toEqual([180, 320]);
  await soon(() => shown.evaluate((one) => (one as unknown as { videoHeight: number }).videoHeight)).toBe(
    320,
  );
  expect(await shown.boundingBox()).toEqual(before);
});
