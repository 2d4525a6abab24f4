import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { answeredWith, gate, openPage, sharedBrowser, soon } from '../support/page.ts';
import { fileIn } from '../support/page-files.ts';
import { act, article, composer, post, sendButton, textField } from '../support/page-parts.ts';
import { sharedScene, sinceNow } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

/** Looks like one, and is none; put together here so that no scanner takes this file for a leak. */
const credential = ['ghp', 'aB3'.repeat(12)].join('_');

test('a text like a credential asks first: keeping it back keeps the draft', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url, { expects: answeredWith(422) });
  await post(page, `My key is ${credential}`);
  const question = composer(page).getByRole('alertdialog');
  await question.waitFor();
  expect(await question.textContent()).toMatch(/GitHub token/);
  expect(await question.textContent()).not.toMatch(/confirm|send it again/);
  expect(await question.textContent()).not.toContain(credential);

  // The careful answer has the focus.
  await page.keyboard.press('Enter');
  await question.waitFor({ state: 'hidden' });
  expect(await textField(page).inputValue()).toBe(`My key is ${credential}`);
  expect(await textField(page).evaluate((field) => field.ownerDocument.activeElement === field)).toBe(true);
  expect(await since.messages()).toEqual([]);

  await post(page, 'My key is in the safe');
  await article(page, 'in the safe').waitFor();
  expect((await since.messages()).map(({ text }) => text)).toEqual(['My key is in the safe']);
});

test('a text like a credential is saved for who insists', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url, { expects: answeredWith(422) });
  await post(page, `It is ${credential}`);
  await composer(page).getByRole('alertdialog').getByRole('button', { name: 'Save it anyway' }).click();
  await article(page, credential).waitFor();
  await soon(() => textField(page).inputValue()).toBe('');
  expect(await composer(page).getByRole('alertdialog').count()).toBe(0);
  expect((await since.messages()).map(({ text }) => text)).toEqual([`It is ${credential}`]);
});

const expects = answeredWith(422);
const question = (page: Page) => page.getByRole('alertdialog');

test('the question is over when the text or the files change, and is asked again about what is sent then', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url, { expects });
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  await post(page, `First ${credential}`);
  await question(page).waitFor();
  await textField(page).fill(`Second ${credential}`);
  await question(page).waitFor({ state: 'detached' });
  await sendButton(page).click();
  await question(page).waitFor();

  const file = { name: 'key.txt', mimeType: 'text/plain', buffer: Buffer.from(`also ${credential}`) };
  await page.getByLabel('Files to add').setInputFiles(file);
  await question(page).waitFor({ state: 'detached' });
  await sendButton(page).click();
  await question(page).waitFor();
  await page.getByLabel('Description of key.txt').fill('renamed');
  await question(page).waitFor({ state: 'detached' });
  await sendButton(page).click();
  await question(page).waitFor();
  await fileIn(page, 'renamed.txt').getByRole('button', { name: 'Remove' }).click();
  await question(page).waitFor({ state: 'detached' });
  expect(await since.messages()).toEqual([]);
  await sendButton(page).click();
  await question(page).getByRole('button', { name: 'Save it anyway' }).click();
  await article(page, 'Second').waitFor();
  expect((await since.messages()).map(({ text }) => text)).toEqual([`Second ${credential}`]);
});

test('what is written while a credential is being sent is not confirmed with it', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url, { expects });
  const held = await gate(page, ({ pathname }, method) => pathname === '/messages' && method === 'POST');
  await post(page, `Sent ${credential}`);
  await soon(held.waiting).toBe(1);
  await textField(page).press('End');
  await textField(page).pressSequentially(' and more');
  held.open();
  await composer(page).getByText('This looks like a GitHub token.').waitFor();
  expect(await question(page).count()).toBe(0);
  expect(await since.messages()).toEqual([]);
});

test('an edit asks again after a change, and saves only what was confirmed', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ text: 'Harmless' });
  const page = await openPage(browser(), url, { expects });
  await act(article(page, 'Harmless'), 'Edit');
  const editor = page.getByRole('form', { name: 'Edit message' });
  await editor.getByLabel('Text').fill(`One ${credential}`);
  await editor.getByRole('button', { name: 'Save' }).click();
  await question(page).waitFor();
  await editor.getByLabel('Text').fill(`Two ${credential}`);
  await question(page).waitFor({ state: 'detached' });
  expect((await api.message(id)).text).toBe('Harmless');
  await editor.getByRole('button', { name: 'Save' }).click();
  await question(page).getByRole('button', { name: 'Save it anyway' }).click();
  await editor.waitFor({ state: 'detached' });
  expect((await api.message(id)).text).toBe(`Two ${credential}`);
});
