import { expect, test } from 'vitest';
import { gate, openPage, sharedBrowser, soon } from '../support/page.ts';
import { article, postWell, texts } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

test('Markdown is shown as what it means, without pictures of other hosts', async () => {
  const { url } = scene();
  const page = await openPage(browser(), url);
  const words = [
    '# The plan',
    'Some *soft* and **loud** words about #food',
    '- one',
    '- two',
    '',
    '| a | b |',
    '| - | - |',
    '| c | d |',
    '',
    '> as was said',
    '',
    '![a cat](http://127.0.0.1:1/cat.png) and [more](https://example.org/more)',
    '',
    '```js',
    'const answer = 42;',
    '```',
  ].join('\n');
  await postWell(page, words);
  const shown = article(page, 'The plan');
  await shown.getByRole('heading', { name: 'The plan', level: 3 }).waitFor();
  expect(await shown.locator('em').textContent()).toBe('soft');
  expect(await shown.locator('strong').textContent()).toBe('loud');
  expect(await shown.locator('.markdown li').allTextContents()).toEqual(['one', 'two']);
  expect(await shown.getByRole('cell').allTextContents()).toEqual(['c', 'd']);
  expect(await shown.locator('blockquote').textContent()).toBe('as was said');
  expect(await shown.locator('.hljs-keyword').textContent()).toBe('const');
  // That no other host was asked for the picture is judged by openPage.
  expect(await shown.locator('img').count()).toBe(0);
  for (const name of ['a cat', 'more']) {
    const link = shown.getByRole('link', { name, exact: true });
    expect(await link.getAttribute('rel')).toContain('noopener noreferrer');
  }
  await shown.getByRole('link', { name: '#food' }).click();
  await soon(() => new URL(page.url()).search).toBe('?tag=food');
});

test('a box in a Markdown list can be ticked, and only its line changes', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ type: 'markdown', text: 'Shopping\n\n- [ ] tea\n- [x] milk' });
  const page = await openPage(browser(), url);
  const shown = article(page, 'Shopping');
  await shown.getByRole('checkbox', { name: 'To do' }).check();
  await soon(async () => (await api.message(id)).text).toBe('Shopping\n\n- [x] tea\n- [x] milk');
  await soon(() => shown.getByRole('checkbox', { name: 'Done' }).count()).toBe(2);
  await shown.getByRole('checkbox', { name: 'Done' }).last().uncheck();
  await soon(async () => (await api.message(id)).text).toBe('Shopping\n\n- [x] tea\n- [ ] milk');
});

test('code has its colours and can be copied as it is', async () => {
  const { url, api } = scene();
  const code = 'def f(a):\n    return "<b>&amp;"  # #no-tag';
  await api.create({ type: 'code', language: 'Python', text: code });
  const page = await openPage(browser(), url, { permissions: ['clipboard-read', 'clipboard-write'] });
  const shown = article(page, 'def f(a)');
  await soon(() => shown.locator('.hljs-keyword').allTextContents()).toEqual(['def', 'return']);
  expect(await shown.locator('pre').textContent()).toBe(code);
  await shown.getByRole('button', { name: 'Copy code' }).click();
  await soon(() => page.evaluate('navigator.clipboard.readText()')).toBe(code);
  await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor({ state: 'attached' });
});

test('what reads Markdown and code is loaded when it is wanted, and the text is there without it', async () => {
  const { url, api } = scene();
  await api.create({ type: 'markdown', text: 'Read **anyway**' });
  const page = await openPage(browser(), url, { path: '/openapi.json', expects: /net::ERR_/ });
  const chunks: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/assets/chunk-')) chunks.push(request.url());
  });
  await page.goto(`${url}/?type=task`);
  await page.getByText('Nothing found').waitFor();
  const first = chunks.length;
  await page.route('**/assets/chunk-*.js', (route) => route.abort());
  await page.getByRole('button', { name: 'Show everything' }).first().click();
  await article(page, 'Read **anyway**').waitFor();
  await soon(() => chunks.length).toBeGreaterThan(first);
  await article(page, 'Read **anyway**').waitFor();
});

test('what was searched for is marked wherever it stands', async () => {
  const { url, api } = scene();
  await api.create({ text: 'A Zebra, see https://example.org/zebra #zebra' });
  await api.create({ type: 'markdown', text: 'The **zebra** again' });
  await api.create({ type: 'code', language: 'js', text: 'const zebra = "my zebra";' });
  const page = await openPage(browser(), url, { path: '/?q=zebra+-nothing' });
  await soon(() => texts(page)).toHaveLength(3);
  await soon(() => page.locator('mark').allTextContents()).toEqual([
    'Zebra',
    'zebra',
    'zebra',
    'zebra',
    'zebra',
    'zebra',
  ]);
});

test('messages wait a moment for their Markdown, so they do not move when it arrives', async () => {
  const { url, api } = scene();
  await api.create({ type: 'markdown', text: 'Some **bold** words' });
  const page = await openPage(browser(), url);
  await page.addInitScript(`
    globalThis.wasRaw = false;
    new MutationObserver(() => { wasRaw ||= document.body?.innerText.includes('**bold**') ?? false; })
      .observe(document, { subtree: true, childList: true });
    // On a busy machine, the moment may be over too early.
    const real = setTimeout;
    globalThis.setTimeout = (work, ms, ...more) => real(work, ms === 1000 ? 60_000 : ms, ...more);
  `);
  await page.reload();
  await article(page, 'Some bold words').locator('strong').waitFor();
  expect(await page.evaluate('wasRaw')).toBe(false);
});

test('messages are shown as they were written while their Markdown does not arrive', async () => {
  const { url, api } = scene();
  await api.create({ type: 'markdown', text: 'Some **strong** words' });
  const page = await openPage(browser(), url, { path: '/?type=task' });
  await page.getByText('Nothing found').waitFor();
  const held = await gate(page, ({ pathname }) => pathname.includes('/assets/chunk-'));
  await page.getByRole('button', { name: 'Show everything' }).first().click();
  await article(page, 'Some **strong** words').waitFor();
  held.open();
  await article(page, 'Some strong words').locator('strong').waitFor();
});
