import { rename, rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import { panel, repository } from '../support/page-parts.ts';
import { pageScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const nowhere = ['http://127.0.0.1:1/team/away.git', 'http://127.0.0.1:1/team/gone.git'];

const names = (page: Page): Promise<string[]> => panel(page).locator('h3 a').allTextContents();

test('a push of all is summed up, and leads to the first repository that needs a person', async () => {
  const { url, api } = await pageScene({ more: ['team'], addresses: nowhere });
  await api.create({ text: 'To all of them', repositories: 'all' });
  const page = await openPage(browser(), url, { expects: answeredWith(502) });
  await repository(page, 'gone').waitFor();
  const summary = panel(page).getByRole('status');
  expect(await summary.textContent()).toBe('');

  await panel(page).getByRole('button', { name: 'Push all' }).click();
  await soon(() => summary.textContent()).toBe('2 done · 2 need attention');
  expect(await names(page)).toEqual(['journal', 'team', 'away', 'gone']);
  await repository(page, 'team').scrollIntoViewIfNeeded();
  await summary.getByRole('button', { name: '2 need attention' }).click();
  expect(await page.locator(':focus').textContent()).toBe('away');
  expect(await repository(page, 'away').getByRole('heading').isVisible()).toBe(true);
});

test('a repository stays in its place when its state changes', async () => {
  const { url, api, remote } = await pageScene({ more: ['team', 'diary'] });
  const page = await openPage(browser(), url, { expects: answeredWith(502) });
  await soon(() => names(page)).toEqual(['journal', 'team', 'diary']);
  await rename(remote('diary'), remote('elsewhere'));
  await api.send('POST', '/push', { json: { repositories: ['diary'] } });
  await soon(() => repository(page, 'diary').getAttribute('data-needs-you')).toBe('true');
  expect(await names(page)).toEqual(['journal', 'team', 'diary']);
});

test('on a narrow screen the way to the repositories says what waits there, and for whom', async () => {
  const { url, api, remote } = await pageScene({ more: ['team'] });
  await api.create({ text: 'To both', repositories: 'all' });
  const viewport = { width: 375, height: 760 };
  const page = await openPage(browser(), url, { expects: answeredWith(502), viewport });
  const bar = page.getByRole('banner');
  await bar.getByRole('button', { name: /^Menu ?, 2 to push$/ }).waitFor();
  expect(await bar.locator('[data-tone="bad"]').count()).toBe(0);
  await bar.getByRole('button').click();
  await rm(remote('team'), { recursive: true });
  await panel(page).getByRole('button', { name: 'Push all' }).click();
  await bar.getByRole('button', { name: /^Menu ?, 1 to push, 1 needs attention$/ }).waitFor();
  await bar.locator('[data-tone="bad"]').waitFor({ state: 'attached' });
});
