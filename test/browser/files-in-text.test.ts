import { expect, test } from 'vitest';
import { pngOf, upload } from '../support/files.ts';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { article } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

test('a file is shown once: in the text, or below it if the text only mentions it', async () => {
  const { url, api } = scene();
  const { sha256 } = await upload(api, pngOf(33, 34), 'lake (1).png');
  const texts = {
    'In code': '`![x](<attachment:lake (1).png>)`',
    'In a fence': '```\n![x](<attachment:lake (1).png>)\n```',
    Escaped: '\\![x](<attachment:lake (1).png>)',
    'In the text': '![x](<attachment:lake (1).png>)',
    'With a title': '![x](<attachment:lake (1).png> "title")',
    'By reference': '![x][r]\n\n[r]: <attachment:lake (1).png>',
  };
  for (const [name, text] of Object.entries(texts))
    await api.create({ type: 'markdown', text: `${name}:\n\n${text}`, attachments: [{ sha256 }] });
  const page = await openPage(browser(), url);
  for (const name of Object.keys(texts)) {
    const shown = article(page, `${name}:`);
    await shown.locator('.markdown').waitFor();
    await soon(() => shown.getByRole('img').count()).toBe(1);
    const isBelow = name.startsWith('In the') || name.startsWith('With') || name.startsWith('By') ? 0 : 1;
    expect(await shown.locator('.files').count(), name).toBe(isBelow);
  }
});

test('a file in the hidden part of a long text is below it until all of it is shown', async () => {
  const { url, api } = scene();
  const { sha256 } = await upload(api, pngOf(35, 36), 'last.png');
  const text = `Long\n\n${'Words that go on and on. '.repeat(400)}\n\n![at the end](attachment:last.png)`;
  await api.create({ type: 'markdown', text, attachments: [{ sha256 }] });
  const page = await openPage(browser(), url);
  const shown = article(page, 'Long');
  await shown.locator('.files').getByRole('img', { name: 'last.png' }).waitFor();
  await shown.getByRole('button', { name: 'Show all' }).click();
  await shown.locator('.body').getByRole('img', { name: 'at the end' }).waitFor();
  expect(await shown.getByRole('img').count()).toBe(1);
});

test('a thread shows the files of its messages', async () => {
  const { url, api } = scene();
  const { sha256 } = await upload(api, pngOf(37, 38), 'first.png');
  const { id } = await api.create({ text: 'What is this?', attachments: [{ sha256 }] });
  await api.create({ text: 'A field', replyTo: id });
  const page = await openPage(browser(), url);
  await article(page, 'What is this?').getByRole('button', { name: '1 reply' }).click();
  await page.getByRole('dialog').getByRole('img', { name: 'first.png' }).waitFor();
});
