import { expect, test } from 'vitest';
import { commitOf } from '../support/api.ts';
import { log } from '../support/git.ts';
import { answeredWith, gate, openPage, sharedBrowser, soon } from '../support/page.ts';
import {
  article,
  chooseType,
  composer,
  delivery,
  idOf,
  post,
  sendButton,
  textField,
  texts,
  timeline,
  wordsAt,
  writeAs,
  writesAs,
} from '../support/page-parts.ts';
import { pageScene, sharedScene, sinceNow } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

test('the first message is a commit of its author, and the author is remembered', async () => {
  const { url, api, clone } = await pageScene();
  const page = await openPage(browser(), url);
  await page.getByText('Nothing here yet').waitFor();
  expect(await timeline(page).getByRole('article').count()).toBe(0);

  await writeAs(page, 'Zoë Ångström');
  await textField(page).click();
  await page.keyboard.type('Shall we meet at ten? #planning');
  await sendButton(page).click();

  const shown = article(page, 'Shall we meet at ten? #planning');
  await shown.waitFor();
  await page.getByText('Nothing here yet').waitFor({ state: 'hidden' });
  expect(await shown.getByRole('link', { name: 'Zoë Ångström' }).count()).toBe(1);
  expect(await log(clone(), '%an|%s')).toEqual(['Zoë Ångström|Shall we meet at ten? #planning']);

  const message = await api.message(await idOf(shown));
  expect(message).toMatchObject({ author: 'Zoë Ångström', type: 'markdown', tags: ['planning'] });
  const [commit] = await log(clone(), '%H');
  expect(commitOf(message, 'journal')).toBe(commit);
  expect(await delivery(shown, 'journal').getAttribute('data-state')).toBe('committed');
  await delivery(shown, 'journal').getByRole('button').click();
  await shown.getByText(String(commit), { exact: true }).waitFor();

  await soon(() => textField(page).inputValue()).toBe('');
  await page.reload();
  await shown.waitFor();
  expect(await writesAs(page)).toBe('Zoë Ångström');
  await post(page, 'As I said');
  await article(page, 'As I said').waitFor();
  expect(await log(clone(), '%an|%s', '-1')).toEqual(['Zoë Ångström|As I said']);
});

test('who gives no name writes as the author that the server is set up with', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url);
  await post(page, 'No name given');
  await article(page, 'No name given').waitFor();
  expect(await since.log('%an|%ae|%s')).toEqual(['Owner|owner@example.org|No name given']);
});

test('lines and spaces are kept as they are written, and Enter alone sends nothing', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url);
  await textField(page).click();
  await page.keyboard.type('  first');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.keyboard.type('third  👨‍👩‍👧 ');
  expect(await textField(page).inputValue()).toBe('  first\n\nthird  👨‍👩‍👧 ');
  await page.keyboard.press('Control+Enter');

  await article(page, 'third').waitFor();
  expect((await since.messages()).map(({ text }) => text)).toEqual(['  first\n\nthird  👨‍👩‍👧 ']);
  // Words that follow are kept apart from what was sent.
  await page.keyboard.type('next');
  await soon(() => textField(page).inputValue()).toBe('next');
});

test('nothing but white space is not sent', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url);
  let posts = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST') posts += 1;
  });
  expect(await sendButton(page).getAttribute('aria-disabled')).toBe('true');
  await post(page, ' \n\t ');
  await sendButton(page).click({ force: true });
  expect(await sendButton(page).getAttribute('aria-disabled')).toBe('true');

  await post(page, 'Something');
  await article(page, 'Something').waitFor();
  expect(posts).toBe(1);
  expect(await since.messages()).toHaveLength(1);
});

test('impatience sends a message once, and what is typed meanwhile is the next one', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url);
  // The message would come by the events too, before the answer.
  const post = await gate(page, ({ pathname }, method) => pathname === '/messages' && method === 'POST');

  await textField(page).fill('Just once');
  await textField(page).press('Control+Enter');
  await soon(post.waiting).toBe(1);
  await textField(page).press('Control+Enter');
  await sendButton(page).click({ force: true });
  await textField(page).press('End');
  await page.keyboard.type(' more');
  post.open();

  await article(page, 'Just once').waitFor();
  await soon(() => textField(page).inputValue()).toBe('more');
  expect(post.waiting()).toBe(1);
  expect((await since.messages()).map(({ text }) => text)).toEqual(['Just once']);

  await textField(page).press('Control+Enter');
  await soon(async () => (await texts(page)).slice(-2)).toEqual(['Just once', 'more']);
  expect(await since.messages()).toHaveLength(2);
});

test('what was written on while a message was on its way is sent after it, where that was asked for', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url);
  const post = await gate(page, ({ pathname }, method) => pathname === '/messages' && method === 'POST');
  await textField(page).fill('The one');
  await textField(page).press('Control+Enter');
  await soon(post.waiting).toBe(1);
  await textField(page).press('End');
  await page.keyboard.type(' and the other');
  await page.keyboard.press('Control+Enter');
  post.open();
  await soon(async () => (await texts(page)).slice(-2)).toEqual(['The one', 'and the other']);
  await soon(() => textField(page).inputValue()).toBe('');
  expect((await since.messages()).map(({ text }) => text)).toEqual(['and the other', 'The one']);
});

test('code is stored with its language and each of its spaces', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url);
  const code = 'if (a < b) {\n\treturn "&amp;";\n}\n';
  await chooseType(composer(page), 'Code');
  await composer(page).getByLabel('Language').fill('ts');
  await post(page, code);

  await article(page, 'return').waitFor();
  expect(await since.messages()).toMatchObject([{ type: 'code', language: 'ts', text: code }]);
  expect(await article(page, 'return').locator('pre').textContent()).toBe(code);
  expect(await article(page, 'return').textContent()).toContain('ts');
  expect(await since.log('%s')).toEqual(['if (a < b) {']);

  // A note after a piece of code is no code.
  await post(page, 'Just words');
  await article(page, 'Just words').waitFor();
  expect((await since.messages())[0]).toMatchObject({ type: 'markdown', text: 'Just words' });
  expect((await since.messages())[0]).not.toHaveProperty('language');
});

test('a link is stored with its address, with words and without', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url);
  const address = 'https://example.org/a%20b?c=d&e=f#g';
  await chooseType(composer(page), 'Link');
  await composer(page).getByLabel('Address').fill(address);
  await post(page, 'What is behind it');
  const link = article(page, 'What is behind it').getByRole('link', { name: address });
  await link.waitFor();
  expect(await link.getAttribute('href')).toBe(address);
  expect(await link.getAttribute('rel')).toMatch(/\bnoopener\b/);

  await chooseType(composer(page), 'Link');
  await composer(page).getByLabel('Address').fill('http://example.org/bare');
  await sendButton(page).click();
  await timeline(page).getByRole('link', { name: 'http://example.org/bare' }).waitFor();
  expect(await since.messages()).toMatchObject([
    { type: 'link', url: 'http://example.org/bare', text: '' },
    { type: 'link', url: address, text: 'What is behind it' },
  ]);
});

test('an address that is none, or a script, is refused next to its field, and nothing is lost', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url, { expects: answeredWith(400) });
  const address = composer(page).getByLabel('Address');
  await chooseType(composer(page), 'Link');
  for (const wrong of ['javascript:alert(document.domain)', 'no address', 'data:text/html,x']) {
    await address.fill(wrong);
    await post(page, 'Click me');
    await soon(() => wordsAt(page, address)).toMatch(/http/);
    expect(await address.getAttribute('aria-invalid')).toBe('true');
    expect(await textField(page).getAttribute('aria-invalid')).not.toBe('true');
    expect(await textField(page).inputValue()).toBe('Click me');
    expect(await address.inputValue()).toBe(wrong);
    expect(await since.messages()).toEqual([]);
    await page.reload();
  }
  expect(await article(page, 'Click me').count()).toBe(0);

  await address.fill('https://example.org/');
  await textField(page).press('Control+Enter');
  await article(page, 'Click me').waitFor();
  await soon(() => textField(page).inputValue()).toBe('');
  expect(await since.messages()).toMatchObject([{ url: 'https://example.org/', text: 'Click me' }]);
});

test('a task is ticked and unticked, and stays so after a reload', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url);
  await chooseType(composer(page), 'Task');
  await post(page, 'Water the plants');
  const box = article(page, 'Water the plants').getByRole('checkbox', { name: 'Water the plants' });
  await box.waitFor();
  expect(await box.isChecked()).toBe(false);
  expect(await since.messages()).toMatchObject([{ type: 'task', text: 'Water the plants', done: false }]);

  await box.click();
  await soon(since.messages).toMatchObject([{ done: true, revision: 2 }]);
  await page.reload();
  await soon(() => box.isChecked()).toBe(true);
  expect(await since.log('%s')).toEqual(['Edit: Water the plants', 'Water the plants']);

  await box.press(' ');
  await soon(since.messages).toMatchObject([{ done: false, revision: 3 }]);
  await soon(() => box.isChecked()).toBe(false);
});

test('Markdown is stored as it was written', async () => {
  const { url } = scene();
  const since = await sinceNow(scene());
  const page = await openPage(browser(), url);
  await post(page, '# Title\n\n- *one*  \n- `two`\n');
  await article(page, 'Title').waitFor();
  expect(await since.messages()).toMatchObject([
    { type: 'markdown', text: '# Title\n\n- *one*  \n- `two`\n' },
  ]);
});
