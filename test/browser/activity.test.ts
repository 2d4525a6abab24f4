import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { tooWide } from '../support/page-looks.ts';
import { article, openSide, texts, timeline } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';
import { firstOf } from '../support/rounds.ts';

const browser = sharedBrowser();
const scene = sharedScene({ more: ['team'] });
const screenshots = fileURLToPath(new URL('../screenshots/', import.meta.url));

const DAY = 86_400_000;
const today = new Date();
/** Noon so many days ago. */
const noon = (days: number) =>
  new Date(Math.floor(today.getTime() / DAY) * DAY - days * DAY + DAY / 2).toISOString();
const dayOf = (days: number) => noon(days).slice(0, 10);

beforeAll(async () => {
  const drafts = Array.from({ length: 120 }, (_, n) => ({
    text: `Note ${n}`,
    author: ['Ann', 'Bo', 'Cy'][n % 3],
    createdAt: noon(1 + ((n * n) % 300)),
    repositories: n % 4 === 0 ? ['team'] : ['journal'],
  }));
  await scene().api.bulk([
    ...drafts,
    { text: 'Ten days ago', author: 'Ann', createdAt: noon(10) },
    { text: 'Two years ago', author: 'Dee', createdAt: noon(700) },
  ]);
  await mkdir(screenshots, { recursive: true });
});

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Activity' });
const day = (page: Page, days: number) => dialog(page).locator(`[data-day="${dayOf(days)}"]`);

async function openActivity(page: Page): Promise<void> {
  await timeline(page).getByRole('article').first().waitFor();
  await openSide(page);
  const open = page.getByRole('button', { name: 'Activity' });
  await open.click();
  await soon(() => dialog(page).getByRole('status').textContent()).toMatch(/121 messages/);
}

test('a day of the calendar shows what was written on it, and nothing else', async () => {
  const { api, url } = scene();
  const page = await openPage(browser(), url);
  await openActivity(page);
  const wanted = (await api.messages())
    .filter(({ createdAt }) => createdAt.startsWith(dayOf(10)))
    .map(({ text }) => text)
    .sort();
  expect(wanted).toContain('Ten days ago');
  expect(await day(page, 10).getAttribute('aria-label')).toMatch(
    new RegExp(`^${wanted.length} messages? on `),
  );
  await day(page, 10).click();
  await dialog(page).waitFor({ state: 'detached' });
  await soon(async () => (await texts(page)).sort()).toEqual(wanted);
  expect(new URL(page.url()).search).toBe(`?day=${dayOf(10)}`);

  // It stays so: for what arrives, after a reload, and until it is taken back.
  await api.create({ text: 'Not of that day' });
  await api.create({ text: 'Of that day', createdAt: noon(10) });
  await article(page, 'Of that day').waitFor();
  expect(await texts(page)).not.toContain('Not of that day');
  await page.reload();
  await soon(async () => (await texts(page)).length).toBe(wanted.length + 1);
  await page
    .locator('.applied')
    .getByRole('button', { name: /Remove this filter/ })
    .click();
  await article(page, 'Not of that day').waitFor();
  for (const { id, text } of await api.messages()) if (/that day/.test(text)) await api.delete(id);
});

test('counts are of one repository where that is asked for, and follow what is written', async () => {
  const { api, url } = scene();
  const page = await openPage(browser(), url);
  await openActivity(page);
  await dialog(page).getByLabel('Repository').selectOption('team');
  await soon(() => dialog(page).getByRole('status').textContent()).toMatch(/^30 messages/);
  const { id } = await api.create({ text: 'One more', repositories: ['team'] });
  await soon(() => dialog(page).getByRole('status').textContent()).toMatch(/^31 messages/);
  await api.delete(id);
  await soon(() => dialog(page).getByRole('status').textContent()).toMatch(/^30 messages/);

  await dialog(page).getByLabel('Repository').selectOption('');
  await dialog(page).getByRole('button', { name: 'Earlier' }).click();
  await soon(() => dialog(page).getByRole('status').textContent()).toMatch(/^1 message /);
  const authors = dialog(page).getByRole('region', { name: 'Authors' });
  await soon(() => authors.getByRole('listitem').allTextContents()).toEqual(['Dee1']);
  await authors.getByRole('button', { name: 'Dee' }).click();
  await soon(() => texts(page)).toEqual(['Two years ago']);
});

test('the arrow keys lead from day to day', async () => {
  const page = await openPage(browser(), scene().url);
  await openActivity(page);
  await day(page, 0).focus();
  for (const key of [
    'ArrowLeft',
    'ArrowUp',
    'ArrowRight',
    'ArrowLeft',
    'ArrowDown',
    'ArrowUp',
    'ArrowUp',
    'ArrowUp',
  ]) {
    await page.keyboard.press(key);
  }
  expect(await page.locator(':focus').getAttribute('data-day')).toBe(dayOf(10));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  // There is nothing after today.
  expect(await page.locator(':focus').getAttribute('data-day')).toBe(dayOf(3));
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await soon(() => texts(page)).toContain('Ten days ago');
});

test('the help tells all keys, and one of them opens it', async () => {
  const page = await openPage(browser(), scene().url);
  await timeline(page).getByRole('article').first().waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.waitFor();
  for (const words of ['Search', 'Reply', 'Send or save'])
    await help.getByText(words, { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  await page.keyboard.press('a');
  await dialog(page).waitFor();
});

const screens = [
  { width: 320, colours: 'light' },
  { width: 1280, colours: 'dark' },
  { width: 375, colours: 'light' },
  { width: 320, colours: 'dark' },
  { width: 375, colours: 'dark' },
  { width: 1280, colours: 'light' },
] as const;

test.each(firstOf(screens, 2))(
  'it can be seen and told, $width wide in $colours colours',
  async ({ width, colours }) => {
    const page = await openPage(browser(), scene().url, {
      viewport: { width, height: 760 },
      colorScheme: colours,
      reducedMotion: 'reduce',
      ...(width < 1000 && { isMobile: true, hasTouch: true, deviceScaleFactor: 2 }),
    });
    const expectGood = async (what: string) => {
      await page.screenshot({ path: `${screenshots}${width}-${colours}-${what}.png` });
      expect(await troubles(page), what).toEqual([]);
      expect(await tooWide(page), what).toEqual([]);
    };
    await openActivity(page);
    await dialog(page).getByRole('listitem').first().waitFor();
    await expectGood('activity');
    await page.keyboard.press('Escape');
    await openSide(page);
    const open = page.getByRole('button', { name: 'Keyboard shortcuts' });
    await open.click();
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await expectGood('keys');
  },
);
