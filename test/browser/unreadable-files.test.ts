import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { brokenConnection, openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { fileIn } from '../support/page-files.ts';
import { article, composer, post, postWell, sendButton, waiting } from '../support/page-parts.ts';
import { pageScene, processScene, sharedScene } from '../support/page-scene.ts';
import { temporaryFolder } from '../support/tmp.ts';

const browser = sharedBrowser();
const scene = sharedScene();

/** Drops what is at these paths on an element, as the system would. */
async function dropOn(page: Page, onto: Locator, files: readonly string[]): Promise<void> {
  const box = await onto.boundingBox();
  const [x, y] = [(box?.x ?? 0) + 20, (box?.y ?? 0) + 20];
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x, y, data });
}

/** Pastes a file that was deleted after it was chosen. */
async function pasteDeleted(page: Page, path: string, field: string): Promise<void> {
  await writeFile(path, 'here only for a moment');
  await page.evaluate(
    `document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'given' }))`,
  );
  await page.locator('#given').setInputFiles(path);
  await rm(path);
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    data.items.add(document.querySelector('#given').files[0]);
    document.querySelector('${field}').dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    document.querySelector('#given').remove();
  })()`);
}

const folderIn = async (parent: string): Promise<string> => {
  const folder = join(parent, 'afolder');
  await mkdir(folder);
  await writeFile(join(folder, 'inside.txt'), 'inside');
  return folder;
};

test('a folder, and a file that cannot be read, say so at once, and hold up nothing once they are removed', async () => {
  const { url, api } = scene();
  const here = await temporaryFolder();
  const page = await openPage(browser(), url, { expects: /net::ERR_FILE_NOT_FOUND/ });
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  await dropOn(page, composer(page), [await folderIn(here)]);
  await fileIn(page, 'afolder').getByText('This is a folder. Add the files in it instead.').waitFor();
  await pasteDeleted(page, join(here, 'gone.txt'), '.composer textarea');
  await fileIn(page, 'gone.txt').getByText('This file cannot be read.').waitFor();
  await pasteDeleted(page, join(here, 'gone.png'), '.composer textarea');
  await fileIn(page, 'gone.png').getByText('This file cannot be read.').waitFor();
  expect(await troubles(page)).toEqual([]);
  await post(page, 'Without what cannot be read');
  await composer(page).getByText('Remove afolder first: it cannot be sent.').waitFor();
  for (const name of ['afolder', 'gone.txt', 'gone.png'])
    await composer(page)
      .getByRole('button', { name: `Remove ${name}` })
      .click();
  await postWell(page, 'Without what cannot be read');
  await article(page, 'Without what cannot be read').waitFor();
  expect((await api.messages())[0]).toMatchObject({ text: 'Without what cannot be read' });
});

test('an edit says which of the dropped files cannot be read, and so does an import', async () => {
  const { url, api } = scene();
  const folder = await folderIn(await temporaryFolder());
  const { id } = await api.create({ text: 'Files come later' });
  const page = await openPage(browser(), url);
  const shown = article(page, 'Files come later');
  await shown.hover();
  await shown.getByRole('button', { name: 'Edit', exact: true }).click();
  const editor = page.getByRole('form', { name: 'Edit message' });
  await dropOn(page, editor, [folder]);
  await page.getByText('afolder was not uploaded. This is a folder.').waitFor();
  await editor.getByRole('button', { name: 'Save' }).click();
  await editor.waitFor({ state: 'detached' });
  expect(await api.message(id)).not.toHaveProperty('attachments');

  await page.getByRole('button', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog');
  await dropOn(page, dialog.locator('.drop-area'), [folder]);
  await dialog.getByText('This is a folder.').waitFor();
});

test('a file that is deleted while its message waits for the server is sent all the same', async () => {
  const own = await processScene();
  const path = join(await temporaryFolder(), 'short-lived.txt');
  await writeFile(path, 'was on the disk only for a while');
  const page = await openPage(browser(), own.url, { expects: brokenConnection });
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  await own.crash();
  await page.getByLabel('Files to add').setInputFiles(path);
  await fileIn(page, 'short-lived.txt').getByText('waits for the server').waitFor();
  await expect.poll(() => fileIn(page, 'short-lived.txt').getByRole('progressbar').count()).toBe(0);
  await rm(path);
  await postWell(page, 'It was here');
  await waiting(page, 'It was here').waitFor();
  await own.start();
  await soon(async () => (await own.api.messages())[0]).toMatchObject({
    text: 'It was here',
    attachments: [{ name: 'short-lived.txt', size: 32 }],
  });
});

test('a waiting message with a file that cannot be read holds up no other, and can be taken back', async () => {
  const own = await pageScene();
  const folder = await folderIn(await temporaryFolder());
  const page = await openPage(browser(), own.url);
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  // An earlier build kept a folder with a message, as it was dropped.
  await page.evaluate(`addEventListener('drop', (event) => {
    globalThis.dropped = event.dataTransfer.files[0];
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true })`);
  await dropOn(page, composer(page), [folder]);
  await page.evaluate(`(async () => {
    const opening = indexedDB.open('gitpost', 1);
    await new Promise((resolve) => { opening.onsuccess = resolve; });
    const transaction = opening.result.transaction('outbox', 'readwrite');
    const add = (text, files) => transaction.objectStore('outbox').add({
      message: { id: crypto.randomUUID(), type: 'markdown', text, createdAt: new Date().toISOString() },
      files,
      problem: null,
    });
    add('With a folder', [{ name: 'afolder', blob: globalThis.dropped }]);
    add('With nothing', []);
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
  })()`);
  await page.reload();
  await article(page, 'With nothing').waitFor();
  const held = waiting(page, 'With a folder');
  await held.getByText('Not saved. afolder: This file cannot be read.').waitFor();
  await postWell(page, 'Another one');
  await article(page, 'Another one').waitFor();

  // What was found out is there after a reload as well.
  await page.reload();
  await held.getByText('Not saved. afolder: This file cannot be read.').waitFor();
  expect(await troubles(page)).toEqual([]);
  await held.getByRole('button', { name: 'Edit' }).click();
  await fileIn(page, 'afolder').getByText('This file cannot be read.').waitFor();
  await composer(page).getByRole('button', { name: 'Remove afolder' }).click();
  await sendButton(page).click();
  await article(page, 'With a folder').waitFor();
  expect((await own.api.messages()).map(({ text }) => text)).toEqual([
    'With a folder',
    'Another one',
    'With nothing',
  ]);
});
