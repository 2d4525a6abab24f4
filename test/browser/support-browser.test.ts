import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';

test('a real browser renders a page and runs its script', async () => {
  const html =
    '<!doctype html><title>Proof</title><h1><span>Hello</span></h1><script>document.title += "!"</script>';
  const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(html));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());

  const browser = await launchBrowser();
  // A second context proves that the browser outlives its first one.
  await (await browser.newContext()).close();
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

  expect(await page.title()).toBe('Proof!');
  expect(await page.locator('h1').textContent()).toBe('Hello');
  // Without a font, the text would have no width.
  expect((await page.locator('span').boundingBox())?.width).toBeGreaterThan(20);
  expect((await page.screenshot()).length).toBeGreaterThan(1000);
});
