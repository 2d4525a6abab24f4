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

test('a fenced block that is pasted becomes code in its language', async () => {
  const since = await sinceNow(scene());
  const page = await openPage(browser(), scene().url);
  await textField(page).click();
  await paste(page, '```python\ndef f():\n    return 1\n```\n');
  await soon(() => textField(page).inputValue()).toBe('def f():\n    return 1');
  expect(await composer(page).getByRole('combobox', { name: 'Type' }).inputValue()).toBe('code');
  expect(await composer(page).getByLabel('Language').inputValue()).toBe('python');
  await textField(page).press('Control+Enter');
  await article(page, 'def f').waitFor();
  expect(await since.messages()).toMatchObject([
    { type: 'code', language: 'python', text: 'def f():\n    return 1' },
  ]);
});

test('a fenced block in the middle of a text, and one in Markdown, stays what it is', async () => {
  const page = await openPage(browser(), scene().url);
  await textField(page).fill('See: ');
  await textField(page).press('Control+End');
  await paste(page, '```\na\n```');
  await soon(() => textField(page).inputValue()).toBe('See: ```\na\n```');
  await textField(page).fill('');
  await chooseType(composer(page), 'Markdown');
  await textField(page).click();
  await paste(page, '```\nb\n```');
  await soon(() => textField(page).inputValue()).toBe('```\nb\n```');
  expect(await composer(page).getByRole('combobox', { name: 'Type' }).inputValue()).toBe('markdown');
});

test('Markdown can be seen as it will be read, and is sent from there as it was written', async () => {
  const since = await sinceNow(scene());
  const page = await openPage(browser(), scene().url);
  await chooseType(composer(page), 'Markdown');
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
