import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { commitFile } from '../support/git.ts';
import { lineOf } from '../support/journal.ts';
import { answeredWith, brokenConnection, gate, openPage, sharedBrowser, soon } from '../support/page.ts';
import {
  article,
  connection,
  panel,
  post,
  searchField,
  sendButton,
  textField,
  texts,
  timeline,
  waiting,
  writeAs,
} from '../support/page-parts.ts';
import { processScene, sharedScene } from '../support/page-scene.ts';
import { whenClean } from '../support/when-clean.ts';

const browser = sharedBrowser();
const scene = sharedScene();

/** Leaves a mark that a reload would wipe away. */
const mark = (page: Page) => page.evaluate('window.marked = true');
const isMarked = (page: Page) => page.evaluate<boolean>('window.marked === true');

test('what one person writes, edits and deletes is seen by another without a reload', async () => {
  const { url, api } = scene();
  const ann = await openPage(browser(), url);
  const bob = await openPage(browser(), url);
  await soon(() => connection(bob).textContent()).toBe('Live');
  await mark(bob);

  await writeAs(ann, 'Ann');
  await post(ann, 'Hello Bob');
  await article(bob, 'Hello Bob').waitFor();
  await writeAs(bob, 'Bob');
  await post(bob, 'Hello Ann');
  await article(ann, 'Hello Ann').waitFor();
  await soon(() => texts(ann)).toEqual(['Hello Bob', 'Hello Ann']);
  await soon(() => texts(bob)).toEqual(['Hello Bob', 'Hello Ann']);

  const [, first] = await api.messages();
  await api.edit(first?.id as string, { text: 'Hello dear Bob' });
  await article(bob, 'Hello dear Bob').waitFor();
  await article(ann, 'Hello dear Bob').waitFor();
  await api.delete(first?.id as string);
  await soon(() => texts(bob)).toEqual(['Hello Ann']);
  await soon(() => texts(ann)).toEqual(['Hello Ann']);
  expect(await isMarked(bob)).toBe(true);
});

test('what is posted by the API, or committed by hand in the clone, appears by itself', async () => {
  const { url, api, clone } = scene();
  const page = await openPage(browser(), url);
  await soon(() => connection(page).textContent()).toBe('Live');
  await mark(page);

  await api.create({ text: 'By the API', author: 'Robot' });
  await article(page, 'By the API').waitFor();
  await api.bulk([{ text: 'In bulk, one' }, { text: 'In bulk, two' }]);
  await article(page, 'In bulk, two').waitFor();
  await article(page, 'In bulk, one').waitFor();

  const line = lineOf({
    id: randomUUID(),
    author: 'Vim',
    text: 'By hand',
    createdAt: new Date().toISOString(),
  });
  await commitFile(clone(), 'messages/by-hand.jsonl', `${line}\n`, 'Written by hand');
  await article(page, 'By hand').waitFor();
  expect(await article(page, 'By hand').textContent()).toContain('Vim');
  expect(await isMarked(page)).toBe(true);
});

test('what another program appends without a commit appears as well', async () => {
  const { url, clone } = scene();
  const page = await openPage(browser(), url);
  await soon(() => connection(page).textContent()).toBe('Live');
  const line = lineOf({ id: randomUUID(), text: 'Appended', createdAt: new Date().toISOString() });
  await appendFile(join(clone(), 'messages/by-hand.jsonl'), `${line}\n`);
  await article(page, 'Appended').waitFor();
});

test('only what is searched for appears in a search', async () => {
  const { url, api } = scene();
  await api.create({ text: 'A pear', author: 'Gardener' });
  const page = await openPage(browser(), url, { path: '/?q=pear+from%3AGardener' });
  await soon(() => texts(page)).toEqual(['A pear']);
  await soon(() => connection(page).textContent()).toBe('Live');
  await api.create({ text: 'An apple', author: 'Gardener' });
  const { id } = await api.create({ text: 'Another pear', author: 'Gardener' });
  await soon(() => texts(page)).toEqual(['A pear', 'Another pear']);
  await api.edit(id, { text: 'Another plum' });
  await soon(() => texts(page)).toEqual(['A pear']);
  await searchField(page).fill('');
  await article(page, 'Another plum').waitFor();
  await article(page, 'An apple').waitFor();
});

test('a lost connection is said, and what happened meanwhile is there when it is back', async () => {
  const { url, api, crash, start } = await processScene();
  const page = await openPage(browser(), url, { expects: brokenConnection });
  await post(page, 'Before');
  await article(page, 'Before').waitFor();
  await soon(() => connection(page).textContent()).toBe('Live');
  await mark(page);

  await crash();
  await soon(() => connection(page).textContent()).toBe('Reconnecting…');
  // What is there can still be read, and something can be written.
  await article(page, 'Before').waitFor();
  await textField(page).fill('Written in the dark');

  await start();
  await api.create({ text: 'Meanwhile' });
  await article(page, 'Meanwhile').waitFor();
  await soon(() => connection(page).textContent()).toBe('Live');
  expect(await isMarked(page)).toBe(true);
  await sendButton(page).click();
  await article(page, 'Written in the dark').waitFor();
  await soon(() => texts(page)).toEqual(['Before', 'Meanwhile', 'Written in the dark']);
  expect(await api.messages()).toHaveLength(3);
});

test('an event stream that is refused for a while is asked for again', async () => {
  const { url, api } = scene();
  const page = await openPage(browser(), url, { expects: answeredWith(503), path: '/openapi.json' });
  let refused = 0;
  await page.route('**/events', (route) => {
    refused += 1;
    return refused <= 2 ? route.fulfill({ status: 503, body: '' }) : route.continue();
  });
  await page.goto(url);
  await soon(() => connection(page).textContent()).toBe('Reconnecting…');
  await soon(() => connection(page).textContent()).toBe('Live');
  expect(refused).toBe(3);
  await api.create({ text: 'Heard at last' });
  await article(page, 'Heard at last').waitFor();
});

test('a browser without a network keeps what was written, and sends it when there is one', async () => {
  const { url } = scene();
  const page = await openPage(browser(), url, { expects: brokenConnection });
  await soon(() => connection(page).textContent()).toBe('Live');
  await page.context().setOffline(true);
  await post(page, 'In a tunnel');
  await soon(() => waiting(page, 'In a tunnel').count()).toBe(1);
  await page.context().setOffline(false);
  await article(page, 'In a tunnel').waitFor();
  await soon(() => connection(page).textContent()).toBe('Live');
});

test('until the first answer the page says that it loads', async () => {
  const { url, api } = scene();
  await api.create({ text: 'Worth the wait' });
  const page = await openPage(browser(), url, { path: '/openapi.json' });
  const list = await gate(page, ({ pathname }) => pathname === '/messages');
  await page.goto(url);
  await page.getByText('Loading messages…').waitFor();
  expect(await timeline(page).getAttribute('aria-busy')).toBe('true');
  expect(await page.getByText('Nothing here yet').count()).toBe(0);
  list.open();
  await article(page, 'Worth the wait').waitFor();
  await soon(() => timeline(page).getAttribute('aria-busy')).toBe('false');
  expect(await page.getByText('Loading messages…').count()).toBe(0);
});

test('where nothing could be read the page says why, and can try again', async () => {
  const { url, api, clone } = scene();
  await api.create({ text: 'Worth another try' });
  // A repository whose work tree has just followed is announced, and the page then knows it without asking.
  await whenClean(clone());
  const page = await openPage(browser(), url, {
    expects: new RegExp(`${brokenConnection.source}|${answeredWith(503).source}`),
    path: '/openapi.json',
  });
  await page.route('**/{messages,repositories}*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({
        type: 'about:blank',
        title: 'Not ready',
        status: 503,
        detail: 'Still cloning.',
      }),
    }),
  );
  await page.goto(url);
  const problem = timeline(page).getByRole('alert');
  await problem.waitFor();
  expect(await problem.textContent()).toContain('Still cloning.');
  expect(await panel(page).getByRole('alert').textContent()).toContain('Still cloning.');

  await page.unroute('**/{messages,repositories}*');
  await problem.getByRole('button', { name: 'Try again' }).click();
  await article(page, 'Worth another try').waitFor();
  await panel(page).getByRole('button', { name: 'Try again' }).click();
  await panel(page).getByRole('button', { name: 'Push journal' }).waitFor();
});

test('a connection that died without a word is noticed and made anew', async () => {
  const { url, api } = scene();
  const page = await openPage(browser(), url, { path: '/openapi.json' });
  await page.clock.install();
  let connections = 0;
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/events') connections += 1;
  });
  await page.goto(url);
  await soon(() => connection(page).textContent()).toBe('Live');
  // While something is heard now and then, it is alive.
  await page.clock.fastForward(30_000);
  await api.create({ text: 'A sign of life' });
  await article(page, 'A sign of life').waitFor();
  await page.clock.fastForward(30_000);
  expect(connections).toBe(1);

  // Longer than the longest silence, since the server may have said something meanwhile.
  await page.clock.fastForward(40_000);
  await soon(() => connections).toBe(2);
  await soon(() => connection(page).textContent()).toBe('Live');
  await api.create({ text: 'Heard by the new one' });
  await article(page, 'Heard by the new one').waitFor();
});
