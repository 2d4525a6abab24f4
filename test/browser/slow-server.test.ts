import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { gate, openPage, sharedBrowser, soon } from '../support/page.ts';
import { act, article, textField, timeline } from '../support/page-parts.ts';
import { pageScene, sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

const slow = (page: Page, wanted: string) =>
  gate(page, ({ pathname }, method) => pathname.startsWith('/messages/') && method === wanted);

const editor = (page: Page) => page.getByRole('form', { name: 'Edit message' });
const removed = (page: Page) => timeline(page).getByRole('listitem').filter({ hasText: 'Message deleted.' });

/** Opens the page with one message, which has the keyboard. */
async function withMessage(text: string, options: Parameters<typeof openPage>[2] = {}) {
  const { url, api } = scene();
  const { id } = await api.create({ text });
  const page = await openPage(browser(), url, options);
  await article(page, text).focus();
  return { page, api, id };
}

test('an edit begins at once, and each letter is in it', async () => {
  const { page, api, id } = await withMessage('At once');
  const reads = await slow(page, 'GET');
  for (const key of ['e', ' ', 'd', 'x']) await page.keyboard.press(key);
  await page.keyboard.press('Control+Enter');
  await soon(reads.waiting).toBeGreaterThan(0);
  reads.open();
  await article(page, 'At once dx').waitFor();
  await soon(async () => (await api.message(id)).text).toBe('At once dx');
});

test('what is typed while an edit is being saved stays, and can be saved too', async () => {
  const { page, api, id } = await withMessage('One');
  const writes = await slow(page, 'PATCH');
  await page.keyboard.press('e');
  await page.keyboard.type(' two');
  await page.keyboard.press('Control+Enter');
  await soon(writes.waiting).toBe(1);
  await page.keyboard.type(' three');
  writes.open();
  await soon(async () => (await api.message(id)).text).toBe('One two');
  expect(await page.locator('textarea:focus').inputValue()).toBe('One two three');
  await page.keyboard.press('Control+Enter');
  await editor(page).waitFor({ state: 'hidden' });
  expect((await api.history(id)).map(({ text }) => text)).toEqual(['One', 'One two', 'One two three']);
});

test('whoever saves again what was typed meanwhile need not do so twice', async () => {
  const { page, api, id } = await withMessage('Four');
  const writes = await slow(page, 'PATCH');
  await page.keyboard.press('e');
  await page.keyboard.type(' five');
  await page.keyboard.press('Control+Enter');
  await soon(writes.waiting).toBe(1);
  await page.keyboard.type(' six');
  await page.keyboard.press('Control+Enter');
  writes.open();
  await editor(page).waitFor({ state: 'hidden' });
  expect((await api.history(id)).map(({ text }) => text)).toEqual(['Four', 'Four five', 'Four five six']);
});

test('who went on to search while a message is being sent goes on there', async () => {
  const { page } = await withMessage('Before');
  const writes = await gate(page, ({ pathname }, method) => pathname === '/messages' && method === 'POST');
  await textField(page).fill('Slowly sent');
  await textField(page).press('Control+Enter');
  await soon(writes.waiting).toBe(1);
  await page.getByRole('combobox', { name: 'Search messages' }).focus();
  writes.open();
  await article(page, 'Slowly sent').waitFor();
  await page.keyboard.type('z');
  expect(await page.getByRole('combobox', { name: 'Search messages' }).inputValue()).toBe('z');
});

test('an undo that comes before the answer to the delete comes after the delete', async () => {
  const { page, api, id } = await withMessage('Back and forth');
  const deletes = await slow(page, 'DELETE');
  await page.keyboard.press('d');
  await removed(page).waitFor();
  await soon(deletes.waiting).toBe(1);
  // The way back has the keyboard, and after it the message has.
  await soon(() => removed(page).locator(':focus').count()).toBe(1);
  await page.keyboard.press('Enter');
  deletes.open();
  await article(page, 'Back and forth').waitFor();
  await soon(async () => (await api.history(id)).length).toBe(3);
  expect(await api.message(id)).toMatchObject({ text: 'Back and forth' });
  await soon(() => page.locator('article:focus').count()).toBe(1);
  await page.keyboard.press('o');
  await article(page, 'Back and forth').getByRole('region', { name: 'Commit in journal' }).waitFor();
});

test('a delete that was refused gives the keyboard back to its message', async () => {
  const { page, api, id } = await withMessage('To be kept', { expects: /net::ERR_/ });
  await page.route('**/messages/*', (route) =>
    route.request().method() === 'DELETE' ? route.abort('connectionrefused') : route.fallback(),
  );
  await page.keyboard.press('d');
  await page.getByRole('alert').filter({ hasText: 'not deleted' }).waitFor();
  expect(await page.locator('article:focus .body').textContent()).toBe('To be kept');
  expect(await api.message(id)).toMatchObject({ revision: 1 });
});

test('on a narrow screen an edit that is saved gives the keyboard back to its message', async () => {
  const { page } = await withMessage('Narrow', { viewport: { width: 375, height: 760 } });
  await act(article(page, 'Narrow'), 'Edit');
  await page.keyboard.type(' and done');
  await page.keyboard.press('Control+Enter');
  await soon(() => page.locator('article:has(:focus) .body').allTextContents()).toEqual(['Narrow and done']);
});

test('the place of a deleted message takes the keyboard once, not each time that one scrolls by', async () => {
  const { url, api } = await pageScene();
  await api.bulk(
    Array.from({ length: 300 }, (_, n) => ({
      text: `Note ${n}`,
      createdAt: new Date(Date.UTC(2026, 10, 1) + n * 600_000).toISOString(),
    })),
  );
  const page = await openPage(browser(), url);
  await article(page, 'Note 299').focus();
  await page.keyboard.press('d');
  await removed(page).getByRole('button', { name: 'Undo' }).and(page.locator(':focus')).waitFor();
  await timeline(page).hover();
  await soon(async () => {
    await page.mouse.wheel(0, -3000);
    return removed(page).count();
  }).toBe(0);
  await soon(async () => {
    await page.mouse.wheel(0, 3000);
    return removed(page).count();
  }).toBe(1);
  expect(await page.locator('button:focus').count()).toBe(0);
});
