import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Message } from '../support/api.ts';
import { noisyPng, pngOf, type Uploaded, upload } from '../support/files.ts';
import { git } from '../support/git.ts';
import { answeredWith, brokenConnection, openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { fileIn, give } from '../support/page-files.ts';
import { article, composer, post, postWell, waiting } from '../support/page-parts.ts';
import { pageScene, processScene, sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

test('pictures, players and chips are shown, and a picture opens in the viewer', async () => {
  const { url, api } = scene();
  const files = [
    await upload(api, pngOf(1200, 600, [40, 110, 160]), 'lake.png'),
    await upload(api, pngOf(60, 90, [160, 90, 40]), 'small.png'),
    await upload(api, Buffer.from('%PDF-1.7\nhello'), 'harmless\u202Efdp.exe.pdf'),
    await upload(api, Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), 'song.mp3'),
  ];
  await api.create({ text: 'A day at the lake', attachments: files.map(({ sha256 }) => ({ sha256 })) });
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openPage(browser(), url, { colorScheme });
    const shown = article(page, 'A day at the lake');
    const lake = shown.getByRole('img', { name: 'lake.png' });
    await soon(() => lake.evaluate((one) => (one as unknown as { naturalWidth: number }).naturalWidth)).toBe(
      1200,
    );
    // The size is in the markup, so nothing moves when the picture arrives.
    expect([await lake.getAttribute('width'), await lake.getAttribute('height')]).toEqual(['480', '240']);
    const small = shown.getByRole('img', { name: 'small.png' });
    expect([await small.getAttribute('width'), await small.getAttribute('height')]).toEqual(['60', '90']);
    const chip = shown.getByRole('link', { name: /harmlessfdp\.exe\.pdf.*PDF, 14 bytes/ });
    expect(await chip.getAttribute('download')).toBe('harmlessfdp.exe.pdf');
    await shown.getByLabel('song.mp3').waitFor();
    expect(await troubles(page)).toEqual([]);
    await page.screenshot({ path: join('test/screenshots', `files-${colorScheme}.png`) });

    await shown.getByRole('button', { name: 'View lake.png' }).click();
    const viewer = page.getByRole('dialog', { name: 'lake.png' });
    await viewer.getByText('1200 × 600').waitFor();
    expect(await troubles(page)).toEqual([]);
    await page.screenshot({ path: join('test/screenshots', `viewer-${colorScheme}.png`) });
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'small.png' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await viewer.getByRole('link', { name: 'Download' }).waitFor();
    await page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
  }
});

const EDIT = '.editor textarea';

test('files are pasted, dropped and chosen, described, and sent with the message', async () => {
  const { url, api, clone } = scene();
  const page = await openPage(browser(), url);
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  await give(page, 'paste', [{ name: 'image.png', type: 'image/png', bytes: pngOf(20, 10) }]);
  await fileIn(page, 'image.png').waitFor();
  await give(page, 'drop', [
    { name: 'notes.txt', type: 'text/plain', bytes: Buffer.from('dropped') },
    { name: 'unwanted.bin', type: '', bytes: Buffer.from([0, 1, 2]) },
  ]);
  await page.getByLabel('Files to add').setInputFiles({
    name: 'large.png',
    mimeType: 'image/png',
    buffer: noisyPng(2600, 1300),
  });
  await fileIn(page, 'large.webp')
    .getByText(/instead of/)
    .waitFor();
  await fileIn(page, 'unwanted.bin').getByRole('button', { name: 'Remove unwanted.bin' }).click();
  await page.getByLabel('Description of image.png').fill('A red field.png');
  expect(await troubles(page)).toEqual([]);
  await page.screenshot({ path: join('test/screenshots', 'files-writing.png') });
  await postWell(page, 'Three files');
  const shown = article(page, 'Three files');
  await shown.getByRole('img', { name: 'A red field.png' }).waitFor();
  expect(await composer(page).getByRole('listitem').count()).toBe(0);
  const [message] = (await api.messages('?q=%22Three+files%22')) as Array<
    Message & { attachments: Uploaded[] }
  >;
  const names = new Map(message?.attachments.map((file) => [file.name, file]));
  expect([...names.keys()].sort()).toEqual(['A red field.png', 'large.webp', 'notes.txt']);
  expect(names.get('large.webp')).toMatchObject({ type: 'image/webp', width: 2048, height: 1024 });
  const commit = message?.deliveries[0]?.commit as string;
  const changed = await git(clone(), 'show', '--format=', '--name-only', commit);
  expect(changed.split('\n').filter((path) => path.startsWith('attachments/'))).toHaveLength(3);

  // A message may be files alone, and the original may be sent.
  await page
    .getByLabel('Files to add')
    .setInputFiles({ name: 'kept.png', mimeType: 'image/png', buffer: noisyPng(2100, 100) });
  await fileIn(page, 'kept.webp').getByLabel('Keep original').check();
  await composer(page).getByRole('button', { name: /^Send/ }).click();
  await soon(async () => (await api.messages('?q=has:attachment&limit=1'))[0]).toMatchObject({
    text: '',
    attachments: [{ name: 'kept.png', type: 'image/png', width: 2100, height: 100 }],
  });
});

test('without the server, files wait with their message, and are committed with it later', async () => {
  const own = await processScene();
  const page = await openPage(browser(), own.url, { expects: brokenConnection });
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  // All of the page is here once it has made a first picture ready.
  await give(page, 'paste', [{ name: 'first.png', type: 'image/png', bytes: pngOf(5, 5) }]);
  await fileIn(page, 'first.png').getByRole('button', { name: 'Remove first.png' }).click();
  await own.crash();
  await give(page, 'paste', [{ name: 'offline.png', type: 'image/png', bytes: pngOf(15, 15) }]);
  await fileIn(page, 'offline.png').getByText('waits for the server').waitFor();
  await post(page, 'Written in a tunnel');
  await page.getByRole('heading', { name: '1 message waiting in this browser' }).waitFor();
  await waiting(page, 'Written in a tunnel').getByText('offline.png').waitFor();
  await waiting(page, 'Written in a tunnel').locator('img').waitFor();
  await own.start();
  await soon(async () => (await own.api.messages())[0]).toMatchObject({
    text: 'Written in a tunnel',
    attachments: [{ name: 'offline.png', width: 15 }],
  });
  await article(page, 'Written in a tunnel').getByRole('img', { name: 'offline.png' }).waitFor();
});

test('a file that the server refuses says why, and holds the message until it is removed', async () => {
  const own = await pageScene({ env: { ATTACHMENT_LIMIT: '1KiB' } });
  const page = await openPage(browser(), own.url, { expects: answeredWith(413) });
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  await page
    .getByLabel('Files to add')
    .setInputFiles({ name: 'big.bin', mimeType: '', buffer: Buffer.alloc(2000, 7) });
  await fileIn(page, 'big.bin')
    .getByText(/larger than 1,024 bytes/)
    .waitFor();
  await post(page, 'Without it');
  await composer(page)
    .getByText(/Remove big\.bin/)
    .first()
    .waitFor();
  await composer(page).getByRole('button', { name: 'Remove big.bin' }).click();
  await postWell(page, 'Without it');
  expect(await own.api.messages()).toMatchObject([{ text: 'Without it' }]);
});

test('a file is described anew and taken off by an edit, and Markdown shows it in its place', async () => {
  const { url, api } = scene();
  const [one, two] = [
    await upload(api, pngOf(31, 31), 'one.png'),
    await upload(api, pngOf(32, 32), 'two.png'),
  ];
  const text = 'Before ![in the text](attachment:one.png) after';
  const attachments = [one, two].map(({ sha256 }) => ({ sha256 }));
  const { id } = await api.create({ type: 'markdown', text, attachments });
  const page = await openPage(browser(), url);
  const shown = article(page, 'Before');
  await shown.getByRole('img', { name: 'in the text' }).waitFor();
  await shown.getByRole('img', { name: 'two.png' }).waitFor();
  expect(await shown.getByRole('img').count()).toBe(2);
  await shown.hover();
  await shown.getByRole('button', { name: 'Edit', exact: true }).click();
  const editor = page.getByRole('form', { name: 'Edit message' });
  // Both pictures can be seen.
  await soon(() => editor.locator('li img').count()).toBe(2);
  await editor.getByLabel('Description of file 2').fill('A second one.png');
  await editor.getByRole('button', { name: 'Remove one.png' }).click();
  expect(await troubles(page)).toEqual([]);
  await editor.getByRole('button', { name: 'Save' }).click();
  await shown.getByRole('img', { name: 'A second one.png' }).waitFor();
  expect(await api.message(id)).toMatchObject({
    text,
    attachments: [{ name: 'A second one.png', width: 32 }],
  });
});

test('an edit adds files, pasted, dropped or chosen, and cancelling adds none', async () => {
  const { url, api, clone } = scene();
  const { id } = await api.create({ text: 'No files yet' });
  const page = await openPage(browser(), url);
  const shown = article(page, 'No files yet');
  const begin = async () => {
    await shown.hover();
    await shown.getByRole('button', { name: 'Edit', exact: true }).click();
    const editor = page.getByRole('form', { name: 'Edit message' });
    await editor.getByRole('button', { name: 'Add files' }).waitFor();
    return editor;
  };
  const file = (name: string, size: number) => ({ name, mimeType: 'image/png', buffer: pngOf(size, size) });
  let editor = await begin();
  await editor.getByLabel('Files to add').setInputFiles([file('a.png', 41), file('b.png', 42)]);
  await editor.getByRole('button', { name: 'Remove b.png' }).waitFor();
  await editor.getByRole('button', { name: 'Cancel' }).click();
  expect(await api.message(id)).not.toHaveProperty('attachments');

  editor = await begin();
  await editor.getByLabel('Files to add').setInputFiles([file('chosen.png', 43)]);
  await give(
    page,
    'drop',
    [{ name: 'dropped.txt', type: 'text/plain', bytes: Buffer.from('dropped on it') }],
    EDIT,
  );
  await give(page, 'paste', [{ name: 'pasted.png', type: 'image/png', bytes: pngOf(44, 44) }], EDIT);
  await editor.getByRole('button', { name: 'Remove pasted.png' }).waitFor();
  expect(await troubles(page)).toEqual([]);
  // Those that are still on their way are waited for.
  await editor.getByRole('button', { name: 'Save' }).click();
  await editor.waitFor({ state: 'detached' });
  await shown.getByRole('img', { name: 'chosen.png' }).waitFor();
  await shown.getByRole('link', { name: /dropped\.txt/ }).waitFor();
  const message = (await api.message(id)) as Message & { attachments: Uploaded[] };
  expect(message.attachments.map(({ name }) => name).sort()).toEqual([
    'chosen.png',
    'dropped.txt',
    'pasted.png',
  ]);
  // None of them went to the message below.
  expect(await composer(page).getByRole('listitem').count()).toBe(0);
  const commit = message.deliveries[0]?.commit as string;
  const changed = await git(clone(), 'show', '--format=', '--name-only', commit);
  expect(changed.split('\n').filter((path) => path.startsWith('attachments/'))).toHaveLength(3);
});

test('an edit makes a large picture smaller, and keeps the original if that is wanted', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ text: 'A large picture comes' });
  const page = await openPage(browser(), url);
  const shown = article(page, 'A large picture comes');
  await shown.hover();
  await shown.getByRole('button', { name: 'Edit', exact: true }).click();
  const editor = page.getByRole('form', { name: 'Edit message' });
  await editor
    .getByLabel('Files to add')
    .setInputFiles({ name: 'large.png', mimeType: 'image/png', buffer: noisyPng(2200, 110) });
  await editor.getByText(/instead of/).waitFor();
  await editor.getByLabel('Description of file 1').fill('In full.png');
  await editor.getByLabel('Keep original').check();
  await editor.getByText(/instead of/).waitFor({ state: 'detached' });
  expect(await troubles(page)).toEqual([]);
  await editor.getByRole('button', { name: 'Save' }).click();
  await editor.waitFor({ state: 'detached' });
  expect(await api.message(id)).toMatchObject({
    attachments: [{ name: 'In full.png', type: 'image/png', width: 2200, height: 110 }],
  });
});

test('a picture that is sent as it is and may say where it was taken says so before it is sent', async () => {
  const { url } = scene();
  const page = await openPage(browser(), url);
  await composer(page).getByRole('button', { name: 'Add files' }).waitFor();
  const plain = pngOf(10, 10);
  // The signature and the first chunk of a PNG have 33 bytes.
  const exif = Buffer.concat([
    plain.subarray(0, 33),
    Buffer.from('\0\0\0\x04eXIfMM\0*\0\0\0\0', 'latin1'),
    plain.subarray(33),
  ]);
  await give(page, 'paste', [
    { name: 'plain.png', type: 'image/png', bytes: plain },
    { name: 'placed.png', type: 'image/png', bytes: exif },
    { name: 'phone.HEIC', type: '', bytes: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heic', 'latin1') },
  ]);
  const warning = 'It may reveal where it was taken.';
  for (const name of ['placed.png', 'phone.HEIC']) await fileIn(page, name).getByText(warning).waitFor();
  await fileIn(page, 'plain.png').waitFor();
  expect(await composer(page).getByText(warning).count()).toBe(2);
  expect(await troubles(page)).toEqual([]);
});
