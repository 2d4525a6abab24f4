import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { commitFile, git } from '../support/git.ts';
import { hashOfLine, journalLines, lineOf } from '../support/journal.ts';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import { act, article, composer, delivery, postWell, texts, timeline } from '../support/page-parts.ts';
import { pageScene, sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene({ more: ['second'] });

test('a message says where it is, and a click tells how git finds it', async () => {
  const { url, api, clone } = scene();
  const { deliveries } = await api.create({ text: 'Where am I?', repositories: ['journal', 'second'] });
  const page = await openPage(browser(), url, { permissions: ['clipboard-read', 'clipboard-write'] });
  const shown = article(page, 'Where am I?');
  await soon(() => delivery(shown).count()).toBe(2);
  expect(await delivery(shown, 'second').textContent()).toContain('committed');
  const commit = deliveries.find(({ repository }) => repository === 'second')?.commit as string;
  await delivery(shown, 'second').getByRole('button').click();
  const detail = shown.getByRole('region', { name: 'Commit in second' });
  await detail.getByText(commit, { exact: true }).waitFor();
  await detail.getByRole('button', { name: 'Copy command' }).click();
  await soon(() => page.evaluate('navigator.clipboard.readText()')).toBe(`git show ${commit}`);
  expect(await git(clone('second'), 'show', '-s', '--format=%s', commit)).toBe('Where am I?');
  await detail.getByRole('button', { name: 'Copy commit id' }).click();
  await soon(() => page.evaluate('navigator.clipboard.readText()')).toBe(commit);
  await delivery(shown, 'second').getByRole('button').press('Enter');
  await detail.waitFor({ state: 'hidden' });

  await api.send('POST', '/push', { json: { repositories: ['second'] } });
  await soon(() => delivery(shown, 'second').textContent()).toContain('pushed');
  expect(await delivery(shown, 'journal').textContent()).toContain('committed');
});

test('a reply shows what it answers, and leads there', async () => {
  const { url, api } = scene();
  const { id } = await api.create({
    text: 'Who brings the cake?\nAnd the plates?',
    author: 'Bea',
    createdAt: '2020-01-01T10:00:00.000Z',
  });
  await api.bulk(Array.from({ length: 400 }, (_, n) => ({ text: `In between ${n}`, author: 'Cy' })));
  const page = await openPage(browser(), url, { path: `/?at=${id}`, expects: answeredWith(404) });
  const asked = article(page, 'Who brings the cake?');
  await asked.hover();
  await asked.getByRole('button', { name: 'Reply' }).click();
  const quote = composer(page).getByRole('link', { name: /Bea.*Who brings the cake/ });
  await quote.waitFor();
  await composer(page).getByRole('button', { name: 'Cancel reply' }).click();
  await quote.waitFor({ state: 'hidden' });
  await act(asked, 'Reply');
  await postWell(page, 'I do');
  await quote.waitFor({ state: 'hidden' });
  const reply = article(page, 'I do');
  await reply.waitFor();
  expect((await api.messages('?q=%22I+do%22'))[0]).toMatchObject({ replyTo: id });

  // It is far away, and the quoted line is there all the same.
  await page.goto(url);
  await reply.waitFor();
  await soon(() => texts(page)).not.toContain('Who brings the cake?\nAnd the plates?');
  await reply.getByRole('link', { name: 'Reply to Bea Who brings the cake?' }).click();
  await asked.waitFor();
  await soon(() => asked.evaluate((one) => one.matches(':focus'))).toBe(true);
  expect(new URL(page.url()).searchParams.get('at')).toBe(id);
  await page.goBack();
  await reply.waitFor();

  const lost = await api.create({ text: 'Into the void', replyTo: '0192f0c1-0000-7000-8000-000000000000' });
  await article(page, 'Into the void').getByText('Reply to a message that is not here').waitFor();
  await api.delete(lost.id);
});

test('the history shows who changed what and when, and brings a text back', async () => {
  const { url, api, clone } = scene();
  const { id } = await api.create({ text: 'We meet at ten in the park', author: 'Ann' });
  await api.edit(id, { text: 'We meet at noon in the park' });
  const edited = await api.edit(id, { type: 'task', done: false });
  const page = await openPage(browser(), url);
  const shown = article(page, 'We meet at noon');
  await act(shown, 'History');
  const dialog = page.getByRole('dialog', { name: 'History' });
  const revisions = dialog.getByRole('listitem');
  await soon(() => revisions.count()).toBe(3);
  expect(await dialog.getByRole('heading', { level: 3 }).allTextContents()).toEqual([
    '3. Edited – current',
    '2. Edited',
    '1. Written',
  ]);
  await revisions.nth(1).getByRole('button', { name: 'Show changes' }).click();
  await soon(() => revisions.nth(1).locator('del').allTextContents()).toEqual(['ten']);
  expect(await revisions.nth(1).locator('ins').allTextContents()).toEqual(['noon']);
  // The message stays Ann's, and the edits are those of whoever committed them.
  const device = await git(clone(), 'config', 'gitpost.device');
  expect(await revisions.nth(1).locator('.revision-author').textContent()).toBe('Owner');
  for (const n of [0, 1, 2]) expect(await revisions.nth(n).textContent()).toContain(`on ${device}`);
  expect(await revisions.nth(2).locator('.revision-author').textContent()).toBe('Ann');
  expect(await revisions.nth(2).textContent()).toContain('committed by Owner');
  expect(await revisions.nth(0).textContent()).toContain('Type: Plain text → Task');
  expect(await revisions.nth(0).textContent()).toContain(edited.deliveries[0]?.commit?.slice(0, 7));

  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  // The keyboard goes on from where it was.
  await soon(() =>
    shown.getByRole('button', { name: 'More actions' }).evaluate((one) => one.matches(':focus')),
  ).toBe(true);
  await act(shown, 'History');
  await revisions.nth(2).getByRole('button', { name: 'Restore this version' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await article(page, 'We meet at ten').waitFor();
  expect(await api.message(id)).toMatchObject({
    revision: 4,
    type: 'text',
    text: 'We meet at ten in the park',
  });
});

/** Those of some versions that somebody made. */
const by = (versions: Locator, name: string): Locator =>
  versions.filter({ has: versions.page().locator('.revision-author', { hasText: name }) });

/** Two edits of one message that did not know of each other, as two machines would make them. */
async function inConflict(texts: readonly [string, string]) {
  const one = await pageScene();
  const { id } = await one.api.create({ text: 'At first', author: 'Ann' });
  const first = (await journalLines(one.clone())).find(({ value }) => value.id === id);
  const line = lineOf({
    id,
    revision: 2,
    parents: [hashOfLine(first?.raw as string)],
    author: 'Bea',
    text: texts[1],
    createdAt: first?.value.createdAt,
    updatedAt: '2026-11-01T10:00:00.000Z',
  });
  await one.api.edit(id, { text: texts[0] });
  await commitFile(
    one.clone(),
    join('messages', 'elsewhere.jsonl'),
    `${line}\n`,
    'From elsewhere\n\nDevice: phone-x1y2z3',
  );
  await soon(async () => (await one.api.message(id)).conflict).toBe(true);
  return { ...one, id };
}

test('a conflict shows both versions with their devices, and the one that is picked stays', async () => {
  const { url, api, clone, id } = await inConflict(['Mine', 'Theirs']);
  const page = await openPage(browser(), url);
  const shown = timeline(page).getByRole('article');
  await shown.getByText('Conflict:').waitFor();
  await shown.getByRole('button', { name: 'Compare and resolve' }).click();
  const dialog = page.getByRole('dialog', { name: 'Resolve conflict' });
  const versions = dialog.getByRole('region');
  await soon(() => versions.count()).toBe(2);
  // One is shown until somebody chooses; the other one is marked for what it says otherwise.
  const current = (await api.message(id)).text;
  const [theirs, mine] = [by(versions, 'Bea'), by(versions, 'Owner')];
  expect(await versions.getByText('Shown now').count()).toBe(1);
  expect(await mine.textContent()).toContain(`on ${await git(clone(), 'config', 'gitpost.device')}`);
  expect(await theirs.textContent()).toContain('on phone-x1y2z3');
  expect(await (current === 'Mine' ? mine : theirs).textContent()).toContain('Shown now');
  const other = current === 'Mine' ? theirs : mine;
  await other.getByRole('button', { name: 'Show changes' }).click();
  await soon(() => other.locator('ins').allTextContents()).toEqual([current === 'Mine' ? 'Theirs' : 'Mine']);
  expect(await other.locator('del').allTextContents()).toEqual([current]);
  await theirs.getByRole('button', { name: 'Keep this one' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await article(page, 'Theirs').waitFor();
  await shown.getByText('Conflict:').waitFor({ state: 'hidden' });
  const message = await api.message(id);
  expect(message).toMatchObject({ text: 'Theirs', revision: 3 });
  expect(message).not.toHaveProperty('conflict');
  expect(await api.history(id)).toHaveLength(4);
});

test('a conflict can be settled by a text of both, unless it changed meanwhile', async () => {
  const { url, api, id } = await inConflict(['Bring bread', 'Bring wine']);
  const page = await openPage(browser(), url, { expects: /status of 412/ });
  await page.getByRole('button', { name: 'Compare and resolve' }).click();
  const dialog = page.getByRole('dialog', { name: 'Resolve conflict' });
  await dialog.getByRole('button', { name: 'Combine them' }).click();
  const field = dialog.getByRole('textbox', { name: 'Merged text' });
  expect(await field.inputValue()).toContain('Bring bread');
  expect(await field.inputValue()).toContain('Bring wine');
  await field.fill('Bring bread and wine');
  await dialog.getByRole('button', { name: 'Save the merged text' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await article(page, 'Bring bread and wine').waitFor();
  const message = await api.message(id);
  expect(message).toMatchObject({ text: 'Bring bread and wine', revision: 3 });
  expect(message).not.toHaveProperty('conflict');
});

test('what became another message while one compared is not overwritten', async () => {
  const { url, api, id } = await inConflict(['Left', 'Right']);
  const page = await openPage(browser(), url, { expects: /status of 412/ });
  await page.getByRole('button', { name: 'Compare and resolve' }).click();
  const dialog = page.getByRole('dialog', { name: 'Resolve conflict' });
  const left = by(dialog.getByRole('region'), 'Owner');
  await left.waitFor();
  await api.edit(id, { text: 'Straight on' });
  await left.getByRole('button', { name: 'Keep this one' }).click();
  await dialog.getByText('This conflict is already resolved.').waitFor();
  expect(await api.message(id)).toMatchObject({ text: 'Straight on' });
});

test('replies are counted under their message, and open beside it', async () => {
  const { url, api } = await pageScene();
  const { id } = await api.create({ text: 'Who has the key?', author: 'Mira' });
  await api.create({ text: 'Not me', author: 'Tom', replyTo: id });
  await api.create({ text: 'Something else', author: 'Ines' });
  await api.create({ text: 'I do', author: 'Ines', replyTo: id });
  const page = await openPage(browser(), url);
  const asked = timeline(page).locator(`[data-message="${id}"] > article`);
  await asked.getByRole('button', { name: '2 replies' }).click();
  const thread = page.getByRole('dialog', { name: 'Thread' });
  await soon(() => thread.getByRole('article').count()).toBe(3);
  expect((await thread.locator('.body').allTextContents()).map((text) => text.trim())).toEqual([
    'Who has the key?',
    'Not me',
    'I do',
  ]);
  await thread.getByRole('button', { name: 'Reply' }).click();
  await composer(page)
    .getByRole('link', { name: /Mira.*Who has the key/ })
    .waitFor();
  await postWell(page, 'Thank you');
  await asked.getByRole('button', { name: '3 replies' }).waitFor();
});
