import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { article, chooseType, composer, postWell, textField } from '../support/page-parts.ts';
import { pageScene, sharedScene, sinceNow } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

/** Pastes a text by the keyboard, as it would come from another program. */
async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press('Control+V');
}

test('a fenced block that is sent alone is code in its language', async () => {
  const since = await sinceNow(scene());
  const page = await openPage(browser(), scene().url);
  await textField(page).click();
  await paste(page, '```python\ndef f():\n    return 1\n```\n');
  await soon(() => textField(page).inputValue()).toBe('```python\ndef f():\n    return 1\n```\n');
  await textField(page).press('Control+Enter');
  await article(page, 'def f').waitFor();
  expect(await since.messages()).toMatchObject([
    { type: 'code', language: 'python', text: 'def f():\n    return 1' },
  ]);
});

test('what a text is shows in the text', async () => {
  const since = await sinceNow(scene());
  const page = await openPage(browser(), scene().url);
  for (const text of [
    'Some **bold** words',
    '- [ ] Water the plants',
    '/task Feed the cat',
    'https://example.org/a?b=c#d',
    'www.example.org/page',
    'See:\n```\na\n```',
    '- [ ] one\n- [x] two',
  ]) {
    await postWell(page, text);
  }
  expect((await since.messages()).reverse()).toMatchObject([
    { type: 'markdown', text: 'Some **bold** words' },
    { type: 'task', text: 'Water the plants', done: false },
    { type: 'task', text: 'Feed the cat', done: false },
    { type: 'link', text: '', url: 'https://example.org/a?b=c#d' },
    { type: 'link', text: '', url: 'https://www.example.org/page' },
    { type: 'markdown', text: 'See:\n```\na\n```' },
    { type: 'markdown', text: '- [ ] one\n- [x] two' },
  ]);
  await article(page, 'Some bold words').locator('strong').waitFor();
});

test('keys format Markdown, and continue and end a list', async () => {
  const page = await openPage(browser(), scene().url);
  const field = textField(page);
  const value = () => field.inputValue();
  await field.fill('one two');
  await field.evaluate((area: unknown) =>
    (area as { setSelectionRange(a: number, b: number): void }).setSelectionRange(4, 7),
  );
  await page.keyboard.press('Control+b');
  expect(await value()).toBe('one **two**');
  await page.keyboard.press('Control+b');
  expect(await value()).toBe('one two');
  await page.keyboard.press('Control+i');
  expect(await value()).toBe('one *two*');
  await page.keyboard.press('Control+z');
  expect(await value()).toBe('one two');
  await field.evaluate((area: unknown) =>
    (area as { setSelectionRange(a: number, b: number): void }).setSelectionRange(4, 7),
  );
  await paste(page, 'https://example.org/');
  expect(await value()).toBe('one [two](https://example.org/)');

  await field.fill('');
  await page.keyboard.type('- bread');
  await page.keyboard.press('Enter');
  await page.keyboard.type('milk');
  await page.keyboard.press('Enter');
  expect(await value()).toBe('- bread\n- milk\n- ');
  await page.keyboard.press('Enter');
  expect(await value()).toBe('- bread\n- milk\n');
  await field.fill('');
  await page.keyboard.type('3. [x] third');
  await page.keyboard.press('Enter');
  expect(await value()).toBe('3. [x] third\n4. [ ] ');
  await field.fill('');
  await page.keyboard.type('```');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await value()).toBe('```\n  ');
  await field.fill('');
});

test('a tag and the name of an emoji are completed', async () => {
  const { url, api } = scene();
  await api.create({ text: 'First #harbour-launch' });
  const page = await openPage(browser(), url);
  await article(page, 'harbour-launch').waitFor();
  await textField(page).click();
  await page.keyboard.type('See #harb');
  await page.getByRole('option', { name: '#harbour-launch' }).waitFor();
  await page.keyboard.press('Enter');
  expect(await textField(page).inputValue()).toBe('See #harbour-launch ');
  await page.keyboard.type(':rock');
  await page.getByRole('option', { name: 'rocket' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await textField(page).inputValue()).toBe('See #harbour-launch 🚀 ');
  await textField(page).fill('');
});

test('ArrowUp in the empty field edits the last message, and Enter sends for those who want that', async () => {
  const page = await openPage(browser(), scene().url);
  const since = await sinceNow(scene());
  await postWell(page, 'A tpyo');
  await article(page, 'A tpyo').waitFor();
  await textField(page).press('ArrowUp');
  await soon(() => page.locator('textarea:focus').inputValue()).toBe('A tpyo');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Send with Enter' }).check();
  await page.keyboard.press('Escape');
  await textField(page).click();
  await page.keyboard.type('alpha');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('beta');
  await page.keyboard.press('Enter');
  await article(page, 'beta').waitFor();
  expect((await since.messages()).map(({ text }) => text)).toContain('alpha\nbeta');
});

test('Markdown can be seen as it will be read, and is sent from there as it was written', async () => {
  const since = await sinceNow(scene());
  const page = await openPage(browser(), scene().url);
  const toggle = composer(page).getByRole('button', { name: 'Preview' });
  expect(await toggle.count()).toBe(0);
  await textField(page).fill('# A plan\n\n- **one**\n- [x] two');
  await toggle.click();
  const preview = composer(page).getByRole('region', { name: 'Preview' });
  await preview.getByRole('heading', { name: 'A plan' }).waitFor();
  expect(await preview.locator('strong').textContent()).toBe('one');
  expect(await textField(page).isVisible()).toBe(false);
  await toggle.click();
  expect(await textField(page).inputValue()).toBe('# A plan\n\n- **one**\n- [x] two');
  await toggle.click();
  await page.keyboard.press('Control+Enter');
  await article(page, 'A plan').waitFor();
  await textField(page).waitFor();
  expect(await since.messages()).toMatchObject([
    { type: 'markdown', text: '# A plan\n\n- **one**\n- [x] two' },
  ]);
  await postWell(page, 'And *on*');
  expect(await since.messages()).toHaveLength(2);
});

test('the newest messages stay in view while a longer text is written, and after it', async () => {
  const { url, api } = await pageScene();
  await api.bulk(Array.from({ length: 30 }, (_, number) => ({ text: `Note ${number}` })));
  const page = await openPage(browser(), url, { viewport: { width: 1280, height: 700 } });
  await article(page, 'Note 29').waitFor();
  const isInView = async () => {
    const [row, form] = [await article(page, 'Note 29').boundingBox(), await composer(page).boundingBox()];
    return row !== null && form !== null && row.y > 0 && row.y + row.height <= form.y;
  };
  const toNewest = page.getByRole('button', { name: /^Newest/ });
  const height = async () => (await composer(page).boundingBox())?.height;
  const low = await height();
  await textField(page).click();
  for (let line = 0; line < 8; line += 1) {
    await page.keyboard.type(`Line ${line}`);
    await page.keyboard.press('Enter');
    await soon(isInView).toBe(true);
    expect(await toNewest.count()).toBe(0);
  }
  await chooseType(composer(page), 'Task');
  await soon(isInView).toBe(true);
  await textField(page).fill('');
  await soon(height).toBe(low);
  await soon(isInView).toBe(true);
  expect(await toNewest.count()).toBe(0);
});

test('the way to save an edit stays in view, however long it gets', async () => {
  const { url, api } = await pageScene();
  await api.bulk(Array.from({ length: 30 }, (_, number) => ({ text: `Note ${number}` })));
  const page = await openPage(browser(), url, { viewport: { width: 1280, height: 700 } });
  for (const note of ['Note 29', 'Note 25']) {
    await article(page, note).focus();
    await page.keyboard.press('e');
    for (let line = 0; line < 8; line += 1) {
      await page.keyboard.press('Enter');
      await page.keyboard.type(`Line ${line}`);
    }
    const save = page.getByRole('button', { name: 'Save' });
    await soon(async () => {
      const [button, form] = [await save.boundingBox(), await composer(page).boundingBox()];
      return button !== null && form !== null && button.y + button.height <= form.y;
    }).toBe(true);
    await save.click();
    await page.getByRole('form', { name: 'Edit message' }).waitFor({ state: 'hidden' });
  }
});

test('how long a text may be is said before it is too long', async () => {
  const page = await openPage(browser(), scene().url);
  const length = composer(page).getByText(/ of 65,536 characters$/);
  await textField(page).fill('x'.repeat(50_000));
  expect(await length.count()).toBe(0);
  await textField(page).fill('🎉'.repeat(60_000));
  expect(await length.textContent()).toBe('60,000 of 65,536 characters');
  await textField(page).fill('x'.repeat(65_537));
  expect(await length.textContent()).toBe('65,537 of 65,536 characters');
  await textField(page).fill('');
});
