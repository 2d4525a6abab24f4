import { expect, test } from 'vitest';
import { answeredWith, brokenConnection, openPage, sharedBrowser, soon } from '../support/page.ts';
import { article, connection, post, textField } from '../support/page-parts.ts';
import { pageScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const token = 'an-access-token-of-a-test';
const options = { env: { ACCESS_TOKEN: token }, headers: { Authorization: `Bearer ${token}` } };
const expects = new RegExp(`${answeredWith(401).source}|${brokenConnection.source}|Request to `);

test('two gitposts on one host are signed in to side by side', async () => {
  const [first, second] = [await pageScene(options), await pageScene(options)];
  const page = await openPage(browser(), first.url, { expects });
  const other = await page.context().newPage();
  await other.goto(second.url);
  for (const [one, text] of [
    [page, 'In the first'],
    [other, 'In the second'],
  ] as const) {
    await one.getByLabel('Access token').fill(token);
    await one.getByLabel('Access token').press('Enter');
    await post(one, text);
    await article(one, text).waitFor();
  }
  await page.reload();
  await article(page, 'In the first').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Access token').waitFor();
  await other.reload();
  await article(other, 'In the second').waitFor();
  await post(other, 'Still signed in');
  await article(other, 'Still signed in').waitFor();
});

test('a sign-out in one tab closes the others, and a sign-in opens them again', async () => {
  const { url, api } = await pageScene(options);
  const page = await openPage(browser(), url, { expects });
  await page.getByLabel('Access token').fill(token);
  await page.getByLabel('Access token').press('Enter');
  await post(page, 'Before');
  await article(page, 'Before').waitFor();
  const other = await page.context().newPage();
  await other.goto(url);
  await article(other, 'Before').waitFor();
  await soon(() => connection(other).textContent()).toBe('Live');
  await textField(other).fill('Half a sentence');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await other.getByLabel('Access token').waitFor();
  await api.create({ text: 'For those who are signed in' });
  expect(await other.getByText('For those who are signed in').count()).toBe(0);
  expect(await other.getByText('Before').count()).toBe(0);

  await page.getByLabel('Access token').fill(token);
  await page.getByLabel('Access token').press('Enter');
  await article(other, 'For those who are signed in').waitFor();
  await soon(() => connection(other).textContent()).toBe('Live');
  expect(await textField(other).inputValue()).toBe('Half a sentence');
});

test('a cookie of the same name for a part of the site locks nobody out', async () => {
  const { url } = await pageScene(options);
  const page = await openPage(browser(), url, { expects });
  await page.getByLabel('Access token').fill(token);
  await page.getByLabel('Access token').press('Enter');
  await post(page, 'Inside');
  await article(page, 'Inside').waitFor();
  const [cookie] = await page.context().cookies();
  // A cookie of a longer path is sent first.
  const shadow = { name: cookie?.name ?? '', value: 'shadow', domain: '127.0.0.1', path: '/messages' };
  await page.context().addCookies([shadow]);
  await page.reload();
  await article(page, 'Inside').waitFor();
  await post(page, 'Still inside');
  await article(page, 'Still inside').waitFor();
});
