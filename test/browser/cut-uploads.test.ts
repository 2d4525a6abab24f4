import { expect, test } from 'vitest';
import { cuttingFront } from '../support/cutting-front.ts';
import { answeredWith, brokenConnection, openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { article, composer, post, postWell, sendButton, waiting } from '../support/page-parts.ts';
import { pageScene, processScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const expects = new RegExp(`${brokenConnection.source}|${answeredWith(413).source}`);
const file = (name: string, size: number) => ({
  name,
  mimeType: 'application/x-test',
  buffer: Buffer.alloc(size, 7),
});

test('an upload that is cut although the server is there is a problem of its file, and can be tried again', async () => {
  const own = await pageScene();
  const front = await cuttingFront(own.url);
  const page = await openPage(browser(), front.url, { expects });
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  front.uploads('cut');
  await page.getByLabel('Files to add').setInputFiles(file('large.bin', 3_000_000));
  await composer(page).getByText('The connection was lost each time this file was sent').waitFor();
  expect(front.cuts()).toBeGreaterThanOrEqual(3);
  await post(page, 'With a large file');
  await composer(page).getByText('Remove large.bin first').waitFor();
  expect(await troubles(page)).toEqual([]);
  front.uploads('pass');
  await composer(page).getByRole('button', { name: 'Try again' }).click();
  await composer(page).getByText('The connection was lost').waitFor({ state: 'detached' });
  await sendButton(page).click();
  await soon(async () => (await own.api.messages())[0]).toMatchObject({
    text: 'With a large file',
    attachments: [{ name: 'large.bin', size: 3_000_000 }],
  });
});

test('a waiting message whose file is cut each time holds up no other', async () => {
  const own = await processScene();
  const front = await cuttingFront(own.url);
  const page = await openPage(browser(), front.url, { expects });
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  await own.crash();
  await page.getByLabel('Files to add').setInputFiles(file('large.bin', 3_000_000));
  await composer(page).getByText('waits for the server').waitFor();
  await postWell(page, 'The large one');
  await postWell(page, 'The next one');
  await waiting(page, 'The next one').waitFor();
  front.uploads('cut');
  await own.start();
  await soon(async () => (await own.api.messages()).map(({ text }) => text)).toEqual(['The next one']);
  const held = waiting(page, 'The large one');
  await held.getByText('Not saved. large.bin: The connection was lost each time').waitFor();
  front.uploads('pass');
  await held.getByRole('button', { name: 'Try again' }).click();
  await article(page, 'The large one').waitFor();
  expect(await waiting(page).count()).toBe(0);
});

test('a file that is too large is told early, however the answer comes', async () => {
  const own = await pageScene({ env: { ATTACHMENT_LIMIT: '1MiB' } });
  const front = await cuttingFront(own.url);
  const page = await openPage(browser(), front.url, { expects });
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  const alert = composer(page).getByRole('alert');
  // The server has said what it accepts, so this one is not even sent.
  front.uploads('cut');
  await page.getByLabel('Files to add').setInputFiles(file('large.bin', 2 ** 20 + 1));
  await alert.getByText('This file is larger than 1 MiB').waitFor();
  expect(front.cuts()).toBe(0);
  await composer(page).getByRole('button', { name: 'Remove large.bin' }).click();
  await alert.waitFor({ state: 'detached' });
  // A proxy may accept less. Of an answer right before the connection is reset, the browser may have got nothing.
  front.uploads('refuse');
  await page.getByLabel('Files to add').setInputFiles(file('large.bin', 900_000));
  await alert.getByText(/larger than 1 MiB|too large for the server/).waitFor();
  expect(front.cuts()).toBeGreaterThan(0);
});

test('an empty file says that it is empty', async () => {
  const own = await pageScene();
  const page = await openPage(browser(), own.url);
  await page.getByLabel('Files to add').setInputFiles(file('empty.txt', 0));
  await composer(page).getByRole('alert').getByText('This file is empty.').waitFor();
});
