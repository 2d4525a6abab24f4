import { expect, test } from 'vitest';
import { git } from '../support/git.ts';
import { linesOfCommit } from '../support/journal.ts';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import { act, article, chooseType, connection, post, texts, timeline } from '../support/page-parts.ts';
import { sharedScene, sinceNow } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

test('an edit is a commit of its own, and both texts are in the history', async () => {
  const { url, api, clone } = scene();
  const { id } = await api.create({ text: 'Shall we met?', author: 'Ann' });
  const page = await openPage(browser(), url);
  const since = await sinceNow(scene());
  await article(page, 'Shall we met?').hover();
  await article(page, 'Shall we met?').getByRole('button', { name: 'Edit' }).click();
  const editor = page.getByRole('form', { name: 'Edit message' });
  const field = editor.getByRole('textbox', { name: 'Text' });
  await soon(() => field.inputValue()).toBe('Shall we met?');
  await field.fill('Shall we meet?');
  await field.press('Control+Enter');

  const shown = article(page, 'Shall we meet?');
  await shown.waitFor();
  await editor.waitFor({ state: 'hidden' });
  expect(await shown.textContent()).toContain('edited');
  expect(await article(page, 'Shall we met?').count()).toBe(0);
  expect(await api.message(id)).toMatchObject({ revision: 2, text: 'Shall we meet?', author: 'Ann' });

  const [commit, ...more] = await since.log('%H');
  expect(more).toEqual([]);
  expect(await git(clone(), 'log', '-1', '--format=%an|%s', commit as string)).toBe(
    'Ann|Edit: Shall we meet?',
  );
  const [line] = await linesOfCommit(clone(), commit as string);
  expect(line?.value).toMatchObject({ id, revision: 2, text: 'Shall we meet?' });
  expect((await api.history(id)).map(({ text }) => text)).toEqual(['Shall we met?', 'Shall we meet?']);
  await page.reload();
  await shown.waitFor();
});

test('an edit can make another type of it, and can be given up', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ text: 'print(1)' });
  const page = await openPage(browser(), url);
  const since = await sinceNow(scene());
  const shown = article(page, 'print(1)');
  const editor = page.getByRole('form', { name: 'Edit message' });
  await shown.hover();
  await shown.getByRole('button', { name: 'Edit' }).click();
  await editor.getByRole('textbox', { name: 'Text' }).fill('Never mind');
  await editor.getByRole('button', { name: 'Cancel' }).click();
  await shown.waitFor();
  await editor.waitFor({ state: 'hidden' });
  expect(await since.log('%s')).toEqual([]);

  await shown.hover();
  await shown.getByRole('button', { name: 'Edit' }).click();
  await chooseType(editor, 'Code');
  await editor.getByLabel('Language').fill('python');
  await editor.getByRole('button', { name: 'Save' }).click();
  await editor.waitFor({ state: 'hidden' });
  await soon(() => shown.locator('pre').textContent()).toBe('print(1)');
  expect(await api.message(id)).toMatchObject({ type: 'code', language: 'python', text: 'print(1)' });
  expect(await since.log('%s')).toEqual(['Edit: print(1)']);
});

test('an empty edit is refused next to its field, and keeps what stands there', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ text: 'Something to say' });
  const page = await openPage(browser(), url, { expects: answeredWith(400) });
  await article(page, 'Something to say').hover();
  await article(page, 'Something to say').getByRole('button', { name: 'Edit' }).click();
  const editor = page.getByRole('form', { name: 'Edit message' });
  const field = editor.getByRole('textbox', { name: 'Text' });
  await field.fill('   ');
  await editor.getByRole('button', { name: 'Save' }).click();
  await editor.getByRole('alert').waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  expect(await api.message(id)).toMatchObject({ revision: 1, text: 'Something to say' });
});

test('where somebody else has edited meanwhile, the page asks before it replaces that', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ text: 'Original words' });
  const page = await openPage(browser(), url, { expects: answeredWith(412) });
  await article(page, 'Original words').hover();
  await article(page, 'Original words').getByRole('button', { name: 'Edit' }).click();
  const editor = page.getByRole('form', { name: 'Edit message' });
  const field = editor.getByRole('textbox', { name: 'Text' });
  await field.fill('My words');
  await api.edit(id, { text: 'Their words' });
  await field.press('Control+Enter');

  const question = editor.getByRole('alertdialog');
  await question.waitFor();
  expect(await field.inputValue()).toBe('My words');
  expect(await api.message(id)).toMatchObject({ text: 'Their words' });
  await question.getByRole('button', { name: 'Save mine anyway' }).click();
  await article(page, 'My words').waitFor();
  expect((await api.history(id)).map(({ text }) => text)).toEqual([
    'Original words',
    'Their words',
    'My words',
  ]);
});

test('a delete is a commit and can be undone where it happened', async () => {
  const { url, api, clone } = scene();
  await api.create({ text: 'Stays above', createdAt: '2026-11-01T10:00:00.000Z' });
  const { id } = await api.create({ text: 'Goes and comes', createdAt: '2026-11-01T10:01:00.000Z' });
  await api.create({ text: 'Stays below', createdAt: '2026-11-01T10:02:00.000Z' });
  const page = await openPage(browser(), url);
  const since = await sinceNow(scene());
  const shown = article(page, 'Goes and comes');
  await shown.hover();
  await act(shown, 'Delete');
  await shown.waitFor({ state: 'hidden' });
  const place = timeline(page).getByRole('listitem').filter({ hasText: 'Message deleted.' });
  await place.waitFor();
  await soon(async () => (await api.get(`/messages/${id}`)).status).toBe(404);
  expect(await since.log('%s')).toEqual([`Delete ${id}`]);

  await place.getByRole('button', { name: 'Undo' }).click();
  await shown.waitFor();
  await place.waitFor({ state: 'hidden' });
  expect(await api.message(id)).toMatchObject({ text: 'Goes and comes', revision: 3 });
  expect(await since.log('%s')).toHaveLength(2);
  const words = (await texts(page)).filter((text) => /Stays|Goes/.test(text));
  expect(words).toEqual(['Stays above', 'Goes and comes', 'Stays below']);
  const [line] = await linesOfCommit(clone(), (await since.log('%H'))[0] as string);
  expect(line?.value).not.toHaveProperty('deletedAt');
});

test('a delete that is not undone is gone after a reload, and stays in git', async () => {
  const { url, api, clone } = scene();
  const { id } = await api.create({ text: 'Better unsaid' });
  const page = await openPage(browser(), url);
  await article(page, 'Better unsaid').hover();
  await act(article(page, 'Better unsaid'), 'Delete');
  await article(page, 'Better unsaid').waitFor({ state: 'hidden' });
  await soon(async () => (await api.get(`/messages/${id}`)).status).toBe(404);
  await page.reload();
  await article(page, 'Goes and comes').waitFor();
  expect(await article(page, 'Better unsaid').count()).toBe(0);
  expect(await page.getByText('Message deleted.').count()).toBe(0);
  expect(await git(clone(), 'log', '--format=%s', `--grep=${id}`)).toBe(`Delete ${id}\nBetter unsaid`);
});

test('what was refused by a server that is away comes back to its place', async () => {
  const { url, api } = scene();
  const { id } = await api.create({ text: 'Not so fast' });
  const page = await openPage(browser(), url, { expects: /net::ERR_/ });
  await soon(() => connection(page).textContent()).toBe('Live');
  await page.route('**/messages/*', (route) => route.abort('connectionrefused'));
  await article(page, 'Not so fast').hover();
  await act(article(page, 'Not so fast'), 'Delete');
  await page.getByRole('alert').filter({ hasText: 'not deleted' }).waitFor();
  await article(page, 'Not so fast').waitFor();
  expect(await api.message(id)).toMatchObject({ revision: 1 });

  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByRole('alert').filter({ hasText: 'not deleted' }).waitFor({ state: 'hidden' });
  await post(page, 'Still here');
  await article(page, 'Still here').waitFor();
});
