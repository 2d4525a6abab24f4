import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Message } from '../support/api.ts';
import { noisyPng, pngOf, type Uploaded } from '../support/files.ts';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { give } from '../support/page-files.ts';
import { article, composer, post, postWell } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

/** Files of which the first take longest until they can be sent. */
const slowestFirst = (side: number) => [
  { name: 'big.png', mimeType: 'image/png', buffer: noisyPng(2400, side) },
  { name: 'small.png', mimeType: 'image/png', buffer: pngOf(side, 21) },
  { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from(`${side} notes`) },
];

test('files are in the order in which they were chosen, in a new message and in an edit', async () => {
  const { url, api } = scene();
  const page = await openPage(browser(), url);
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  const fields = (form: Locator) =>
    form
      .getByLabel(/^Description of/)
      .evaluateAll((all) => all.map((one) => String(one.getAttribute('value'))));
  const namesOf = async (text: string) => {
    const [message] = (await api.messages(`?q=${encodeURIComponent(`"${text}"`)}`)) as Array<
      Message & { attachments?: Uploaded[] }
    >;
    return message?.attachments?.map(({ name }) => name);
  };
  await page.getByLabel('Files to add').setInputFiles(slowestFirst(1201));
  await post(page, 'In their order');
  await soon(() => namesOf('In their order')).toEqual(['big.webp', 'small.png', 'notes.txt']);

  const { id } = await api.create({ text: 'In order later' });
  const shown = article(page, 'In order later');
  await shown.hover();
  await shown.getByRole('button', { name: 'Edit', exact: true }).click();
  const editor = page.getByRole('form', { name: 'Edit message' });
  await editor.getByLabel('Files to add').setInputFiles(slowestFirst(1202));
  await soon(async () => (await fields(editor)).length).toBe(3);
  await editor.getByRole('button', { name: 'Save' }).click();
  await editor.waitFor({ state: 'detached' });
  const { attachments } = (await api.message(id)) as Message & { attachments: Uploaded[] };
  expect(attachments.map(({ name }) => name)).toEqual(['big.webp', 'small.png', 'notes.txt']);
});

test('a description keeps the extension of its file, and so does a name that is too long', async () => {
  const { url, api } = scene();
  const page = await openPage(browser(), url);
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  await page.getByLabel('Files to add').setInputFiles([
    { name: 'cat.png', mimeType: 'image/png', buffer: pngOf(51, 51) },
    { name: 'harmless\u202Egnp.png', mimeType: 'image/png', buffer: pngOf(53, 53) },
  ]);
  const field = page.getByLabel('Description of cat.png');
  expect(await field.inputValue()).toBe('cat');
  expect(await page.getByLabel('Description of harmless').inputValue()).toBe('harmlessgnp');
  await field.fill('');
  await page.getByLabel('Description of .png').pressSequentially('A cat / on a "mat"');
  await give(page, 'paste', [{ name: `${'long '.repeat(60)}.png`, type: 'image/png', bytes: pngOf(52, 52) }]);
  await postWell(page, 'A described cat');
  const [message] = (await api.messages('?q=%22A+described+cat%22')) as Array<
    Message & { attachments: Uploaded[] }
  >;
  const names = message?.attachments.map(({ name }) => name);
  expect(names).toEqual([
    'A cat _ on a "mat".png',
    'harmlessgnp.png',
    `${'long '.repeat(60).slice(0, 251)}.png`,
  ]);

  const shown = article(page, 'A described cat');
  await shown.hover();
  await shown.getByRole('button', { name: 'Edit', exact: true }).click();
  const editor = page.getByRole('form', { name: 'Edit message' });
  await editor.getByLabel('Description of file 1').fill('A cat at home');
  await editor.getByRole('button', { name: 'Save' }).click();
  await shown.getByRole('img', { name: 'A cat at home.png' }).waitFor();
});
