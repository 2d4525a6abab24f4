import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { commitFile } from '../support/git.ts';
import { lineOf } from '../support/journal.ts';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import {
  article,
  chooseType,
  composer,
  connection,
  postWell,
  searchField,
  texts,
  timeline,
  writeAs,
} from '../support/page-parts.ts';
import { pageScene, sharedScene, sinceNow } from '../support/page-scene.ts';
import { nastyTexts } from '../support/texts.ts';

// That nothing runs, opens or asks another host is judged by openPage for each page of every test.

const browser = sharedBrowser();
const scene = sharedScene();

const attacks: ReadonlyArray<readonly [what: string, text: string]> = [
  ['an image', '<img src=x onerror=alert(1)>'],
  ['an image of another host', '<img src="http://evil.invalid/pixel.png">'],
  ['the end of a script', '</script><script>alert(2)</script>'],
  ['the end of an attribute', '"><svg onload=alert(3)>'],
  ['a frame', '<iframe src="http://evil.invalid/"></iframe>'],
  ['Markdown with a script', '[click](javascript:alert(4)) ![x](http://evil.invalid/t.png)'],
  ['a style', '<style>@import "http://evil.invalid/x.css";</style>'],
  ['an entity', '&lt;script&gt;alert(5)&lt;/script&gt;'],
  ['a template', '{{constructor.constructor("alert(6)")()}}'],
];

const elements = 'img, script, iframe, style, object, embed, svg[onload], [onerror], [onload]';

/** That no link of the timeline does anything but lead somewhere. */
async function expectPlainLinks(page: Page): Promise<void> {
  const links = timeline(page).locator('a');
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') as string));
  expect(hrefs.length).toBeGreaterThan(0);
  expect(hrefs.filter((href) => !/^(\/|https?:\/\/)/.test(href))).toEqual([]);
}

test('what is written here is text, in the message and in the name', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url);
  await chooseType(composer(page), 'Plain text');
  for (const [, attack] of attacks) {
    await writeAs(page, attack);
    await postWell(page, attack);
    const shown = article(page, attack);
    await shown.waitFor();
    expect(await shown.getByRole('link', { name: attack, exact: true }).count()).toBe(1);
    expect(await shown.locator(elements).count()).toBe(0);
  }
  const written = attacks.map(([, attack]) => attack);
  expect(await texts(page)).toEqual(written);
  expect((await since.messages()).map(({ text, author }) => [text, author]).reverse()).toEqual(
    written.map((attack) => [attack, attack]),
  );
  await expectPlainLinks(page);
});

test('what comes from elsewhere is text, whatever its type', async () => {
  const { url, api } = await pageScene();
  const drafts = attacks.flatMap(([what, attack]) => [
    { type: 'code', language: attack.slice(0, 30), text: `code of ${what}\n${attack}` },
    {
      type: 'link',
      url: `https://example.org/?q=${attack.replaceAll(' ', '%20')}`,
      text: `link of ${what} ${attack}`,
    },
    { type: 'task', text: `task of ${what} ${attack}` },
    { type: 'markdown', text: `markdown of ${what} ${attack}` },
  ]);
  const page = await openPage(browser(), url);
  await soon(() => connection(page).textContent()).toBe('Live');
  const statuses = (await api.bulk(drafts)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([201]));
  await soon(() => timeline(page).getByRole('article').count()).toBe(drafts.length);
  for (const { type, text } of drafts) {
    // Markdown is read: what is no Markdown in it stays words.
    const words =
      type === 'markdown'
        ? text
            .replace(/!\[x\].*/, 'x')
            .replace(/&lt;/g, '<')
            .replace(/&gt;/g, '>')
        : text;
    await soon(() => article(page, words.replace('\n', ' ')).count()).toBe(1);
    expect(await article(page, words.replace('\n', ' ')).textContent()).toContain(words);
  }
  expect(await timeline(page).locator(elements).count()).toBe(0);
  await expectPlainLinks(page);
  await page.reload();
  await soon(() => timeline(page).getByRole('article').count()).toBe(drafts.length);
});

test('what is searched for, by hand or by an address that somebody sent, is text as well', async () => {
  const { url, api } = scene();
  await api.create({ text: 'Harmless' });
  const attack = '"><img src=x onerror=alert(7)>';
  const all = `q=${encodeURIComponent(attack)}&tag=${encodeURIComponent(attack)}&type=${encodeURIComponent(attack)}`;
  const page = await openPage(browser(), url, { path: `/?${all}&author=${encodeURIComponent(attack)}` });
  await page.getByText('Nothing found').waitFor();
  expect(await searchField(page).inputValue()).toBe(attack);
  expect(await page.locator('body').locator('img').count()).toBe(0);

  await page.getByRole('button', { name: 'Show everything' }).first().click();
  await article(page, 'Harmless').waitFor();
});

test('a line that another program wrote can link to no script', async () => {
  const { url, api, clone } = await pageScene();
  const attack = '<img src=x onerror=alert(8)>';
  const lines = [
    { type: 'link', url: 'javascript:alert(9)', text: 'An address that runs' },
    { type: 'link', url: 'JaVaScRiPt:alert(10)//https://x', text: 'A script in disguise' },
    { type: 'link', url: 'data:text/html,<script>alert(11)</script>', text: 'A page of its own' },
    { type: attack, text: 'A type of its own' },
    { type: 'text', author: `${attack}\u202e`, text: 'An author of its own' },
    { type: 'code', language: attack, text: 'A language of its own' },
  ].map((fields) => `${lineOf({ id: randomUUID(), author: 'Outside', ...fields })}\n`);
  // A clone that has been written to can be committed to.
  await api.create({ text: 'Hello' });
  await commitFile(clone(), 'messages/other/notes.jsonl', lines.join(''), 'Notes of another program');

  const page = await openPage(browser(), url);
  for (const { text } of await api.messages()) await article(page, text).waitFor();
  await article(page, 'An author of its own').waitFor();
  expect(await timeline(page).getByRole('article').count()).toBe(7);
  expect(await timeline(page).locator(elements).count()).toBe(0);
  await expectPlainLinks(page);
  expect(await article(page, 'A script in disguise').textContent()).toContain('JaVaScRiPt:alert(10)');
});

test('strings that break programs are shown, each as one message', async () => {
  const { url, api } = await pageScene();
  const results = await api.bulk(nastyTexts.map(([, text]) => ({ text })));
  const stored = results.flatMap(({ message }) => (message ? [message] : []));
  expect(stored.length).toBeGreaterThan(40);

  const page = await openPage(browser(), url);
  const rows = timeline(page).getByRole('article');
  await soon(() => rows.count()).toBeGreaterThanOrEqual(Math.min(50, stored.length));
  await timeline(page).hover();
  // Only what is near the reader stands in the page: the newest may be gone again where the oldest come in.
  const seen = new Set<string>();
  await soon(async () => {
    const ids = `[...document.querySelectorAll('[data-message]')].map((one) => one.dataset.message)`;
    const shown = await page.evaluate<string[]>(ids);
    expect(new Set(shown).size).toBe(shown.length);
    for (const id of shown) seen.add(id);
    await page.mouse.wheel(0, -100_000);
    return seen.size;
  }).toBe(stored.length);
  await soon(() => page.getByText('The beginning').count()).toBe(1);
  const { text } = stored.find((message) => message.text.startsWith('<script>')) ?? { text: 'none' };
  await article(page, text).waitFor();
  expect(await timeline(page).locator(elements).count()).toBe(0);
});
