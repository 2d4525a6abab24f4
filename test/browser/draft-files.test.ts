import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { noisyPng, pngOf } from '../support/files.ts';
import { brokenConnection, gate, openPage, sharedBrowser, soon } from '../support/page.ts';
import { fileIn } from '../support/page-files.ts';
import { composer, sendButton, textField } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

/** How many files the browser keeps for drafts. */
const keptFiles = (page: Page): Promise<number> =>
  page.evaluate<number>(`new Promise((done) => {
    const opening = indexedDB.open('gitpost.files', 1);
    opening.onsuccess = () => {
      const asked = opening.result.transaction('files').objectStore('files').count();
      asked.onsuccess = () => { opening.result.close(); done(asked.result); };
    };
  })`);

test('files that were still being uploaded are sent after a reload, with what was chosen for them', async () => {
  const { url, api } = scene();
  const page = await openPage(browser(), url, { expects: brokenConnection });
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  const held = await gate(page, ({ pathname }, method) => pathname === '/attachments' && method === 'POST');
  await textField(page).fill('After a reload');
  await page.getByLabel('Files to add').setInputFiles([
    { name: 'large.png', mimeType: 'image/png', buffer: noisyPng(2100, 90) },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes of a draft') },
  ]);
  await soon(held.waiting).toBe(2);
  await fileIn(page, 'large.webp').getByLabel('Keep original').check();
  await page.getByLabel('Description of large.png').fill('A large one');
  await soon(() => keptFiles(page)).toBe(2);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.reload();
  await fileIn(page, 'A large one.png').locator('img').waitFor();
  await fileIn(page, 'notes.txt').waitFor();
  await sendButton(page).click();
  await soon(() => textField(page).inputValue()).toBe('');
  expect((await api.messages('?q=%22After+a+reload%22'))[0]).toMatchObject({
    attachments: [{ name: 'A large one.png', type: 'image/png', width: 2100 }, { name: 'notes.txt' }],
  });
  await soon(() => keptFiles(page)).toBe(0);
});

test('a picture of a draft has its thumbnail after a reload, and one whose bytes are lost says so', async () => {
  const { url } = scene();
  const page = await openPage(browser(), url, { expects: brokenConnection });
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  const file = (name: string, side: number) => ({
    name,
    mimeType: 'image/png',
    buffer: pngOf(side, side),
  });
  await page.getByLabel('Files to add').setInputFiles(file('sent.png', 71));
  await fileIn(page, 'sent.png').getByRole('progressbar').waitFor({ state: 'detached' });
  await page.reload();
  await fileIn(page, 'sent.png').locator('img').waitFor();

  await gate(page, ({ pathname }, method) => pathname === '/attachments' && method === 'POST');
  await page.getByLabel('Files to add').setInputFiles(file('lost.png', 72));
  await soon(() => keptFiles(page)).toBe(2);
  await page.evaluate(`new Promise((done) => {
    const opening = indexedDB.open('gitpost.files', 1);
    opening.onsuccess = () => {
      const writing = opening.result.transaction('files', 'readwrite');
      writing.objectStore('files').clear();
      writing.oncomplete = () => { opening.result.close(); done(); };
    };
  })`);
  await page.reload();
  await fileIn(page, 'lost.png').getByText('This file was not sent completely. Add it again.').waitFor();
  await sendButton(page).click();
  await composer(page).getByText('Remove lost.png first').waitFor();
  expect(await fileIn(page, 'sent.png').count()).toBe(1);
});

test('the same file twice, and more files than fit, are said', async () => {
  const { url, api } = scene();
  const page = await openPage(browser(), url);
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  const file = (name: string, text: string) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(text),
  });
  await page.getByLabel('Files to add').setInputFiles(file('one.txt', 'the same'));
  await fileIn(page, 'one.txt').getByRole('progressbar').waitFor({ state: 'detached' });
  await page.getByLabel('Files to add').setInputFiles(file('two.txt', 'the same'));
  await fileIn(page, 'two.txt').getByText('The same file is already there.').waitFor();
  // Either of them can be the one that stays.
  await fileIn(page, 'one.txt').getByRole('button', { name: 'Remove one.txt' }).click();
  await fileIn(page, 'two.txt').getByRole('button', { name: 'Try again' }).click();
  await fileIn(page, 'two.txt').getByText('The same file').waitFor({ state: 'detached' });

  const many = Array.from({ length: 24 }, (_, index) => file(`${index}.txt`, `file ${index}`));
  await page.getByLabel('Files to add').setInputFiles(many);
  await page.getByText('A message can have 20 files. Left out: 19.txt, 20.txt, 21.txt and 2 more.').waitFor();
  await composer(page).getByText('20 files, ').waitFor();
  await textField(page).fill('Twenty files');
  await sendButton(page).click();
  await soon(() => textField(page).inputValue()).toBe('');
  const [message] = await api.messages('?q=%22Twenty+files%22');
  expect((message as unknown as { attachments: unknown[] }).attachments).toHaveLength(20);
});
