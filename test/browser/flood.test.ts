import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { article, connection, firstInView, texts, timeline } from '../support/page-parts.ts';
import { pageScene } from '../support/page-scene.ts';

const browser = sharedBrowser();

const entries = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({
    text: `Entry ${from + index} of a long diary`,
    createdAt: new Date(Date.UTC(2024, 0, 1) + (from + index) * 60_000).toISOString(),
  }));

/** The numbers of all entries that stand in the page. */
const numbers = async (page: Page) => (await texts(page)).map((text) => Number(text.split(' ')[1]));

/** Scrolls until an entry is there or was passed, and looks at each step whether there is a gap. */
async function scrollTo(page: Page, entry: number, by: number): Promise<void> {
  await timeline(page).hover();
  await soon(async () => {
    await page.mouse.wheel(0, by);
    const shown = await numbers(page);
    expect(shown).toEqual(shown.map((_, index) => (shown[0] ?? 0) + index));
    return by < 0 ? (shown[0] ?? entry) < entry : (shown.at(-1) ?? entry) > entry;
  }).toBe(true);
}

test('a flood of messages neither holds the page up nor leaves a gap in it', async () => {
  const { url, api } = await pageScene();
  const page = await openPage(browser(), url);
  await soon(() => connection(page).textContent()).toBe('Live');
  await page.evaluate(`
    window.drawn = 0;
    const isMessage = ({ addedNodes }) => [...addedNodes].some((node) => node.querySelector?.('article'));
    new MutationObserver((changes) => { if (changes.some(isMessage)) window.drawn += 1; })
      .observe(document.body, { childList: true, subtree: true });
  `);

  await api.bulk(entries(0, 2000));
  await article(page, 'Entry 1999 of').waitFor();
  // Drawing each on its own would hold the page up for seconds.
  const drawn = await page.evaluate<number>('window.drawn');
  expect(drawn).toBeGreaterThan(0);
  expect(drawn).toBeLessThan(200);
  await scrollTo(page, 1700, -3000);

  // Who reads the past stays there, and finds what is new by going on.
  const read = await firstInView(page);
  await api.bulk(entries(2000, 3500));
  const toNewest = page.getByRole('button', { name: /^(Newest|New messages|[\d,]+ new)$/ });
  await toNewest.waitFor();
  expect(await firstInView(page)).toBe(read);
  await scrollTo(page, 2600, 5000);
  await toNewest.click();
  await article(page, 'Entry 3499 of').waitFor();
});

test('a message that comes while the page scrolls to the one before it does not leave the reader behind', async () => {
  const { url, api } = await pageScene();
  await api.bulk(entries(0, 40));
  const page = await openPage(browser(), url);
  await article(page, 'Entry 39 of').waitFor();
  const left = () =>
    timeline(page).evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop);
  await soon(left).toBeLessThan(2);

  // What the browser does then: more stands there when it tells of the scroll.
  await timeline(page).evaluate((element) => {
    const more = element.ownerDocument.createElement('div');
    more.style.height = '300px';
    element.firstElementChild?.append(more);
    element.dispatchEvent(new Event('scroll'));
  });

  await soon(left).toBeLessThan(2);
  await timeline(page).hover();
  await page.mouse.wheel(0, -600);
  await page.getByRole('button', { name: 'Newest' }).waitFor();
  await api.create({ text: 'One more' });
  await page.getByRole('button', { name: /^1 new$|New messages/ }).waitFor();
});
