import { expect, test } from 'vitest';
import { answeredWith, brokenConnection, openPage, sharedBrowser, soon } from '../support/page.ts';
import { article, composer, connection, post, textField } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const token = 'an-access-token-of-a-test';
const scene = sharedScene({
  env: { ACCESS_TOKEN: token },
  headers: { Authorization: `Bearer ${token}` },
});
const expects = answeredWith(401);

test('a wrong token is said, the right one opens the timeline, and signing out closes it', async () => {
  const { url, api } = scene();
  await api.create({ text: 'For those who may' });
  // Signing out cuts off whatever is still being read.
  const cutOff = new RegExp(`${expects.source}|${brokenConnection.source}`);
  const page = await openPage(browser(), url, { expects: cutOff });
  const field = page.getByLabel('Access token');
  const signIn = page.getByRole('form', { name: 'Sign in' });
  await field.waitFor();
  expect(await field.getAttribute('type')).toBe('password');
  expect(await page.getByText('For those who may').count()).toBe(0);
  expect(await composer(page).count()).toBe(0);

  await field.fill('not-the-token-of-this');
  await field.press('Enter');
  await soon(() => signIn.getByRole('alert').textContent()).toMatch(/\w/);
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByText('For those who may').count()).toBe(0);

  await field.fill(token);
  await signIn.getByRole('button', { name: 'Sign in' }).click();
  await article(page, 'For those who may').waitFor();
  await soon(() => connection(page).textContent()).toBe('Live');
  expect(page.url()).not.toContain(token);
  await post(page, 'Inside #private');
  await article(page, 'Inside').waitFor();
  await page.reload();
  await page.getByRole('navigation').getByRole('link', { name: '#private' }).waitFor();
  await article(page, 'Inside').waitFor();

  // The cookie alone opens it, and no script can read that.
  const cookies = await page.context().cookies();
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
  const kept = await page.evaluate<string>('JSON.stringify(localStorage) + document.cookie');
  expect(kept).not.toContain(token);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await field.waitFor();
  expect(await page.getByText('For those who may').count()).toBe(0);
  expect(await page.evaluate<string>('JSON.stringify(localStorage)')).not.toContain('private');
  const status = await page.evaluate<number>('fetch("/messages").then((answer) => answer.status)');
  expect(status).toBe(401);
  await page.reload();
  await field.waitFor();
});

test('who is signed out in the middle of a sentence signs in again and goes on', async () => {
  const page = await openPage(browser(), scene().url, { expects });
  await page.getByLabel('Access token').fill(token);
  await page.getByLabel('Access token').press('Enter');
  await textField(page).fill('In the middle of');
  await page.context().clearCookies();
  // Whatever the page asks for next may have closed the composer by now.
  await page.keyboard.press('Control+Enter');
  await page.getByLabel('Access token').fill(token);
  await page.getByLabel('Access token').press('Enter');
  await soon(() => textField(page).inputValue()).toBe('In the middle of');
  await textField(page).press('Control+Enter');
  await article(page, 'In the middle of').waitFor();
  expect((await scene().api.messages('?q=middle')).map(({ text }) => text)).toEqual(['In the middle of']);
});

test('a refusal of what was asked before the sign-in does not ask for another one', async () => {
  const { url } = scene();
  const page = await openPage(browser(), url, { path: '/favicon.svg', expects });
  let asked = 0;
  let letGo = () => {};
  const signedIn = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route('**/repositories', async (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    const refused = await route.fetch();
    await signedIn;
    await route.fulfill({ response: refused });
  });
  await page.goto(url);
  await page.getByLabel('Access token').fill(token);
  await page.getByLabel('Access token').press('Enter');
  await soon(() => connection(page).textContent()).toBe('Live');
  expect(asked).toBeGreaterThan(1);
  const late = page.waitForResponse((response) => response.status() === 401);
  letGo();
  await late;
  await textField(page).fill('Still here');
  await soon(() => connection(page).textContent()).toBe('Live');
  expect(await textField(page).inputValue()).toBe('Still here');
});

test('only who has signed in is offered to sign out', async () => {
  const page = await openPage(browser(), scene().url, { expects });
  await page.getByLabel('Access token').waitFor();
  expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
  await page.getByLabel('Access token').fill(token);
  await page.getByLabel('Access token').press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
});
