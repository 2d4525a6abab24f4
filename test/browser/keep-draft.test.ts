import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { log } from '../support/git.ts';
import { answeredWith, brokenConnection, gate, openPage, sharedBrowser, soon } from '../support/page.ts';
import {
  article,
  chooseType,
  chosenType,
  composer,
  connection,
  idOf,
  post,
  postWell,
  sendButton,
  textField,
  waiting,
  writeAs,
  writesAs,
} from '../support/page-parts.ts';
import { processScene, sharedScene, sinceNow } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

/** The ids under which a page has tried to send, in order. */
function triedIds(page: Page): string[] {
  const ids: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'POST' || new URL(request.url()).pathname !== '/messages') return;
    ids.push((request.postDataJSON() as { id: string }).id);
  });
  return ids;
}

/** Lets each message that is sent reach the server, and its answer never reach the page. */
async function loseAnswers(page: Page): Promise<void> {
  await page.route('**/messages', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    await route.fetch();
    await route.abort('connectionreset');
  });
}

/** A page that never hears of what happens on the server. */
const deafen = (page: Page) => page.route('**/events', (route) => route.abort('connectionreset'));

test('a draft survives a reload as a whole, and goes when it has been sent', async () => {
  const page = await openPage(browser(), scene().url);
  const since = await sinceNow(scene());
  await chooseType(composer(page), 'Code');
  await composer(page).getByLabel('Language').fill('python');
  await writeAs(page, 'Guido');
  await textField(page).click();
  await page.keyboard.type('def f():\n');
  await page.reload();

  await soon(() => textField(page).inputValue()).toBe('def f():\n');
  expect(await composer(page).getByLabel('Language').inputValue()).toBe('python');
  expect(await chosenType(composer(page))).toBe('code');
  expect(await writesAs(page)).toBe('Guido');
  expect(await since.messages()).toEqual([]);

  await textField(page).press('Control+End');
  await page.keyboard.type('  return 1');
  await page.keyboard.press('Control+Enter');
  await article(page, 'def f():').waitFor();
  await soon(() => textField(page).inputValue()).toBe('');
  await page.reload();
  await article(page, 'def f():').waitFor();
  expect(await textField(page).inputValue()).toBe('');
  expect(await since.messages()).toMatchObject([
    { type: 'code', language: 'python', author: 'Guido', text: 'def f():\n  return 1' },
  ]);
});

test('a server that dies while a message is being sent costs no word and makes no second commit', async () => {
  const { url, api, clone, gitpost, crash, start } = await processScene();
  const page = await openPage(browser(), url, { expects: brokenConnection });
  const ids = triedIds(page);
  await post(page, 'Before');
  await article(page, 'Before').waitFor();

  // It accepts the connection, and then there is nobody.
  gitpost().kill('SIGSTOP');
  await textField(page).fill('Through the storm');
  await sendButton(page).click();
  await soon(() => sendButton(page).textContent()).toMatch(/Sending/);
  await soon(() => ids.length).toBe(2);
  await crash();

  await waiting(page, 'Through the storm').waitFor();
  expect(await textField(page).inputValue()).toBe('');
  expect(await sendButton(page).textContent()).toBe('Send');
  await soon(() => ids.length).toBeGreaterThan(2);
  await soon(() => connection(page).textContent()).toBe('Reconnecting…');
  // Not even a reload, which finds nothing, takes the text away.
  await page.reload().catch(() => undefined);

  await start();
  await page.goto(url);
  await article(page, 'Before').waitFor();
  await article(page, 'Through the storm').waitFor();
  await waiting(page).waitFor({ state: 'detached' });

  expect(new Set(ids.slice(1)).size).toBe(1);
  expect(await idOf(article(page, 'Through the storm'))).toBe(ids[1]);
  expect((await api.messages()).map(({ text }) => text)).toEqual(['Through the storm', 'Before']);
  expect(await log(clone(), '%s')).toEqual(['Through the storm', 'Before']);
});

test('where the commit was made and its answer got lost, sending again makes no second one', async () => {
  const page = await openPage(browser(), scene().url, {
    expects: new RegExp(`${brokenConnection.source}|${answeredWith(409).source}`),
    path: '/openapi.json',
  });
  const since = await sinceNow(scene());
  const ids = triedIds(page);
  await deafen(page);
  await loseAnswers(page);
  await page.goto(scene().url);
  await post(page, 'Said once');
  await waiting(page, 'Said once').waitFor();
  await soon(since.messages).toHaveLength(1);

  await page.unroute('**/messages');
  await page.reload();
  await article(page, 'Said once').waitFor();
  await waiting(page).waitFor({ state: 'detached' });
  expect(ids.length).toBeGreaterThan(1);
  expect(new Set(ids).size).toBe(1);
  expect(await since.messages()).toMatchObject([{ id: ids[0], revision: 1 }]);
  expect(await since.log('%s')).toEqual(['Said once']);

  // The next message is another one.
  await post(page, 'Said after');
  await article(page, 'Said after').waitFor();
  expect(ids.at(-1)).not.toBe(ids[0]);
});

test('a draft goes by itself when the page hears of its commit in another way', async () => {
  const page = await openPage(browser(), scene().url, { expects: brokenConnection });
  const since = await sinceNow(scene());
  await soon(() => connection(page).textContent()).toBe('Live');
  await loseAnswers(page);
  await post(page, 'Heard of it');
  await article(page, 'Heard of it').waitFor();
  await soon(() => textField(page).inputValue()).toBe('');
  await soon(() => sendButton(page).textContent()).toBe('Send');
  expect(await composer(page).getByRole('alert').count()).toBe(0);
  expect(await since.messages()).toHaveLength(1);
});

for (const { how, button, kept } of [
  { how: 'as an edit', button: 'an edit of that message', kept: 0 },
  { how: 'as a new message', button: 'a new message', kept: 1 },
]) {
  test(`what was changed after a lost answer is saved ${how}, as the person says`, async () => {
    const page = await openPage(browser(), scene().url, {
      expects: new RegExp(`${brokenConnection.source}|${answeredWith(409).source}`),
      path: '/openapi.json',
    });
    const since = await sinceNow(scene());
    const [first, second] = [`First thoughts ${how}`, `Second thoughts ${how}`];
    await deafen(page);
    await loseAnswers(page);
    await page.goto(scene().url);
    await post(page, first);
    await waiting(page, first).getByRole('button', { name: 'Edit' }).click();
    await soon(() => textField(page).inputValue()).toBe(first);
    await waiting(page).waitFor({ state: 'detached' });
    await page.unroute('**/messages');

    await post(page, second);
    const question = composer(page).getByRole('alertdialog');
    await question.waitFor();
    expect(await since.messages()).toMatchObject([{ text: first }]);
    await question.getByRole('button', { name: button }).click();
    const stored = kept ? [second, first] : [second];
    await soon(async () => (await since.messages()).map(({ text }) => text)).toEqual(stored);
    await soon(() => textField(page).inputValue()).toBe('');
    await article(page, second).waitFor();
    expect(await since.log('%s')).toEqual([kept ? second : `Edit: ${second}`, first]);
  });
}

test('what is chosen for the next message while one is being sent stays chosen', async () => {
  const page = await openPage(browser(), scene().url);
  const post = await gate(page, ({ pathname }, method) => pathname === '/messages' && method === 'POST');
  await chooseType(composer(page), 'Code');
  await textField(page).fill('let sent;');
  await textField(page).press('Control+Enter');
  await soon(post.waiting).toBe(1);

  await chooseType(composer(page), 'Link');
  await composer(page).getByLabel('Address').fill('https://example.org/next');
  await textField(page).fill('Next');
  post.open();
  await article(page, 'let sent;').waitFor();
  await soon(() => sendButton(page).textContent()).toBe('Send');
  expect(await textField(page).inputValue()).toBe('Next');
  expect(await chosenType(composer(page))).toBe('link');
  expect(await composer(page).getByLabel('Address').inputValue()).toBe('https://example.org/next');
});

test('an answer that comes after its message takes nothing from the next draft', async () => {
  const page = await openPage(browser(), scene().url);
  let answer = () => {};
  const wanted = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/messages', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    const response = await route.fetch();
    await wanted;
    await route.fulfill({ response });
  });
  await soon(() => connection(page).textContent()).toBe('Live');
  await post(page, 'No');
  // The page has heard of the commit by its events.
  await soon(() => textField(page).inputValue()).toBe('');
  await textField(page).click();
  await page.keyboard.type('November');
  answer();
  await soon(() => sendButton(page).textContent()).toBe('Send');
  expect(await textField(page).inputValue()).toBe('November');
});

test('a draft outlives the tab that it was written in', async () => {
  const { url } = scene();
  const first = await openPage(browser(), url);
  const since = await sinceNow(scene());
  await textField(first).fill('Not sent yet');
  const later = await first.context().newPage();
  await first.close();
  await later.goto(url);
  await soon(() => textField(later).inputValue()).toBe('Not sent yet');
  expect(await since.messages()).toEqual([]);
});

const nameOfTab = (page: Page) => page.evaluate<string>(`sessionStorage.getItem('gitpost.tab')`);

test('a duplicated tab takes a name of its own, so each keeps its own draft', async () => {
  const first = await openPage(browser(), scene().url, { expects: /^Another page: / });
  await soon(() => connection(first).textContent()).toBe('Live');
  const opened = first.waitForEvent('popup');
  // A page opened like this begins with a copy of the session storage, as a duplicated tab does.
  await first.evaluate('void open(location.href)');
  const second = await opened;
  const name = await nameOfTab(first);
  await soon(() => nameOfTab(second)).not.toBe(name);
  await textField(first).fill('In the first');
  await textField(second).fill('In the second');
  await second.reload();
  await soon(() => textField(second).inputValue()).toBe('In the second');
  await first.reload();
  await soon(() => textField(first).inputValue()).toBe('In the first');
  expect(await nameOfTab(first)).toBe(name);
});

test('a browser that refuses locks is asked once, and the tab keeps its name', async () => {
  const page = await openPage(browser(), scene().url);
  const name = await nameOfTab(page);
  // WebKit does this to each page that is going away. Without an end, asking again would hang this test.
  await page.addInitScript(`
    globalThis.asked = 0;
    LockManager.prototype.request = () => {
      globalThis.asked += 1;
      if (globalThis.asked > 100) return new Promise(() => undefined);
      return Promise.reject(new DOMException('The page is going away', 'AbortError'));
    };
  `);
  await page.reload();
  await soon(() => connection(page).textContent()).toBe('Live');
  await postWell(page, 'Written without locks');
  expect(await page.evaluate('globalThis.asked')).toBe(1);
  expect(await nameOfTab(page)).toBe(name);
});

test('each tab keeps its own draft, whatever is sent from another', async () => {
  const { url, api } = scene();
  const one = await openPage(browser(), url);
  await textField(one).fill('A long thought in the first tab');
  const two = await one.context().newPage();
  await two.goto(url);
  await textField(two).waitFor();
  expect(await textField(two).inputValue()).toBe('');
  await post(two, 'A short note from the second tab');
  await article(two, 'A short note').waitFor();
  await textField(two).fill('Another thought in the second tab');
  for (const page of [one, two]) await page.reload();
  await soon(() => textField(one).inputValue()).toBe('A long thought in the first tab');
  await soon(() => textField(two).inputValue()).toBe('Another thought in the second tab');

  // What a closed tab has left is found by the next one, once.
  await one.close();
  const three = await two.context().newPage();
  await three.goto(url);
  await soon(() => textField(three).inputValue()).toBe('A long thought in the first tab');
  await textField(three).press('Control+Enter');
  await article(three, 'A long thought').waitFor();
  const four = await two.context().newPage();
  await four.goto(url);
  await article(four, 'A long thought').waitFor();
  expect(await textField(four).inputValue()).toBe('');
  expect((await api.messages()).filter(({ text }) => text.startsWith('A long thought'))).toHaveLength(1);
  expect(await textField(two).inputValue()).toBe('Another thought in the second tab');
});

test('an edit that is not saved yet survives a reload, and goes when it has been saved', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ text: 'To be edited slowly' });
  const page = await openPage(browser(), url);
  await article(page, 'To be edited slowly').focus();
  await page.keyboard.press('e');
  await page.keyboard.type(', and kept');
  await page.reload();
  const editor = page.getByRole('form', { name: 'Edit message' });
  await soon(() => editor.getByRole('textbox', { name: 'Text' }).inputValue()).toBe(
    'To be edited slowly, and kept',
  );
  await editor.getByRole('button', { name: 'Save' }).click();
  await article(page, 'To be edited slowly, and kept').waitFor();
  await page.reload();
  await article(page, 'To be edited slowly, and kept').waitFor();
  expect(await editor.count()).toBe(0);
  expect(await api.message(id)).toMatchObject({ revision: 2 });
});
