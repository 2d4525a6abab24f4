import { expect, test } from 'vitest';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { searchField, texts } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

test('a search says how many messages it finds, however few are in the page', async () => {
  const { url, api } = scene();
  await api.bulk(Array.from({ length: 120 }, (_, n) => ({ text: `needle ${n}` })));
  const page = await openPage(browser(), `${url}`, { path: '/?q=needle' });
  const found = page.locator('.found');
  await soon(() => found.textContent()).toBe('120 found');
  expect((await texts(page)).length).toBeLessThan(120);
  // What comes meanwhile counts.
  await api.create({ text: 'one more needle' });
  await soon(() => found.textContent()).toBe('121 found');
  await searchField(page).fill('"needle 7"');
  await soon(() => found.textContent()).toBe('11 found');
  await searchField(page).fill('');
  await soon(() => found.count()).toBe(0);
});

test('the days of a search begin where the reader is', async () => {
  const { url, api } = scene();
  await api.create({ text: 'haystack at night', createdAt: '2026-06-30T22:30:00.000Z' });
  const path = '/?q=haystack+after:2026-07-01+before:2026-07-02';
  const berlin = await openPage(browser(), url, { path, timezoneId: 'Europe/Berlin' });
  await soon(() => texts(berlin)).toEqual(['haystack at night']);
  const london = await openPage(browser(), url, { path, timezoneId: 'UTC' });
  await london.getByText('Nothing found').waitFor();
});
