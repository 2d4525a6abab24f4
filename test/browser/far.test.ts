import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import {
  article,
  connection,
  firstInView,
  openFilters,
  postWell,
  texts,
  timeline,
} from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

const HOUR = 3_600_000;
const start = Date.UTC(2024, 0, 1, 6);
/** Three messages a day for years, with a week in which nobody said a word. */
const many = Array.from({ length: 2400 }, (_, index) => ({
  text: `Entry ${index} of a long diary`,
  author: 'Ann',
  createdAt: new Date(start + index * 8 * HOUR + (index >= 1200 ? 7 * 24 * HOUR : 0)).toISOString(),
}));
const textAt = (index: number) => many[index]?.text as string;
const dayAt = (index: number) => String(many[index]?.createdAt).slice(0, 10);

beforeAll(async () => {
  const results = await scene().api.bulk(many);
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set([201]));
});

/** The numbers of all entries that stand in the page. */
const numbers = async (page: Page) => (await texts(page)).map((text) => Number(text.split(' ')[1]));

/** Scrolls in steps until something holds, and looks at each step. */
async function scroll(page: Page, by: number, until: (numbers: number[]) => boolean): Promise<void> {
  await timeline(page).hover();
  await soon(async () => {
    await page.mouse.wheel(0, by);
    const shown = await numbers(page);
    // Only what is near is there, and nothing is missing in it.
    expect(shown.length).toBeLessThanOrEqual(140);
    expect(shown).toEqual(shown.map((_, index) => (shown[0] ?? 0) + index));
    return until(shown);
  }).toBe(true);
}

test('a day in the address is where the page begins, and both directions go on from there', async () => {
  const page = await openPage(browser(), scene().url, { path: `/?at=${dayAt(900)}` });
  await soon(() => firstInView(page)).toBe(textAt(900));
  await scroll(page, -3000, (shown) => (shown[0] as number) < 700);
  await scroll(page, 3000, (shown) => (shown.at(-1) as number) > 1100);
  // Over the silent week.
  await scroll(page, 3000, (shown) => (shown.at(-1) as number) > 1300);
});

test('a day can be chosen, and one step back leads to where one was', async () => {
  const page = await openPage(browser(), scene().url);
  await article(page, textAt(2399)).waitFor();
  await openFilters(page);
  const day = page.getByLabel('Go to a day');
  await day.fill(dayAt(300));
  await soon(() => firstInView(page)).toBe(textAt(300));
  expect(new URL(page.url()).searchParams.get('at')).toBe(dayAt(300));
  await page.goBack();
  await article(page, textAt(2399)).waitFor();
  expect(await day.inputValue()).toBe('');
  await page.goForward();
  await soon(() => firstInView(page)).toBe(textAt(300));

  await page.getByRole('button', { name: 'Newest' }).click();
  await article(page, textAt(2399)).waitFor();
  expect(new URL(page.url()).search).toBe('');
});

test('a day without messages leads to what came next, and one before all to the beginning', async () => {
  const silent = new Date(Date.parse(many[1199]?.createdAt as string) + 3 * 24 * HOUR);
  const page = await openPage(browser(), scene().url, { path: `/?at=${silent.toISOString().slice(0, 10)}` });
  await soon(() => firstInView(page)).toBe(textAt(1200));
  await page.goto(`${scene().url}/?at=1999-12-31`);
  await soon(() => firstInView(page)).toBe(textAt(0));
  await page.getByText('The beginning').waitFor();
  await page.goto(`${scene().url}/?at=2999-12-31`);
  await article(page, textAt(2399)).waitFor();
});

test('a message that is gone is said, with a way on', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ text: 'Soon gone', createdAt: '2024-02-01T10:00:00.000Z' });
  await api.delete(id);
  const page = await openPage(browser(), url, { path: `/?at=${id}`, expects: answeredWith(404) });
  await timeline(page).getByRole('alert').getByRole('button', { name: 'Go to the newest message' }).click();
  await article(page, textAt(2399)).waitFor();
  expect(new URL(page.url()).search).toBe('');
});

test('after much scrolling the oldest and the newest are still a scroll away', async () => {
  const page = await openPage(browser(), scene().url);
  await article(page, textAt(2399)).waitFor();
  // More than is kept at once, so that what was newest has to be read again.
  await scroll(page, -20_000, (shown) => (shown[0] as number) < 1000);
  await scroll(page, 20_000, (shown) => shown.at(-1) === 2399);
});

test('what is written meanwhile does not move who reads the past, and is one click away', async () => {
  const { url, api } = scene();
  const page = await openPage(browser(), url, { path: `/?at=${dayAt(600)}` });
  await soon(() => connection(page).textContent()).toBe('Live');
  await soon(() => firstInView(page)).toBe(textAt(600));
  const before = (await article(page, textAt(601)).boundingBox())?.y;
  const { id } = await api.create({ text: 'Breaking news', author: 'Bea' });
  await api.create({ text: 'More news', author: 'Bea' });
  const button = page.getByRole('button', { name: '2 new' });
  await button.waitFor();
  expect((await article(page, textAt(601)).boundingBox())?.y).toBe(before);
  await button.click();
  await article(page, 'More news').waitFor();
  await button.waitFor({ state: 'hidden' });

  // Who writes while reading the past is taken to where it stands.
  await page.goBack();
  await soon(() => firstInView(page)).toBe(textAt(600));
  await postWell(page, 'From the past');
  await article(page, 'From the past').waitFor();
  await api.delete(id);
});

test('an edit is not lost when one scrolls away from it', async () => {
  const page = await openPage(browser(), scene().url, { path: `/?at=${dayAt(1500)}` });
  await soon(() => firstInView(page)).toBe(textAt(1500));
  await article(page, textAt(1501)).hover();
  await article(page, textAt(1501)).getByRole('button', { name: 'Edit' }).click();
  const field = page.getByRole('form', { name: 'Edit message' }).getByRole('textbox', { name: 'Text' });
  await field.fill('Entry 1501 half way');
  await timeline(page).hover();
  await soon(async () => {
    await page.mouse.wheel(0, 3000);
    return field.count();
  }).toBe(0);
  await soon(async () => {
    if ((await field.count()) > 0) return field.inputValue();
    await page.mouse.wheel(0, -2000);
    return '';
  }).toBe('Entry 1501 half way');
});
