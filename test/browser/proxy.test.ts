import { expect, test } from 'vitest';
import { answeredWith, brokenConnection, openPage, sharedBrowser, soon } from '../support/page.ts';
import { article, connection, post } from '../support/page-parts.ts';
import { processScene } from '../support/page-scene.ts';
import { startProxy } from '../support/proxy.ts';

const browser = sharedBrowser();
const token = 'an-access-token-of-a-test';
const headers = { Authorization: `Bearer ${token}` };
const noWorker = /An unknown error occurred when fetching the script/;
const expects = new RegExp(`${answeredWith(401, 502).source}|${brokenConnection.source}|${noWorker.source}`);

test('two gitposts below paths of one address work side by side, also without the servers', async () => {
  const proxy = await startProxy();
  const sceneAt = async (path: string) => {
    const env = { ACCESS_TOKEN: token, PUBLIC_URL: `${proxy.url}${path}` };
    const scene = await processScene({ env, headers });
    proxy.route(path, scene.url);
    return scene;
  };
  const [notes, diary] = [await sceneAt('/notes/'), await sceneAt('/diary/')];
  await notes.api.bulk(Array.from({ length: 120 }, (_, number) => ({ text: `Note ${number}` })));
  const page = await openPage(browser(), proxy.url, { path: '/notes/', expects, serviceWorkers: 'allow' });
  const other = await page.context().newPage();
  await other.goto(`${proxy.url}/diary/`);
  for (const [one, text] of [
    [page, 'In the notes #food'],
    [other, 'In the diary'],
  ] as const) {
    await one.getByLabel('Access token').fill(token);
    await one.getByLabel('Access token').press('Enter');
    await post(one, text);
    await article(one, text).waitFor();
    await soon(() => connection(one).textContent()).toBe('Live');
    await soon(() => one.evaluate<boolean>('navigator.serviceWorker.controller !== null')).toBe(true);
  }
  expect((await notes.api.messages('?q=food')).map(({ text }) => text)).toEqual(['In the notes #food']);
  expect((await diary.api.messages()).map(({ text }) => text)).toEqual(['In the diary']);
  await notes.api.create({ text: 'Comes by an event' });
  await article(page, 'Comes by an event').waitFor();

  await article(page, 'In the notes #food').getByRole('link', { name: '#food' }).click();
  await soon(() => new URL(page.url()).pathname).toBe('/notes/');
  expect(page.url()).toContain('tag=food');
  await page.goBack();
  await article(page, 'Note 119').waitFor();

  // Each keeps its own page, drafts and waiting messages, although both share one origin.
  const caches = await page.evaluate<string[]>('caches.keys()');
  expect(caches.map((name) => name.replace(/[0-9a-f]+$/, '')).sort()).toEqual([
    'gitpost:/diary/:',
    'gitpost:/notes/:',
  ]);
  await notes.crash();
  await post(page, 'Waits for the notes');
  await other.reload();
  await article(other, 'In the diary').waitFor();
  expect(await other.getByText('Waits for the notes').count()).toBe(0);
  await page.reload();
  await page.getByText('Waits for the notes').waitFor();
  await notes.start();
  // Sessions end with the process.
  await page.getByLabel('Access token').fill(token);
  await page.getByLabel('Access token').press('Enter');
  await soon(async () => (await notes.api.messages('?q=waits')).length).toBe(1);
  expect(await diary.api.messages()).toHaveLength(1);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Access token').waitFor();
  await other.reload();
  await article(other, 'In the diary').waitFor();
});
