import { mkdir, readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import { tooWide, walk } from '../support/page-looks.ts';
import {
  act,
  article,
  chooseType,
  composer,
  openFilters,
  openSide,
  panel,
  post,
  repository,
  searchField,
  sendButton,
  targets,
  textField,
  texts,
  timeline,
} from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';
import { firstOf } from '../support/rounds.ts';

const browser = sharedBrowser();
const longName = 'a-repository-with-a-name-that-somebody-thought-about-for-too-long';
const scene = sharedScene({ more: [longName], addresses: ['http://127.0.0.1:1/team/away.git'] });
const screenshots = fileURLToPath(new URL('../screenshots/', import.meta.url));

const longWord = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(8);
const drafts = [
  { author: 'Ann', text: 'Shall we meet at ten? #planning' },
  {
    author: 'Ann',
    text: 'Or rather at half past, the trains are late again and I would like to have a coffee first.',
  },
  { author: 'Bea', text: longWord },
  {
    author: 'Bea',
    type: 'code',
    language: 'ts',
    text: `export const wide = '${'x'.repeat(300)}';\nif (wide) return;`,
  },
  { author: 'Bea', type: 'link', url: `https://example.org/${'path/'.repeat(60)}`, text: 'Far away' },
  { author: 'Cy', type: 'task', done: true, text: `Water ${'w'.repeat(120)}` },
  { author: 'Cy', type: 'markdown', text: `# ${'Title'.repeat(40)}\n\n| a | b |` },
  { author: 'Dee', text: `#${'tag'.repeat(60)} and مرحبا، هل وصلت؟ ‏#اجتماع` },
  { author: 'Dee', text: '明天十点开会,记得带电脑 👨‍👩‍👧‍👦 ¯\\_(ツ)_/¯' },
];
const lastWords = 'The last of them';

beforeAll(async () => {
  const { api } = scene();
  for (const [index, draft] of drafts.entries()) {
    const createdAt = new Date(Date.UTC(2026, 10, 21, 10, index * 7)).toISOString();
    await api.create({ ...draft, createdAt, repositories: 'all' });
  }
  await api.create({ text: lastWords, author: 'Ann', repositories: 'all' });
  await api.send('POST', '/push', { json: {} });
  await mkdir(screenshots, { recursive: true });
});

const screens = [
  { width: 320, height: 640, colours: 'light' },
  { width: 375, height: 760, colours: 'dark' },
  { width: 1280, height: 800, colours: 'light' },
  { width: 320, height: 640, colours: 'dark' },
  { width: 375, height: 760, colours: 'light' },
  { width: 1280, height: 800, colours: 'dark' },
] as const;

test.each(firstOf(screens, 3))(
  'on a screen $width wide, in $colours colours, nothing sticks out to the side',
  async (screen) => {
    const { width, height, colours } = screen;
    const isPhone = width < 1000;
    const page = await openPage(browser(), scene().url, {
      expects: answeredWith(400),
      viewport: { width, height },
      colorScheme: colours,
      reducedMotion: 'reduce',
      ...(isPhone && { isMobile: true, hasTouch: true, deviceScaleFactor: 2 }),
    });
    const expectFits = async (what: string) => {
      await page.screenshot({ path: `${screenshots}${width}-${colours}-${what}.png` });
      expect(await tooWide(page), what).toEqual([]);
      expect(await page.locator('html').evaluate((html) => html.clientWidth)).toBe(width);
    };
    await article(page, lastWords).waitFor();
    await soon(() => page.locator('aside h3').count()).toBe(3);
    await expectFits('timeline');
    await timeline(page).evaluate((element) => element.scrollTo(0, 0));
    await article(page, drafts[0]?.text as string).waitFor();
    await expectFits('top');

    // Each thing that opens.
    const search = page.getByRole('search');
    await openFilters(page);
    await search.getByRole('combobox', { name: 'Type' }).waitFor();
    await expectFits('filters');
    await search.getByRole('button', { name: 'Filters' }).click();
    await openSide(page);
    await repository(page, longName).waitFor();
    await repository(page, 'away').scrollIntoViewIfNeeded();
    await expectFits('repositories');
    if (isPhone) await page.keyboard.press('Escape');
    await repository(page, longName).waitFor({ state: isPhone ? 'hidden' : 'visible' });

    await textField(page).click();
    await chooseType(composer(page), 'Link');
    await composer(page).getByLabel('Address').fill('nowhere');
    await textField(page).fill(`A draft\nof some lines\n${longWord}`);
    await sendButton(page).click();
    await composer(page).getByRole('alert').waitFor();
    await expectFits('refused');
    // All of it can be reached.
    for (const part of [textField(page), sendButton(page), composer(page).getByLabel('Address')]) {
      const box = await part.boundingBox();
      expect((box?.y ?? height) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
    }
    await textField(page).fill('');
    await composer(page).getByLabel('Address').fill('');

    const words = article(page, lastWords);
    await words.scrollIntoViewIfNeeded();
    await act(words, 'Edit');
    await page.getByRole('form', { name: 'Edit message' }).getByRole('button', { name: 'Save' }).waitFor();
    await expectFits('edit');
    await page.getByRole('form', { name: 'Edit message' }).getByRole('button', { name: 'Cancel' }).click();
    await words.waitFor();

    await searchField(page).fill('no such thing');
    await page.getByText('Nothing found').waitFor();
    await expectFits('nothing');
  },
);

test.each([320, 1280])('a name without a space fits on a screen %i wide', async (width) => {
  const { url, api } = scene();
  const author = 'N'.repeat(80);
  const text = `By a long name, ${width} wide`;
  await api.create({ text, author });
  const page = await openPage(browser(), url, {
    viewport: { width, height: 700 },
    path: `/?author=${author}`,
  });
  await article(page, text).waitFor();
  expect(await tooWide(page)).toEqual([]);
});

test.each([320, 375, 1280])('the choice of repositories fits on a screen %i wide', async (width) => {
  const page = await openPage(browser(), scene().url, {
    path: '/?type=link',
    viewport: { width, height: 700 },
    ...(width < 1000 && { isMobile: true, hasTouch: true }),
  });
  await soon(() => page.locator('aside h3').count()).toBe(3);
  await textField(page).click();
  await targets(page).click();
  const option = composer(page).getByRole('checkbox', { name: longName });
  const expectFits = async (what: string) => {
    await page.screenshot({ path: `${screenshots}${width}-targets-${what}.png` });
    const popup = await composer(page).locator('fieldset').boundingBox();
    expect(popup?.x, what).toBeGreaterThanOrEqual(0);
    expect(popup?.y, what).toBeGreaterThanOrEqual(0);
    expect((popup?.x ?? 0) + (popup?.width ?? 0), what).toBeLessThanOrEqual(width);
    expect(await tooWide(page), what).toEqual([]);
  };
  await option.waitFor();
  await expectFits('before');
  await option.check();
  await expectFits('after');
  await page.keyboard.press('Escape');
  await option.waitFor({ state: 'hidden' });
  expect(await tooWide(page)).toEqual([]);
});

test('a phone can do all of it by touch', async () => {
  const { url, api } = scene();
  const page = await openPage(browser(), url, {
    viewport: { width: 375, height: 760 },
    isMobile: true,
    hasTouch: true,
  });
  await textField(page).tap();
  await page.keyboard.type('From a phone');
  await sendButton(page).tap();
  const words = article(page, 'From a phone');
  await words.waitFor();
  await words.tap();
  await words.getByRole('button', { name: 'More actions' }).tap();
  await words.getByRole('menuitem', { name: 'Delete' }).tap();
  await words.waitFor({ state: 'hidden' });
  await timeline(page).getByRole('button', { name: 'Undo' }).tap();
  await words.waitFor();
  await page
    .getByRole('banner')
    .getByRole('button', { name: /Menu.*to push/ })
    .tap();
  await panel(page).getByRole('button', { name: 'Push journal' }).tap();
  await soon(() => repository(page, 'journal').textContent()).toMatch(/\d+ messages? pushed/);
  await page.getByRole('button', { name: 'Close menu' }).tap();
  await panel(page).waitFor({ state: 'hidden' });
  const message = (await api.messages('?q=%22From+a+phone%22'))[0];
  expect(message).toMatchObject({ revision: 3 });
  expect(message?.deliveries).toMatchObject([{ repository: 'journal', state: 'pushed' }]);
});

/** Presses Tab until something has the focus that has this role and name. */
async function tabTo(page: Page, role: 'button' | 'textbox' | 'combobox', name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  for (let n = 0; n < 80; n += 1) {
    if (await wanted.evaluate((one) => one.ownerDocument.activeElement === one)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`80 times Tab did not reach ${role} ${name}`);
}

test('the keyboard alone is enough', async () => {
  const { url, api } = scene();
  const page = await openPage(browser(), url);
  await article(page, lastWords).waitFor();
  // Whoever opens the page can write at once.
  await page.keyboard.type('Without a mouse');
  await page.keyboard.press('Control+Enter');
  const words = article(page, 'Without a mouse');
  await words.waitFor();

  await tabTo(page, 'combobox', 'Search messages');
  await page.keyboard.type('mouse');
  await soon(() => texts(page)).toEqual(['Without a mouse']);
  await tabTo(page, 'button', 'Edit');
  await page.keyboard.press('Enter');
  await page.getByRole('form', { name: 'Edit message' }).waitFor();
  await soon(() =>
    page.getByRole('textbox', { name: 'Text', exact: true }).evaluate((one) => one.matches(':focus')),
  ).toBe(true);
  await page.keyboard.type(' or a pen');
  await page.keyboard.press('Control+Enter');
  await article(page, 'Without a mouse or a pen').waitFor();
  // The focus goes on from where it was.
  await soon(() => words.getByRole('button', { name: 'Edit' }).evaluate((one) => one.matches(':focus'))).toBe(
    true,
  );
  await tabTo(page, 'button', 'More actions');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await words.waitFor({ state: 'hidden' });
  await soon(() =>
    timeline(page)
      .getByRole('button', { name: 'Undo' })
      .evaluate((one) => one.matches(':focus')),
  ).toBe(true);
  await page.keyboard.press('Enter');
  await words.waitFor();

  await tabTo(page, 'button', 'Push journal');
  await page.keyboard.press('Enter');
  await soon(() => repository(page, 'journal').textContent()).toMatch(/\d+ messages? pushed/);
  expect((await api.messages('?q=mouse'))[0]).toMatchObject({
    text: 'Without a mouse or a pen',
    revision: 4,
  });
});

test.each(firstOf(['dark', 'light'] as const, 1))(
  'each stop of the Tab key can be seen, in %s colours',
  async (colorScheme) => {
    const page = await openPage(browser(), scene().url, {
      colorScheme,
      path: '/?type=link',
      reducedMotion: 'reduce',
    });
    await article(page, 'Far away').waitFor();
    await repository(page, 'journal').waitFor();
    // From the very top.
    await page.locator('body').evaluate((body) => {
      body.ownerDocument.activeElement.blur();
      body.setAttribute('tabindex', '-1');
      body.focus();
      body.removeAttribute('tabindex');
    });
    const stops = await walk(page, 'Tab');
    const names = stops.map(({ role, name }) => `${role} ${name}`);
    for (const wanted of [
      'button Skip to writing',
      'button Push all',
      'button Push journal',
      'combobox Search messages',
      'button Edit',
      'textbox Message',
    ]) {
      expect(names).toContain(wanted);
    }
    expect(names.findIndex((name) => name.startsWith('button Send'))).toBeGreaterThan(
      names.indexOf('textbox Message'),
    );
    expect(names[0]).toBe('button Skip to writing');
    expect(stops.filter(({ visible }) => !visible)).toEqual([]);
    // Each has a name; the timeline’s own words are none.
    expect(stops.filter(({ name }) => name === '')).toEqual([]);
  },
);

test('the way past everything leads to where one writes', async () => {
  const page = await openPage(browser(), scene().url);
  await article(page, lastWords).waitFor();
  const skip = page.getByRole('button', { name: 'Skip to writing' });
  await skip.focus();
  const box = await skip.boundingBox();
  expect(box?.y).toBeGreaterThanOrEqual(0);
  await page.keyboard.press('Enter');
  await page.keyboard.type('Straight here');
  expect(await textField(page).inputValue()).toBe('Straight here');
});

test('on a phone the keyboard stays away until it is wanted', async () => {
  const page = await openPage(browser(), scene().url, {
    viewport: { width: 375, height: 760 },
    isMobile: true,
    hasTouch: true,
  });
  await article(page, lastWords).waitFor();
  expect(await textField(page).evaluate((one) => one.matches(':focus'))).toBe(false);
  await post(page, 'Wanted');
  await article(page, 'Wanted').waitFor();
});

test('the scripts are small, and the first one is much smaller', async () => {
  const folder = fileURLToPath(new URL('../../public/assets/', import.meta.url));
  const scripts = (await readdir(folder)).filter((file) => file.endsWith('.js'));
  const sizes = await Promise.all(
    scripts.map(async (file) => gzipSync(await readFile(folder + file)).length),
  );
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(200 * 1024);
  const first = sizes[scripts.indexOf('app.js')] as number;
  expect(first).toBeGreaterThan(1000);
  expect(first).toBeLessThan(72 * 1024);
});

test('the page itself never scrolls, however many repositories there are', async () => {
  const page = await openPage(browser(), scene().url, { viewport: { width: 1280, height: 400 } });
  await repository(page, longName).waitFor();
  const { scrollHeight, clientHeight } = await page.evaluate<{ scrollHeight: number; clientHeight: number }>(
    '({ scrollHeight: document.documentElement.scrollHeight, clientHeight: document.documentElement.clientHeight })',
  );
  expect(scrollHeight).toBe(clientHeight);
  await page.mouse.move(800, 20);
  await page.mouse.wheel(0, 2000);
  await panel(page).getByRole('button').last().scrollIntoViewIfNeeded();
  expect(await page.evaluate('window.scrollY')).toBe(0);
});
