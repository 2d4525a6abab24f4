import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { log } from '../support/git.ts';
import { answeredWith, brokenConnection, openPage, sharedBrowser, soon } from '../support/page.ts';
import {
  article,
  composer,
  connection,
  post,
  postWell,
  textField,
  texts,
  timeline,
  waiting,
  writeAs,
} from '../support/page-parts.ts';
import { pageScene, processScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const allowed = { serviceWorkers: 'allow' } as const;
// The browser looks for a new service worker when it likes, and says so where there is nobody.
const noWorker = /An unknown error occurred when fetching the script/;
const unreachable = new RegExp(`${brokenConnection.source}|${noWorker.source}`);
const whileAway = new RegExp(`${unreachable.source}|${answeredWith(409, 422).source}`);

/** Waits until the page is kept for when the server is away. */
const isKept = (page: Page) =>
  soon(() => page.evaluate<boolean>('navigator.serviceWorker.controller !== null')).toBe(true);

/** The paths of all that the browser keeps of answers. */
const keptPaths = (page: Page) =>
  page.evaluate<string[]>(`(async () => {
    const paths = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname);
    }
    return paths.sort();
  })()`);

test('what is written while the server is away survives a reload, and is sent in order with its time', async () => {
  const { url, api, clone, crash, start } = await processScene();
  const page = await openPage(browser(), url, { ...allowed, expects: whileAway });
  await writeAs(page, 'Ann');
  await postWell(page, 'Before');
  await isKept(page);

  await crash();
  await soon(() => connection(page).textContent()).toBe('Reconnecting…');
  const from = Date.now();
  await postWell(page, 'First');
  await postWell(page, 'Second');
  await soon(() => waiting(page).count()).toBe(2);
  expect(await waiting(page, 'First').textContent()).toMatch(/Ann.*waiting for the server/s);
  await article(page, 'Before').waitFor();

  // There is nobody to ask, and the page opens all the same.
  await page.reload();
  await soon(() => waiting(page).count()).toBe(2);
  await timeline(page).getByText('The server can’t be reached').waitFor();
  await postWell(page, 'Third');
  await soon(() => waiting(page).count()).toBe(3);
  const until = Date.now();

  await start();
  await soon(() => texts(page)).toEqual(['Before', 'First', 'Second', 'Third']);
  await soon(() => waiting(page).count()).toBe(0);
  const stored = (await api.messages()).slice(0, 3);
  expect(stored.map(({ text }) => text)).toEqual(['Third', 'Second', 'First']);
  for (const { createdAt, author } of stored) {
    expect(author).toBe('Ann');
    expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(from);
    expect(Date.parse(createdAt)).toBeLessThanOrEqual(until);
  }
  expect(await log(clone(), '%an|%s')).toEqual(['Ann|Third', 'Ann|Second', 'Ann|First', 'Ann|Before']);
  const seconds = stored.map(({ createdAt }) => `${createdAt.slice(0, 19)}+00:00`);
  expect((await log(clone(), '%aI', '-3')).map((date) => date.replace('Z', '+00:00'))).toEqual(seconds);

  await page.reload();
  await soon(() => texts(page)).toEqual(['Before', 'First', 'Second', 'Third']);
  expect(await waiting(page).count()).toBe(0);
});

test('a message that waited and is refused holds up no other, and nothing is lost', async () => {
  const { url, api, crash, start } = await processScene();
  const page = await openPage(browser(), url, { ...allowed, expects: whileAway });
  await soon(() => connection(page).textContent()).toBe('Live');
  await crash();
  const credential = ['ghp', 'aB3'.repeat(12)].join('_');
  await postWell(page, `My key is ${credential}`);
  await postWell(page, 'My other words');
  await soon(() => waiting(page).count()).toBe(2);

  await start();
  await article(page, 'My other words').waitFor();
  const refused = waiting(page, 'My key');
  await soon(() => refused.textContent()).toMatch(/Not saved.*GitHub token/s);
  expect(await refused.textContent()).not.toContain('confirm');
  expect((await api.messages()).map(({ text }) => text)).toEqual(['My other words']);

  // Taken back, it is where it was written; what stands there already is not trampled.
  await textField(page).fill('Half a thought');
  await refused.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('alert').getByText('Nothing is lost').waitFor();
  expect(await textField(page).inputValue()).toBe('Half a thought');
  await textField(page).fill('');
  await refused.getByRole('button', { name: 'Edit' }).click();
  await soon(() => textField(page).inputValue()).toBe(`My key is ${credential}`);
  await soon(() => waiting(page).count()).toBe(0);
  await textField(page).press('Control+Enter');
  await composer(page).getByRole('alertdialog').getByRole('button', { name: 'Save it anyway' }).click();
  await article(page, credential).waitFor();
  expect(await api.messages()).toHaveLength(2);
});

test('another tab sees what waits, and both together send it once', async () => {
  const { url, api, clone, crash, start } = await processScene();
  const one = await openPage(browser(), url, { ...allowed, expects: whileAway });
  const two = await one.context().newPage();
  await two.goto(url);
  await soon(() => connection(two).textContent()).toBe('Live');
  await crash();
  await postWell(one, 'From the first');
  await waiting(two, 'From the first').waitFor();
  await postWell(two, 'From the second');
  await waiting(one, 'From the second').waitFor();
  await start();
  for (const page of [one, two]) {
    await soon(() => texts(page)).toEqual(['From the first', 'From the second']);
    await soon(() => waiting(page).count()).toBe(0);
  }
  expect(await api.messages()).toHaveLength(2);
  expect(await log(clone(), '%s')).toEqual(['From the second', 'From the first']);
});

test('nothing that the server said is kept in the browser', async () => {
  const token = 'a-token-for-this-test';
  const headers = { Authorization: `Bearer ${token}` };
  const { url, api, crash } = await processScene({ env: { ACCESS_TOKEN: token }, headers });
  await api.create({ text: 'Only for who may read' });
  const expects = new RegExp(`${unreachable.source}|${answeredWith(401).source}`);
  const page = await openPage(browser(), url, { ...allowed, expects });
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await article(page, 'Only for who may read').waitFor();
  await isKept(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Access token').waitFor();

  const paths = await keptPaths(page);
  expect(paths).toContain('/');
  expect(
    paths.filter(
      (path) =>
        !/^\/(favicon(-unread)?\.svg|icon-192\.png|manifest\.webmanifest|assets\/[\w-]+\.(js|css))?$/.test(
          path,
        ),
    ),
  ).toEqual([]);
  await crash();
  await page.reload();
  await timeline(page).getByText('The server can’t be reached').waitFor();
  expect(await timeline(page).getByRole('article').count()).toBe(0);
});

/** Stands in front of a gitpost as another build of it: its page has another title. */
async function frontOf(target: string): Promise<{ url: string; update(): void; close(): Promise<void> }> {
  let build = 1;
  const server: Server = createServer((request, response) => {
    const { hostname: host, port } = new URL(target);
    const options = { host, port, path: request.url, method: request.method };
    forward({ ...options, headers: { ...request.headers, host: `${host}:${port}` } }, (answer) => {
      const type = answer.headers['content-type'] ?? '';
      const isPage = type.startsWith('text/html') || request.url === '/service-worker.js';
      const headers = { ...answer.headers };
      if (isPage) for (const name of ['content-length', 'etag', 'last-modified']) delete headers[name];
      response.writeHead(isPage ? 200 : (answer.statusCode ?? 502), headers);
      if (!isPage) return void answer.pipe(response);
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const title = text.replace('<title>gitpost', `<title>gitpost ${build}`);
        response.end(title.replaceAll(/"[0-9a-f]{12}"/g, `"build-${build}"`));
      });
    })
      .on('error', () => response.destroy())
      .end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  const update = () => {
    build += 1;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, update, close };
}

test('a new build is taken up by itself, and is the one that opens without the server', async () => {
  const { url } = await pageScene();
  const front = await frontOf(url);
  const page = await openPage(browser(), front.url, { ...allowed, expects: unreachable });
  await isKept(page);
  expect(await page.title()).toBe('gitpost 1');
  await textField(page).fill('In the middle of a');

  front.update();
  await page.reload();
  expect(await page.title()).toBe('gitpost 2');
  await page.getByRole('alert').getByText('gitpost was updated').waitFor();
  await page.getByRole('button', { name: 'Reload' }).click();
  await soon(() => textField(page).inputValue()).toBe('In the middle of a');
  await soon(() => page.evaluate<string[]>('caches.keys()')).toEqual(['gitpost:/:build-2']);

  await front.close();
  await page.reload();
  expect(await page.title()).toBe('gitpost 2');
  await soon(() => textField(page).inputValue()).toBe('In the middle of a');
  await post(page, 'In the middle of a sentence');
  await waiting(page, 'a sentence').waitFor();
});

test('the last messages can be read without the server, and what another app shares lands in the text', async () => {
  const { url, api, crash } = await processScene();
  await api.create({ text: 'Read me later', author: 'Bea' });
  const page = await openPage(browser(), url, { ...allowed, expects: whileAway });
  await article(page, 'Read me later').waitFor();
  await isKept(page);
  const kept = () =>
    page.evaluate<number>(`new Promise(async (resolve) => {
      // Opening it before the page has made it would make an empty one.
      if (!(await indexedDB.databases()).some(({ name }) => name === 'gitpost.pages')) return resolve(0);
      const opening = indexedDB.open('gitpost.pages', 1);
      opening.onsuccess = () => {
        const asked = opening.result.transaction('pages').objectStore('pages').get('newest');
        asked.onsuccess = () => { opening.result.close(); resolve(asked.result?.length ?? 0); };
      };
    })`);
  await soon(kept).toBe(1);
  await crash();
  await page.goto(
    `${url}/?share-title=A+page&share-text=Words+https://example.org/&share-url=https://example.org/`,
  );
  await article(page, 'Read me later').waitFor();
  await timeline(page).getByText('the last messages that this browser has seen').waitFor();
  expect(await textField(page).inputValue()).toBe('A page\nWords https://example.org/');
  expect(new URL(page.url()).search).toBe('');
});
