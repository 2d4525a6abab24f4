import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { apiAt } from '../support/api.ts';
import { bareRepository, git } from '../support/git.ts';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { article, repository, textField, timeline } from '../support/page-parts.ts';
import { startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { drafts, notes } from './content.ts';
import { filmOf } from './film.ts';

const browser = sharedBrowser();
const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const MOST_BYTES = 300_000;

beforeAll(() => mkdir(images, { recursive: true }));

/** A gitpost in which some friends have written for a year. */
async function friends(): Promise<{ readonly url: string; readonly folder: string }> {
  const folder = await temporaryFolder();
  const [boat, family] = await Promise.all(
    ['boat', 'family'].map((name) => bareRepository(join(folder, 'remotes', `${name}.git`))),
  );
  const { url } = await startProcess({
    folder,
    env: { AUTHOR_NAME: 'Mira', REPOSITORY_NAME: boat, REPOSITORIES: family },
  });
  const api = apiAt(url);
  const [old, fresh] = [notes(Date.now()), drafts(Date.now())];
  await api.bulk(old);
  await api.bulk(fresh.slice(0, -3));
  await api.send('POST', '/push', { json: {} });
  await api.bulk(fresh.slice(-3));
  return { url, folder };
}

/** Takes a picture and keeps it as WebP, which the browser itself can make. */
async function keep(page: Page, name: string, part: Page | Locator = page): Promise<void> {
  const picture = await part.screenshot({ animations: 'disabled', caret: 'hide' });
  const blank = await page.context().newPage();
  const webp = await blank.evaluate<string>(`(async () => {
    const bitmap = await createImageBitmap(await (await fetch('data:image/png;base64,${picture.toString('base64')}')).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.86 });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
  })()`);
  await blank.close();
  const file = join(images, `${name}.webp`);
  await writeFile(file, Buffer.from(webp, 'base64'));
  expect((await stat(file)).size).toBeLessThan(MOST_BYTES);
}

/** Code in a proportional font would be a picture of another page. */
async function expectMonospaced(page: Page): Promise<void> {
  const widths = await page.evaluate<number[]>(`['iiii', 'MMMM'].map((text) => {
    const code = document.createElement('code');
    code.textContent = text;
    document.querySelector('.body').append(code);
    const { width } = code.getBoundingClientRect();
    code.remove();
    return width;
  })`);
  expect(widths[0], 'Install a monospaced font, such as fonts-dejavu-core').toBe(widths[1]);
}

test('the page, the calendar and a phone, in light and dark', async () => {
  const { url } = await friends();
  for (const colorScheme of ['light', 'dark'] as const) {
    const look = { colorScheme, reducedMotion: 'reduce', deviceScaleFactor: 2, locale: 'en-GB' } as const;
    const page = await openPage(browser(), url, { ...look, viewport: { width: 1280, height: 860 } });
    await article(page, 'The five knots').waitFor();
    await repository(page, 'family').waitFor();
    await soon(() => page.locator('.hljs-keyword').count()).toBeGreaterThan(1);
    await expectMonospaced(page);
    await textField(page).fill('Mira, shall I bring the anchor? #launch');
    await keep(page, `page-${colorScheme}`);
    await textField(page).fill('');
    await page.getByRole('button', { name: 'Activity' }).click();
    const dialog = page.getByRole('dialog');
    await soon(() => dialog.getByRole('status').textContent()).toMatch(/messages/);
    await dialog.getByRole('heading', { name: 'Activity' }).click();
    await keep(page, `activity-${colorScheme}`, dialog.locator('.modal-sheet'));

    const phone = await openPage(browser(), url, {
      ...look,
      viewport: { width: 390, height: 760 },
      isMobile: true,
      hasTouch: true,
    });
    await article(phone, 'The five knots').waitFor();
    await soon(() => phone.locator('.hljs-keyword').count()).toBeGreaterThan(1);
    await timeline(phone).getByRole('article').last().waitFor();
    await keep(phone, `phone-${colorScheme}`);
  }
});

test('an animation of writing, git log and a push', async () => {
  const { url, folder } = await friends();
  const page = await openPage(browser(), url, {
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    viewport: { width: 900, height: 470 },
  });
  await article(page, 'The five knots').waitFor();
  await soon(() => page.locator('.hljs-keyword').count()).toBeGreaterThan(1);
  const film = await filmOf(page);
  await film.take(1200);
  const text = 'The anchor is **on board** #launch';
  for (let end = 4; end < text.length + 4; end += 4) {
    await textField(page).fill(text.slice(0, end));
    await film.take(110);
  }
  await film.take(700);
  await textField(page).press('Control+Enter');
  await article(page, 'The anchor is on board').waitFor();
  await soon(() => article(page, 'The anchor is').locator('strong').count()).toBe(1);
  await film.take(1800);

  const run = async (where: string, ...args: string[]) => {
    const line = `$ git -C ${where} ${args.map((one) => (/[ %]/.test(one) ? `'${one}'` : one)).join(' ')}`;
    film.print(line);
    await film.take(1200);
    film.print(...(await git(join(folder, where), ...args)).split('\n'));
    await film.take(2600);
  };
  await run('repos/boat', 'log', '-3', '--date=short', '--format=%an  %ad  %s');
  await page.getByRole('button', { name: /^Push \d/ }).click();
  await soon(() => page.getByRole('button', { name: 'Push', exact: true }).count()).toBe(1);
  // That the remote is a folder of this machine matters to a new user, not to the picture.
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await film.take(1500);
  await run('remotes/boat.git', 'log', '-1', '--format=%an  %s');
  const webp = await film.end(2);
  await writeFile(join(images, 'writing.webp'), webp);
  expect(webp.length).toBeLessThan(MOST_BYTES);
  // A browser takes it for a picture of this size.
  const blank = await page.context().newPage();
  const size = await blank.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/webp;base64,${webp.toString('base64')}';
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  })()`);
  expect(size).toEqual([900, 620]);
});
