import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiAt } from '../support/api.ts';
import { bareRepository, cloneOf, commitFile, git, log } from '../support/git.ts';
import { lineOf } from '../support/journal.ts';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import { article, openAddForm, openSettings, panel, repository, wordsAt } from '../support/page-parts.ts';
import { pageScene } from '../support/page-scene.ts';
import { startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/tmp.ts';

const browser = sharedBrowser();

test('a repository is added by its folder, changed and taken off the list again', async () => {
  const { url, api } = await pageScene();
  const remote = await bareRepository(join(await temporaryFolder(), 'garden.git'));
  const work = await cloneOf(remote, join(await temporaryFolder(), 'work'));
  const line = lineOf({ id: '0192f0c1-0000-7000-8000-000000000001', text: 'Sow the beans', author: 'Eve' });
  await commitFile(work, 'messages/eve.jsonl', `${line}\n`, 'Beans');
  await git(work, 'push', '--quiet', 'origin', 'HEAD:main');

  const page = await openPage(browser(), url, { expects: answeredWith(400, 409) });
  const place = await openAddForm(page);
  const add = panel(page).getByRole('button', { name: 'Add', exact: true });
  await place.fill('--upload-pack=touch');
  await add.click();
  await panel(page).getByRole('alert').getByText('Nothing was added: give owner/name').waitFor();
  await place.fill('garden');
  await add.click();
  await panel(page).getByRole('alert').getByText('a name alone does not say whose garden is').waitFor();
  await place.fill(remote);
  await place.press('Enter');
  await article(page, 'Sow the beans').waitFor();
  await soon(() => repository(page, 'garden').textContent()).toContain('1 message');
  expect(await place.isVisible()).toBe(false);

  const settings = repository(page, 'garden');
  await openSettings(settings);
  await settings.getByLabel('Branch', { exact: true }).fill('summer');
  await settings.getByRole('button', { name: 'Change branch' }).click();
  await soon(async () => (await api.repository('garden')).branch).toBe('summer');
  await settings.getByText(/^\d+ commits? · 1 file · [\d.]+ kB$/).waitFor();
  await settings.getByLabel('Branch', { exact: true }).fill('-x');
  await settings.getByRole('button', { name: 'Change branch' }).click();
  await settings.getByRole('alert').getByText('cannot be the name of a branch').waitFor();
  await soon(() => settings.getByLabel('Branch', { exact: true }).inputValue()).toBe('summer');

  await settings.getByLabel('Name', { exact: true }).fill('allotment');
  await settings.getByLabel('Name', { exact: true }).press('Enter');
  await repository(page, 'allotment').waitFor();
  await repository(page, 'garden').waitFor({ state: 'detached' });

  const renamed = repository(page, 'allotment');
  if (!(await renamed.getByRole('button', { name: 'Remove allotment from this list' }).isVisible()))
    await openSettings(renamed);
  await renamed.getByRole('button', { name: 'Remove allotment from this list' }).click();
  await renamed.getByRole('button', { name: 'Remove from this list', exact: true }).click();
  await renamed.waitFor({ state: 'detached' });
  await soon(() => article(page, 'Sow the beans').count()).toBe(0);

  const journal = repository(page, 'journal');
  await openSettings(journal);
  await journal.getByRole('button', { name: 'Remove journal from this list' }).click();
  await journal.getByRole('button', { name: 'Remove from this list', exact: true }).click();
  await journal.getByRole('alert').getByText('The environment names journal').waitFor();
});

test.each([
  ['all messages are brought back', 'Bring all messages back…', 'Bring it back', ['Kept', 'Lost']],
  ['the remote is followed', 'Follow the remote…', 'Follow the remote', ['Kept']],
])('a rewritten history waits for a choice that is meant: %s', async (_, choice, sure, left) => {
  const { url, api, remote } = await pageScene();
  await api.create({ text: 'Kept' });
  await api.create({ text: 'Lost' });
  await api.sync('push', 'journal');
  await git(remote(), 'update-ref', 'refs/heads/main', 'main~1');
  const page = await openPage(browser(), url, { expects: answeredWith(502) });
  await repository(page, 'journal').getByRole('button', { name: 'Pull journal' }).click();
  await soon(() => repository(page, 'journal').textContent()).toContain('history was rewritten');
  // Nothing would be sent: both lead to the choice, and say so.
  for (const name of ['Push journal', 'Pull journal']) {
    const button = repository(page, 'journal').getByRole('button', { name });
    // The pull that found it may still be ending.
    await soon(() => button.getAttribute('aria-disabled')).toBe('true');
    expect(await wordsAt(page, button)).toContain('wait for the choice below');
    await button.press('Enter');
    expect(await page.locator(':focus').textContent()).toBe('Bring all messages back…');
  }
  await repository(page, 'journal').getByRole('button', { name: choice }).click();
  const question = repository(page, 'journal').getByRole('alertdialog');
  await question.getByRole('button', { name: 'Not now' }).click();
  await question.waitFor({ state: 'detached' });
  expect((await api.repository('journal')).state).toBe('rewritten');
  await repository(page, 'journal').getByRole('button', { name: choice }).click();
  await question.getByRole('button', { name: sure, exact: true }).click();
  await soon(() => repository(page, 'journal').getAttribute('data-state')).toBe('ready');
  await soon(async () => (await api.messages()).map(({ text }) => text).sort()).toEqual(left);
});

test('in the drawer of a phone Escape leaves the question, and then the drawer', async () => {
  const { url, api, remote } = await pageScene();
  await api.create({ text: 'Kept' });
  await api.create({ text: 'Lost' });
  await api.sync('push', 'journal');
  await git(remote(), 'update-ref', 'refs/heads/main', 'main~1');
  await api.send('POST', '/pull', {});
  const page = await openPage(browser(), url, { viewport: { width: 375, height: 760 } });
  const toggle = page.getByRole('banner').getByRole('button');
  await toggle.click();
  const follow = panel(page).getByRole('button', { name: 'Follow the remote…' });
  const question = panel(page).getByRole('alertdialog');
  for (const leaveFrom of [question.getByRole('button').last(), follow]) {
    await follow.click();
    await question.waitFor();
    await leaveFrom.press('Escape');
    await question.waitFor({ state: 'detached' });
    await soon(() => follow.evaluate((button) => button.matches(':focus'))).toBe(true);
    expect(await panel(page).isVisible()).toBe(true);
  }
  await page.keyboard.press('Escape');
  await panel(page).waitFor({ state: 'hidden' });

  await toggle.click();
  await openSettings(panel(page));
  await panel(page).getByRole('button', { name: 'Remove journal from this list' }).click();
  await question.getByRole('button', { name: 'Keep it' }).press('Escape');
  await question.waitFor({ state: 'detached' });
  await soon(() => page.locator(':focus').count()).toBe(1);
  expect(await panel(page).isVisible()).toBe(true);
});

test.each([
  { width: 1280, height: 800 },
  { width: 320, height: 800 },
])(
  'five repositories fit on a screen $width wide, with their settings beside push and pull',
  async (viewport) => {
    const { url } = await pageScene({ more: ['one', 'two', 'three', 'four'] });
    const page = await openPage(browser(), url, { viewport });
    if (viewport.width < 960) await page.getByRole('banner').getByRole('button').click();
    await soon(() => panel(page).locator('h3').count()).toBe(5);
    const last = repository(page, 'four');
    const push = await last.getByRole('button', { name: 'Push four' }).boundingBox();
    const pull = await last.getByRole('button', { name: 'Pull four' }).boundingBox();
    const settings = await last.locator('summary').first().boundingBox();
    const middle = (box: typeof push) => (box?.y ?? 0) + (box?.height ?? 0) / 2;
    expect(Math.abs(middle(settings) - middle(push))).toBeLessThan(3);
    expect(settings?.x).toBeGreaterThan((pull?.x ?? 0) + (pull?.width ?? 0));
    expect(settings?.height).toBeGreaterThanOrEqual(24);
    expect((push?.y ?? 0) + (push?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
  },
);

test('the remote of the primary can be changed on the page, and a push says once that the built-in one is local', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'elsewhere', 'notes.git'));
  const { url } = await startProcess({ folder, env: { AUTHOR_NAME: 'Ann', REPOSITORY_NAME: undefined } });
  const api = apiAt(url);
  await api.create({ text: 'Take me along' });
  const page = await openPage(browser(), url, { expects: answeredWith(400) });
  const shown = repository(page, 'messages');
  await shown.getByRole('button', { name: 'Push messages' }).click();
  await page.getByRole('alert').filter({ hasText: 'is a folder on this machine' }).waitFor();
  await openSettings(shown);
  await shown.locator('summary', { hasText: 'Change the remote' }).click();
  const place = shown.getByLabel('GitHub name, address or folder');
  await place.fill('notes');
  await shown.getByRole('button', { name: 'Change remote', exact: true }).click();
  await shown.getByRole('alert').getByText('Nothing was changed').waitFor();
  await place.fill(remote);
  await shown.getByRole('button', { name: 'Change remote', exact: true }).click();
  await soon(async () => (await api.repository('messages')).url).toBe(remote);
  await shown.getByRole('button', { name: 'Push messages' }).click();
  await soon(() => log(remote, '%s').catch(() => [])).toEqual(['Take me along']);
});
