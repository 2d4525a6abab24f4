import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { FIXTURES, type Fixture } from '../support/exports/fixtures.ts';
import { zipOf } from '../support/exports/zip.ts';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { tooWide } from '../support/page-looks.ts';
import { article, openSide, texts, timeline } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene({ more: ['team'] });
const screenshots = fileURLToPath(new URL('../screenshots/', import.meta.url));

beforeAll(() => mkdir(screenshots, { recursive: true }));

const message = (text: string, ts: string) => ({ type: 'message', user: 'U1', text, ts });

const slack = () =>
  zipOf({
    'users.json': [{ id: 'U1', name: 'zoe', profile: { real_name: 'Zoë' } }],
    'channels.json': [
      { id: 'C1', name: 'general' },
      { id: 'C2', name: 'random' },
    ],
    'general/2026-01-02.json': [
      message('From the old chat', '1767312000.000100'),
      { ...message('joined', '1767312001.000100'), subtype: 'channel_join' },
    ],
    'random/2026-01-02.json': [message('Not wanted', '1767312002.000100')],
  });

async function openDialog(page: Page, name: 'Import' | 'Export'): Promise<Locator> {
  await timeline(page).waitFor();
  await openSide(page);
  await page.locator('.side-foot').getByRole('button', { name }).click();
  const dialog = page.getByRole('dialog', { name });
  await dialog.waitFor();
  return dialog;
}

async function choose(dialog: Locator, name: string, content: Buffer): Promise<void> {
  await dialog.locator('input[type=file]').setInputFiles({ name, mimeType: '', buffer: content });
}

/** Nothing is hidden from anyone, however wide the page is. */
async function expectGood(page: Page, what: string): Promise<void> {
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [375, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${screenshots}${width}-${colorScheme}-${what}.png` });
    expect(await troubles(page), what).toEqual([]);
    expect(await tooWide(page), what).toEqual([]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

test('an export is shown first, imported in part, and seen in the timeline', async () => {
  const page = await openPage(browser(), scene().url);
  const dialog = await openDialog(page, 'Import');
  await dialog.getByText('Where do I get a file from?').click();
  await expectGood(page, 'import');
  await choose(dialog, 'export.zip', Buffer.from(await slack()));
  await soon(() => dialog.getByRole('status').textContent()).toMatch(/From Slack: 2 new messages/);
  await dialog.getByText('Left out or shortened').click();
  await dialog.getByText('System messages, such as joins: 1').waitFor();
  await expectGood(page, 'import-counted');
  await dialog.getByRole('checkbox', { name: /random/ }).click();
  await dialog.getByLabel('Import into').selectOption('team');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await soon(() => dialog.getByRole('status').textContent()).toBe('Imported: 1 new message.');
  await dialog.getByRole('button', { name: 'Show them' }).click();
  await article(page, 'From the old chat').waitFor();
  expect(await texts(page)).not.toContain('Not wanted');
  expect(await scene().api.messages('?repository=team')).toMatchObject([
    { text: 'From the old chat', author: 'Zoë', tags: ['general'] },
  ]);
});

test('what a file does not say is asked for, and what it is not is said', async () => {
  const page = await openPage(browser(), scene().url, { expects: answeredWith(422) });
  const dialog = await openDialog(page, 'Import');
  await choose(dialog, 'nothing.bin', Buffer.from([0, 1, 2, 3]));
  await dialog
    .getByRole('alert')
    .getByText(/not|no /)
    .first()
    .waitFor();
  await choose(dialog, 'WhatsApp Chat - Family.txt', Buffer.from('3/4/25, 10:15 - Ann: Ambiguous\n'));
  const zone = dialog.getByLabel('Time zone');
  const first = dialog.getByText('day first: 3 April');
  await zone.or(first).first().waitFor();
  if (await zone.isVisible()) {
    await expectGood(page, 'import-zone');
    await zone.fill('Europe/Berlin');
    await dialog.getByRole('button', { name: 'Continue' }).click();
  }
  await first.click();
  await expectGood(page, 'import-dates');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  if (await zone.isVisible()) await dialog.getByRole('button', { name: 'Continue' }).click();
  await soon(() => dialog.getByRole('status').textContent()).toMatch(
    /From WhatsApp: 1 new message.*3 April 2025|April 3, 2025/,
  );
});

test('what is shown is exported, or everything', async () => {
  const { api, url } = scene();
  await api.create({ text: 'Wanted #keep', author: 'Ann' });
  await api.create({ text: 'Of no use', author: 'Ann' });
  const page = await openPage(browser(), url, { path: '/?tag=keep' });
  await article(page, 'Wanted').waitFor();
  await page.getByRole('button', { name: 'Export this view' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel(/^Markdown/).waitFor();
  await expectGood(page, 'export');
  const saved = async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('link', { name: 'Export' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    return { name: download.suggestedFilename(), text: Buffer.concat(chunks).toString() };
  };
  const shown = await saved();
  expect(shown.name).toMatch(/^gitpost-.*\.md$/);
  expect(shown.text).toContain('Wanted');
  expect(shown.text).not.toContain('Of no use');
  await dialog.getByLabel('All messages').check();
  await dialog.getByLabel(/^CSV/).check();
  const all = await saved();
  expect(all.name).toMatch(/\.csv$/);
  expect(all.text).toContain('Of no use');
});

test('every format is imported by the page, and a second time nothing is new', async () => {
  const page = await openPage(browser(), scene().url, { expects: answeredWith(422) });
  const dialog = await openDialog(page, 'Import');
  const status = dialog.getByRole('status').filter({ hasText: /^(From|Everything|No messages|Imported)/ });
  const read = async (fixture: Fixture): Promise<string> => {
    await choose(dialog, fixture.name, await fixture.bytes());
    const zone = dialog.getByLabel('Time zone');
    await status.or(zone).first().waitFor();
    if (await zone.isVisible()) {
      await zone.fill(fixture.zone ?? 'no zone is needed');
      await dialog.getByRole('button', { name: 'Continue' }).click();
    }
    await status.waitFor();
    return (await status.textContent()) ?? '';
  };
  const words: [string, string, string, string][] = [];
  for (const fixture of FIXTURES) {
    const first = await read(fixture);
    await dialog.getByLabel('Import into').selectOption('team');
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    const done = dialog.getByText(/^Imported: /);
    await done.waitFor();
    const second = (await done.textContent()) ?? '';
    await dialog.getByRole('button', { name: 'Another file' }).click();
    words.push([fixture.format, first, second, await read(fixture)]);
    await dialog.getByRole('button', { name: 'Another file' }).click();
  }
  for (const [format, first, second, again] of words) {
    const { files = 0, log = [] } = FIXTURES.find((one) => one.format === format) ?? {};
    const messages = log.filter((line) => !line.includes('|Edit: ')).length;
    const counted = `${messages} new message${messages === 1 ? '' : 's'}`;
    expect(first, format).toContain(counted);
    if (files > 0) expect(first, format).toContain('with 1 file');
    expect(second, format).toContain(`Imported: ${counted}`);
    expect(again, format).toMatch(/^Everything in this file of .* is here already\.$/);
  }
});
