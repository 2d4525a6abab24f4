import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { act, article, searchField, textField, texts, timeline } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

const clipboard = (page: Page) => page.evaluate<string>('navigator.clipboard.readText()');

test('several messages are copied as author, time and source', async () => {
  const { url, api } = scene();
  await api.create({
    text: 'One of **two**',
    type: 'markdown',
    author: 'Ann',
    createdAt: '2026-11-01T10:00:00.000Z',
  });
  await api.create({ text: 'The other', author: 'Bea', createdAt: '2026-11-01T10:01:00.000Z' });
  const page = await openPage(browser(), url, {
    permissions: ['clipboard-read', 'clipboard-write'],
    path: '/?at=2026-11-01',
  });
  await article(page, 'The other').waitFor();
  await page.evaluate(`{
    const [first, second] = [...document.querySelectorAll('article')].filter((one) => /One of|The other/.test(one.textContent));
    getSelection().setBaseAndExtent(first.querySelector('.author a'), 0, second.querySelector('.body'), 1);
    document.activeElement.blur();
  }`);
  await page.keyboard.press('Control+c');
  await soon(() => clipboard(page)).toBe(
    'Ann, 1 Nov 2026, 10:00\nOne of **two**\n\nBea, 1 Nov 2026, 10:01\nThe other',
  );
});

test('a message has a link, and a hit of a search a way to its place', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ text: 'A needle here' });
  await api.create({ text: 'Hay' });
  const page = await openPage(browser(), url, {
    permissions: ['clipboard-read', 'clipboard-write'],
    path: '/?q=needle',
  });
  await soon(() => texts(page)).toEqual(['A needle here']);
  await act(article(page, 'A needle'), 'Copy link');
  await soon(() => clipboard(page)).toBe(`${url}/?at=${id}`);
  await act(article(page, 'A needle'), 'Copy text');
  await soon(() => clipboard(page)).toBe('A needle here');
  await act(article(page, 'A needle'), 'Show in context');
  await article(page, 'Hay').waitFor();
  await soon(() => new URL(page.url()).search).toBe(`?at=${id}`);
  expect(await searchField(page).inputValue()).toBe('');
  expect(await article(page, 'A needle').locator('.time').getAttribute('href')).toBe(`/?at=${id}`);
});

test('the palette leads to a message, a tag and an action', async () => {
  const { url, api } = scene();
  await api.create({ text: 'Far away and #longago', createdAt: '2020-05-05T10:00:00.000Z' });
  await api.create({ text: 'Now' });
  const page = await openPage(browser(), url);
  await article(page, 'Now').waitFor();
  const palette = page.getByRole('dialog', { name: 'Go to anything' });
  // In the empty field of the composer, which has the keyboard at first.
  await textField(page).press('Control+k');
  await palette.waitFor();
  await page.keyboard.type('far away');
  await palette.getByRole('option', { name: /^Far away/ }).waitFor();
  await page.keyboard.press('Enter');
  await palette.waitFor({ state: 'detached' });
  await soon(() => article(page, 'Far away').evaluate((one) => one.matches(':focus'))).toBe(true);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('dark th');
  await page.keyboard.press('Enter');
  await soon(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('#longago');
  await page.keyboard.press('Enter');
  await soon(() => texts(page)).toEqual(['Far away and #longago']);
});

test('all of the view is printed, and nothing else', async () => {
  const { url, api } = scene();
  await api.bulk(Array.from({ length: 120 }, (_, n) => ({ text: `Paper ${n}`, author: 'Ann' })));
  const page = await openPage(browser(), url, { path: '/?q=paper' });
  await article(page, 'Paper 119').waitFor();
  await page.evaluate(
    'window.print = () => { window.printed = document.querySelector(".print").innerText; }',
  );
  await timeline(page).press('Control+p');
  await soon(() => page.evaluate<string>('window.printed ?? ""')).toContain('Paper 119');
  const printed = await page.evaluate<string>('document.querySelector(".print").textContent');
  for (let n = 0; n < 120; n += 1) expect(printed).toContain(`Paper ${n}`);
  expect(printed).not.toMatch(/Reply|Edit/);
  await page.emulateMedia({ media: 'print' });
  expect(await textField(page).isVisible()).toBe(false);
  expect(await page.locator('.print').isVisible()).toBe(true);
});

test('five short messages of one author take little room', async () => {
  const { url, api } = scene();
  const start = Date.UTC(2026, 9, 9, 10);
  for (let n = 0; n < 5; n += 1) {
    await api.create({
      text: `Short ${n}`,
      author: 'Short',
      createdAt: new Date(start + n * 10_000).toISOString(),
    });
  }
  const page = await openPage(browser(), url, { path: '/?author=Short' });
  await article(page, 'Short 4').waitFor();
  const [first, last] = [
    await article(page, 'Short 0').boundingBox(),
    await article(page, 'Short 4').boundingBox(),
  ];
  expect((last?.y ?? 0) + (last?.height ?? 0) - (first?.y ?? 0)).toBeLessThanOrEqual(130);
});
