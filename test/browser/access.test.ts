import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { commitFile } from '../support/git.ts';
import { hashOfLine, journalLines, lineOf } from '../support/journal.ts';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { tooWide } from '../support/page-looks.ts';
import {
  act,
  article,
  delivery,
  openSide,
  repository,
  searchField,
  timeline,
} from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';
import { firstOf } from '../support/rounds.ts';
import { eventually } from '../support/wait.ts';

const browser = sharedBrowser();
const scene = sharedScene({ more: ['second'] });
const screenshots = fileURLToPath(new URL('../screenshots/', import.meta.url));

const markdown = [
  '# Plan for **Monday** #work',
  'Read [the notes](https://example.org/notes) and `npm ci`.',
  '- [ ] bread\n- [x] milk\n- cheese',
  '> as was said\n\n| what | how many |\n| :-- | --: |\n| tea | 3 |',
  '```ts\nexport const answer: number = 42; // the one\nif (answer > 3) return "x";\n```',
].join('\n\n');
const drafts = [
  { author: 'Ann', text: 'Shall we meet at ten? #planning' },
  { author: 'Ann', text: 'Or rather at half past, see https://example.org/trains' },
  { author: 'Bea', type: 'markdown', text: markdown },
  {
    author: 'Cy',
    type: 'code',
    language: 'python',
    text: 'def f(a):\n    return {"a": a, "n": 1.5}  # a note',
  },
  { author: 'Cy', type: 'task', done: true, text: 'Water the plants' },
  { author: 'Cy', type: 'task', done: false, text: 'Book a table' },
  { author: 'Dee', type: 'link', url: 'https://example.org/read', text: 'Worth reading' },
  { author: 'ليلى', text: 'مرحبا، هل وصلت؟ ‏#اجتماع' },
  { author: '小明', text: '明天十点开会,记得带电脑' },
];

beforeAll(async () => {
  const { api, clone } = scene();
  for (const [index, draft] of drafts.entries()) {
    const createdAt = new Date(Date.UTC(2026, 10, 21, 10, index * 4)).toISOString();
    await api.create({ ...draft, createdAt, repositories: 'all' });
  }
  await api.send('POST', '/push', { json: { repositories: ['second'] } });
  const { id } = await api.create({ text: 'Bring the cake to the park', author: 'Bea' });
  const first = (await journalLines(clone())).find(({ value }) => value.id === id);
  const line = lineOf({
    id,
    revision: 2,
    parents: [hashOfLine(first?.raw as string)],
    author: 'Cy',
    text: 'Bring the cake to the lake',
    createdAt: first?.value.createdAt,
    updatedAt: '2026-11-01T10:00:00.000Z',
  });
  await api.edit(id, { text: 'Bring two cakes to the park' });
  await commitFile(clone(), join('messages', 'elsewhere.jsonl'), `${line}\n`, 'From elsewhere');
  await eventually(async () => expect((await api.message(id)).conflict).toBe(true));
  await api.create({ text: 'I do', author: 'Ann', replyTo: id });
  await mkdir(screenshots, { recursive: true });
});

const screens = [
  { width: 320, height: 700, colours: 'dark' },
  { width: 1280, height: 800, colours: 'light' },
  { width: 320, height: 700, colours: 'light' },
  { width: 1280, height: 800, colours: 'dark' },
] as const;

async function open({ width, height, colours }: (typeof screens)[number], path = '/'): Promise<Page> {
  const page = await openPage(browser(), scene().url, {
    path,
    viewport: { width, height },
    colorScheme: colours,
    reducedMotion: 'reduce',
    ...(width < 1000 && { isMobile: true, hasTouch: true }),
  });
  await timeline(page).getByRole('article').first().waitFor();
  return page;
}

test.each(firstOf(screens, 2))(
  'everything can be seen and told, $width wide in $colours colours',
  async (screen) => {
    const page = await open(screen);
    const expectGood = async (what: string) => {
      await page.screenshot({ path: `${screenshots}${screen.width}-${screen.colours}-${what}.png` });
      expect(await troubles(page), what).toEqual([]);
      expect(await tooWide(page), what).toEqual([]);
    };
    const isPhone = screen.width < 1000;
    const reply = article(page, 'I do');
    await reply.getByRole('link', { name: /Reply to Bea/ }).waitFor();
    await soon(() => page.locator('.hljs-keyword').count()).toBeGreaterThan(1);
    await expectGood('newest');
    await article(page, 'Plan for').scrollIntoViewIfNeeded();
    await expectGood('reading');

    await delivery(article(page, 'Book a table'), 'second').getByRole('button').click();
    await article(page, 'Book a table').getByRole('region').waitFor();
    await expectGood('delivery');

    const actions = async (name: string) => {
      await reply.scrollIntoViewIfNeeded();
      await act(reply, name);
    };
    await actions('Reply');
    await page.getByRole('button', { name: 'Cancel reply' }).waitFor();
    await expectGood('answering');
    await page.getByRole('button', { name: 'Cancel reply' }).click();
    await actions('History');
    await page.getByRole('dialog').getByRole('listitem').first().waitFor();
    await expectGood('history');
    await page.keyboard.press('Escape');
    // A finger goes to the message first, so that the actions of the one below it no longer float over it.
    if (isPhone) await article(page, 'Conflict: this message').locator('.body').tap();
    await page.getByRole('button', { name: 'Compare and resolve' }).click();
    await page.getByRole('button', { name: 'Combine them' }).click();
    await expectGood('conflict');
    await page.keyboard.press('Escape');

    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Go to anything' }).waitFor();
    await page.keyboard.type('a');
    await expectGood('palette');
    await page.keyboard.press('Escape');
    await openSide(page);
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByLabel('Your name').waitFor();
    await expectGood('settings');
    await page.keyboard.press('Escape');
    if (isPhone) await page.getByRole('button', { name: 'Close menu' }).click();

    await searchField(page).fill('type:task pl');
    await searchField(page).press('Enter');
    await soon(() => page.locator('mark').count()).toBeGreaterThan(0);
    await searchField(page).fill('');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await expectGood('offers');
    await page.keyboard.press('Escape');
    await searchField(page).fill('plants from:Cy');
    await page.locator('mark').first().waitFor();
    await expectGood('search');
    await searchField(page).fill('no such thing');
    await page.getByText('Nothing found').waitFor();
    await expectGood('nothing');
    if (!isPhone) await repository(page, 'second').waitFor();
  },
);

test('times are those of the reader, and the exact one is said', async () => {
  const page = await openPage(browser(), scene().url, { timezoneId: 'Asia/Tokyo', locale: 'de-DE' });
  const time = article(page, 'Shall we meet').locator('.message-head time');
  await time.waitFor();
  expect(await time.textContent()).toBe('19:00');
  expect(await time.locator('..').getAttribute('title')).toMatch(/21\. November 2026.*19:00:00/);
  expect(await time.getAttribute('datetime')).toBe('2026-11-21T10:00:00.000Z');
});

test('nothing jumps while the page is built', async () => {
  const page = await openPage(browser(), scene().url, { path: '/openapi.json' });
  await page.addInitScript(`
    window.jumped = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.jumped += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  `);
  await page.goto(scene().url);
  await article(page, 'I do')
    .getByRole('link', { name: /Reply to Bea/ })
    .waitFor();
  await soon(() => page.locator('.hljs-keyword').count()).toBeGreaterThan(1);
  // Google calls 0.1 good.
  expect(await page.evaluate<number>('window.jumped')).toBeLessThan(0.1);
});

test('a text from right to left stands on the right, and its name with it', async () => {
  const page = await open({ width: 1280, height: 800, colours: 'light' });
  const body = article(page, 'مرحبا').locator('.body');
  expect(await body.evaluate((one) => one.ownerDocument.defaultView?.getComputedStyle(one).direction)).toBe(
    'rtl',
  );
  const latin = article(page, 'Shall we meet').locator('.body');
  expect(await latin.evaluate((one) => one.ownerDocument.defaultView?.getComputedStyle(one).direction)).toBe(
    'ltr',
  );
});
