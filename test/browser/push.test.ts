import { expect, test } from 'vitest';
import { cloneOf, commitFile, git, log } from '../support/git.ts';
import { lineOf } from '../support/journal.ts';
import { answeredWith, brokenConnection, gate, openPage, sharedBrowser, soon } from '../support/page.ts';
import {
  article,
  composer,
  connection,
  delivery,
  openFilters,
  panel,
  post,
  postWell,
  repository,
  searchField,
  targets,
  textField,
  texts,
} from '../support/page-parts.ts';
import { pageScene } from '../support/page-scene.ts';
import { temporaryFolder } from '../support/tmp.ts';

const browser = sharedBrowser();

test('a push brings the commit to the remote and says so at the message and at the repository', async () => {
  const { url, clone, remote } = await pageScene();
  const page = await openPage(browser(), url);
  await post(page, 'Out into the world');
  const sent = delivery(article(page, 'Out into'));
  await sent.waitFor();
  expect(await sent.getAttribute('data-state')).toBe('committed');
  expect(await sent.textContent()).toMatch(/journal.*committed/);
  await soon(() => repository(page, 'journal').textContent()).toContain('1 to push');
  expect(await git(remote(), 'for-each-ref')).toBe('');

  const push = await gate(page, ({ pathname }) => pathname === '/push');
  const button = repository(page, 'journal').getByRole('button', { name: 'Push journal' });
  await button.click();
  await soon(() => repository(page, 'journal').textContent()).toContain('Pushing…');
  const pushAll = page.getByRole('search').getByRole('button', { name: /^Push/ });
  expect(await pushAll.getAttribute('aria-disabled')).toBe('true');
  await button.click({ force: true });
  push.open();
  await soon(() => sent.getAttribute('data-state')).toBe('pushed');
  await soon(() => repository(page, 'journal').textContent()).toContain('1 message pushed');
  await soon(() => button.getAttribute('aria-disabled')).toBe('false');
  expect(push.waiting()).toBe(1);
  expect(await git(remote(), 'rev-parse', 'main')).toBe(await git(clone(), 'rev-parse', 'HEAD'));
  expect(await log(remote(), '%an|%s')).toEqual(['Owner|Out into the world']);

  await button.click();
  await soon(() => repository(page, 'journal').textContent()).toContain('Up to date');
  // An edit is not there yet.
  await article(page, 'Out into').hover();
  await article(page, 'Out into').getByRole('button', { name: 'Edit' }).click();
  const field = page.getByRole('form', { name: 'Edit message' }).getByRole('textbox', { name: 'Text' });
  await field.fill('Out into the wide world');
  await field.press('Control+Enter');
  await article(page, 'wide world').waitFor();
  await soon(() => sent.getAttribute('data-state')).toBe('committed');
  await pushAll.click();
  await soon(() => sent.getAttribute('data-state')).toBe('pushed');
  expect(await log(remote(), '%s', '-1')).toEqual(['Edit: Out into the wide world']);
});

test('a pull brings what others have pushed', async () => {
  const { url, remote } = await pageScene();
  const other = await cloneOf(remote(), `${await temporaryFolder()}/other`);
  const line = lineOf({ id: '0192f0c1-0000-7000-8000-000000000001', text: 'From afar', author: 'Eve' });
  await commitFile(other, 'messages/eve.jsonl', `${line}\n`, 'From afar');
  const page = await openPage(browser(), url);
  await page.getByText('Nothing here yet').waitFor();
  await post(page, 'From here');
  await article(page, 'From here').waitFor();
  await git(other, 'push', '--quiet', 'origin', 'HEAD:main');

  await repository(page, 'journal').getByRole('button', { name: 'Pull journal' }).click();
  await article(page, 'From afar').waitFor();
  await soon(() => repository(page, 'journal').textContent()).toContain('1 message pulled');
  expect(await delivery(article(page, 'From afar')).getAttribute('data-state')).toBe('pushed');
  expect(await delivery(article(page, 'From here')).getAttribute('data-state')).toBe('committed');
  // The newest stands last, and this one is older.
  expect(await texts(page)).toEqual(['From afar', 'From here']);
});

test('a remote out of reach is said in words, with what to do, and costs nothing', async () => {
  const nowhere = 'http://127.0.0.1:1/team/away.git';
  const { url, api, clone, remote } = await pageScene({ addresses: [nowhere] });
  const page = await openPage(browser(), url, { expects: answeredWith(502) });
  await targets(page).click();
  await composer(page).getByRole('checkbox', { name: 'All repositories' }).check();
  await postWell(page, 'To both of them');
  const message = article(page, 'To both of them');
  await message.waitFor();
  expect(await delivery(message).count()).toBe(2);

  await panel(page).getByRole('button', { name: 'Push all' }).click();
  await soon(() => delivery(message, 'journal').getAttribute('data-state')).toBe('pushed');
  const away = repository(page, 'away');
  const { error } = await api.repository('away');
  expect(error?.action).toMatch(/\w+ \w+/);
  await soon(() => away.textContent()).toContain(error?.detail);
  expect(await away.textContent()).toContain(error?.action);
  expect(await repository(page, 'journal').textContent()).toContain('1 message pushed');
  expect(await delivery(message, 'away').getAttribute('data-state')).toBe('committed');
  expect(await log(clone('away'), '%s')).toEqual(['To both of them']);
  expect(await log(remote(), '%s')).toEqual(['To both of them']);

  // What is wrong is still said after a reload, and capture goes on.
  await page.reload();
  await soon(() => repository(page, 'away').textContent()).toContain(error?.action);
  await postWell(page, 'Undaunted');
  await article(page, 'Undaunted').waitFor();
  expect(await log(clone('away'), '%s')).toEqual(['Undaunted', 'To both of them']);
});

test('a message goes to the repositories that are chosen, and to the primary where none is', async () => {
  const { url, api, clone } = await pageScene({ more: ['team', 'diary'] });
  const page = await openPage(browser(), url);
  await repository(page, 'diary').waitFor();
  expect(await repository(page, 'journal').textContent()).toContain('primary');
  expect(await repository(page, 'team').textContent()).not.toContain('primary');
  await postWell(page, 'By default');

  await targets(page).click();
  await composer(page).getByRole('checkbox', { name: 'team' }).check();
  await composer(page).getByRole('checkbox', { name: 'journal' }).uncheck();
  await page.keyboard.press('Escape');
  expect(await targets(page).textContent()).toContain('to team');
  await postWell(page, 'For the team');

  // The choice stays for the next one, and can be changed.
  await targets(page).click();
  expect(await composer(page).getByRole('checkbox', { name: 'team' }).isChecked()).toBe(true);
  await composer(page).getByRole('checkbox', { name: 'diary' }).check();
  await textField(page).click();
  expect(await composer(page).getByRole('checkbox', { name: 'diary' }).count()).toBe(0);
  await postWell(page, 'For two of them');
  await targets(page).click();
  await composer(page).getByRole('checkbox', { name: 'All repositories' }).check();
  await postWell(page, 'For everyone');

  await article(page, 'For everyone').waitFor();
  expect(await delivery(article(page, 'By default'), 'journal').count()).toBe(1);
  expect(await delivery(article(page, 'By default')).count()).toBe(1);
  expect(await delivery(article(page, 'For the team'), 'team').count()).toBe(1);
  expect(await delivery(article(page, 'For the team')).count()).toBe(1);
  expect(await delivery(article(page, 'For two of them')).count()).toBe(2);
  await soon(() => delivery(article(page, 'For everyone')).count()).toBe(3);
  expect(await log(clone('journal'), '%s')).toEqual(['For everyone', 'By default']);
  expect(await log(clone('team'), '%s')).toEqual(['For everyone', 'For two of them', 'For the team']);
  expect(await log(clone('diary'), '%s')).toEqual(['For everyone', 'For two of them']);
  expect(await api.messages()).toHaveLength(4);
  await soon(() => repository(page, 'team').textContent()).toContain('3 messages');
});

test('a click on a repository shows its messages alone', async () => {
  const { url, api } = await pageScene({ more: ['team'] });
  await api.create({ text: 'In one', repositories: ['journal'] });
  await api.create({ text: 'In both', repositories: 'all' });
  const page = await openPage(browser(), url);
  await soon(() => texts(page)).toEqual(['In one', 'In both']);
  await repository(page, 'team').getByRole('link', { name: 'team' }).click();
  await soon(() => texts(page)).toEqual(['In both']);
  expect(new URL(page.url()).search).toBe('?repository=team');
  expect(await (await openFilters(page)).getByLabel('Repository').inputValue()).toBe('team');
  await searchField(page).fill('nothing like it');
  await page.getByText('Nothing found').waitFor();
});

for (const { how, deaf } of [
  { how: 'live', deaf: false },
  { how: 'without its events', deaf: true },
]) {
  test(`where one of two repositories refuses, a page ${how} says so, and completes it later`, async () => {
    const { url, api, clone } = await pageScene({ more: ['team'] });
    await commitFile(clone('team'), 'messages', 'A file where the folder should be\n', 'In the way');
    await soon(async () => (await api.repository('team')).state).toBe('unsafe');
    const expects = new RegExp(`${answeredWith(503).source}|${brokenConnection.source}`);
    const page = await openPage(browser(), url, { expects, path: '/openapi.json' });
    if (deaf) await page.route('**/events', (route) => route.abort());
    await page.goto(url);
    await soon(() => repository(page, 'team').textContent()).toContain(
      'There is a link or a file instead of the folder',
    );
    if (!deaf) await soon(() => connection(page).textContent()).toBe('Live');
    await targets(page).click();
    await composer(page).getByRole('checkbox', { name: 'All repositories' }).check();
    await post(page, 'Half way');
    const alert = composer(page).getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/saved in journal/);
    expect(await textField(page).inputValue()).toBe('Half way');
    expect(await log(clone('journal'), '%s')).toEqual(['Half way']);

    await git(clone('team'), 'rm', '--quiet', 'messages');
    await git(clone('team'), 'commit', '--quiet', '-m', 'Out of the way');
    await soon(async () => (await api.repository('team')).state).toBe('ready');
    await textField(page).press('Control+Enter');
    await soon(() => delivery(article(page, 'Half way')).count()).toBe(2);
    await soon(() => textField(page).inputValue()).toBe('');
    expect(await log(clone('journal'), '%s')).toEqual(['Half way']);
    expect(await log(clone('team'), '%s', '-1')).toEqual(['Half way']);
    expect(await api.messages()).toHaveLength(1);
  });
}
