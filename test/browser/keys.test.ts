import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { article, delivery, searchField, textField, texts } from '../support/page-parts.ts';
import { pageScene, sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

/** The text of the message that has the keyboard. */
const focused = (page: Page) => page.locator('article:focus .body').textContent();

test('all that can be done with a message can be done with keys', async () => {
  const { url, api } = scene();
  await api.create({ text: 'One', createdAt: '2026-11-01T10:00:00.000Z' });
  await api.create({ text: 'Two', type: 'task', done: false, createdAt: '2026-11-01T10:01:00.000Z' });
  const { id } = await api.create({ text: 'Three', createdAt: '2026-11-01T10:02:00.000Z' });
  const page = await openPage(browser(), url);
  await article(page, 'Three').waitFor();
  // Where one writes, letters are letters.
  await textField(page).press('j');
  expect(await textField(page).inputValue()).toBe('j');
  await textField(page).fill('');
  await textField(page).evaluate((field) => field.blur());

  await page.keyboard.press('j');
  expect(await focused(page)).toBe('Three');
  await page.keyboard.press('k');
  expect(await focused(page)).toBe('Two');
  await page.keyboard.press('x');
  await soon(() => article(page, 'Two').getByRole('checkbox').isChecked()).toBe(true);
  await page.keyboard.press('ArrowUp');
  expect(await focused(page)).toBe('One');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('j');
  expect(await focused(page)).toBe('Three');

  await page.keyboard.press('o');
  await article(page, 'Three').getByRole('region', { name: 'Commit in journal' }).waitFor();
  expect(await delivery(article(page, 'Three')).getByRole('button').getAttribute('aria-expanded')).toBe(
    'true',
  );
  await page.keyboard.press('h');
  await page.getByRole('dialog', { name: 'History' }).waitFor();
  // Nothing behind the dialog listens.
  await page.keyboard.press('d');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'History' }).waitFor({ state: 'hidden' });
  expect(await focused(page)).toBe('Three');

  await page.keyboard.press('Enter');
  await page.getByRole('form', { name: 'Edit message' }).waitFor();
  await soon(() => page.locator('textarea:focus').inputValue()).toBe('Three');
  await page.keyboard.type(' and a half');
  await page.keyboard.press('Control+Enter');
  await soon(() => focused(page)).toBe('Three and a half');

  await page.keyboard.press('r');
  await page.keyboard.type('An answer');
  await page.keyboard.press('Control+Enter');
  await soon(async () => (await api.messages()).find(({ text }) => text === 'An answer')).toMatchObject({
    replyTo: id,
  });
  await article(page, 'An answer').waitFor();
  await article(page, 'An answer').focus();
  await page.keyboard.press('d');
  await article(page, 'An answer').waitFor({ state: 'hidden' });
  await page.getByText('Message deleted.').waitFor();
  // The way back has the focus.
  await page.keyboard.press('Enter');
  await article(page, 'An answer').waitFor();
});

test('keys lead to what the page has', async () => {
  const { url, api } = scene();
  await api.create({ text: 'One place', createdAt: '2026-11-01T09:00:00.000Z' });
  const page = await openPage(browser(), url, { viewport: { width: 375, height: 760 }, path: '/?q=place' });
  await article(page, 'One').waitFor();
  await article(page, 'One').focus();
  await page.keyboard.press('/');
  await soon(() => searchField(page).evaluate((one) => one.matches(':focus'))).toBe(true);
  await article(page, 'One').focus();
  await page.keyboard.press('g');
  await soon(() => page.getByLabel('Go to a day').evaluate((one) => one.matches(':focus'))).toBe(true);
  await article(page, 'One').focus();
  await page.keyboard.press('Escape');
  await soon(() => textField(page).evaluate((one) => one.matches(':focus'))).toBe(true);
});

test('with the keys alone one gets as far back as one likes', async () => {
  const { url, api } = await pageScene();
  await api.bulk(
    Array.from({ length: 260 }, (_, n) => ({
      text: `Note ${n}`,
      createdAt: new Date(Date.UTC(2026, 10, 1) + n * 600_000).toISOString(),
    })),
  );
  const page = await openPage(browser(), url);
  await article(page, 'Note 259').waitFor();
  await article(page, 'Note 259').focus();
  // Where the next message is not there yet, a press does nothing, and whoever goes on pressing gets there.
  let presses = 0;
  while ((await focused(page)) !== 'Note 60') {
    await page.keyboard.press('k');
    presses += 1;
  }
  expect(presses).toBeGreaterThanOrEqual(199);
  expect((await texts(page)).length).toBeLessThan(140);
  await soon(() => focused(page)).toBe('Note 60');
  const box = await article(page, 'Note 60').boundingBox();
  expect(box?.y).toBeGreaterThan(50);
  await page.keyboard.press('n');
  await article(page, 'Note 259').waitFor();
});

test('what is typed right after a key goes where the key led', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ text: 'Not to be deleted' });
  const page = await openPage(browser(), url);
  await article(page, 'Not to be').waitFor();
  await textField(page).evaluate((field) => field.blur());
  const press = (key: string): string =>
    `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true, cancelable: true }))`;
  expect(await page.evaluate(`${press('/')}; document.activeElement.type`)).toBe('search');
  await searchField(page).evaluate((field) => field.blur());
  expect(await page.evaluate(`${press('g')}; document.activeElement.type`)).toBe('date');
  await page.getByLabel('Go to a day').evaluate((field) => field.blur());
  // Whatever renders late renders before the next key, which is a task of its own.
  const next = 'new Promise((wake) => setTimeout(wake, 0))';
  expect(
    await page.evaluate(
      `${press('?')}; ${next}.then(() => { ${press('c')}; return document.activeElement.closest('dialog') !== null; })`,
    ),
  ).toBe(true);
  await page.keyboard.press('Escape');

  // What the server is asked for may take a while; the editor does not wait for it.
  await page.route('**/messages/*', async (route) => {
    if (route.request().method() === 'GET') await new Promise((wake) => setTimeout(wake, 500));
    await route.continue();
  });
  await article(page, 'Not to be').focus();
  for (const key of ['e', 'd', 'x', 'r', 'e']) await page.keyboard.press(key);
  expect(await page.locator('textarea:focus').inputValue()).toBe('Not to be deleteddxre');
  expect((await api.messages()).map((message) => message.id)).toContain(id);
  expect(await page.getByText('Message deleted.').count()).toBe(0);
});

test('an edit that is saved late leaves the keyboard where one writes by then', async () => {
  const { url, api } = scene();
  await api.create({ text: 'To be edited' });
  const page = await openPage(browser(), url);
  await page.route('**/messages/*', async (route) => {
    if (route.request().method() === 'PATCH') await new Promise((wake) => setTimeout(wake, 1000));
    await route.continue();
  });
  await article(page, 'To be edited').focus();
  await page.keyboard.press('e');
  await page.getByRole('form', { name: 'Edit message' }).waitFor();
  await page.keyboard.type(' late');
  await page.keyboard.press('Control+Enter');
  await textField(page).click();
  await article(page, 'To be edited late').waitFor();
  await page.keyboard.type('d');
  await soon(() => textField(page).inputValue()).toBe('d');
});
