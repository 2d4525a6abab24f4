import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { log } from '../support/git.ts';
import { soon } from '../support/page.ts';
import { sharedProcessScene } from '../support/page-scene.ts';
import { type BrowserName, type RealBrowser, type Scheme, startBrowser } from '../support/real-browsers.ts';
import {
  article,
  button,
  connection,
  type RealPage,
  realPage,
  SEARCH,
  SEND,
  TEXT,
  WAITING,
} from '../support/real-page.ts';

const installed = inject('browsers');
const names = Object.keys(installed) as BrowserName[];
const RELOADS = 10;

const CODE = ['```js', 'export const answer = 42; // code has its colors', '```'].join('\n');

describe.each(names)('%s', (name) => {
  const scene = sharedProcessScene();
  const page = sharedPage(name, 'light');

  test('opens the page and writes', async () => {
    await page().open(scene().url);
    await page().shows(connection('Live'));
    await page().type(TEXT, `A haystack${SEND}`);
    await page().shows(article('A haystack'));
    await page().type(TEXT, `A needle in it${SEND}`);
    await page().shows(article('A needle'));
    expect(await log(scene().clone(), '%s', '-2', '--', 'messages')).toEqual([
      expect.stringContaining('A needle in it'),
      expect.stringContaining('A haystack'),
    ]);
    expect(await page().value(`document.querySelector('form textarea').value`)).toBe('');
  });

  test('edits', async () => {
    await page().type(article('A haystack'), 'e');
    await page().type('//form[@aria-label="Edit message"]//textarea', ', edited');
    await page().click(button('Save'));
    await page().shows(article('A haystack, edited'));
    const [, message] = await scene().api.messages();
    expect(message).toMatchObject({ text: 'A haystack, edited', revision: 2 });
  });

  test('searches', async () => {
    await page().type(SEARCH, 'needle');
    await page().shows('//article', 1);
    await page().shows(article('A needle'), 1);
    await page().click('//header//a[contains(., "gitpost")]');
    await page().shows('//article', 2);
  });

  test('pushes', async () => {
    await page().click(button('Push journal'));
    await page().shows(`${article('A needle')}//*[contains(., "pushed")]`);
    const { head } = await scene().api.repository('journal');
    expect(await log(scene().remote(), '%H', '-1')).toEqual([head]);
  });

  test('sends pictures, and a swipe leads from one to the next', async () => {
    await page().shows(button('Add files'));
    await page().value(`(async () => {
      const data = new DataTransfer();
      for (const [name, size] of [['one.png', 300], ['two.png', 200]]) {
        const canvas = new OffscreenCanvas(size, size);
        canvas.getContext('2d').fillRect(0, 0, size / 2, size);
        data.items.add(new File([await canvas.convertToBlob()], name, { type: 'image/png' }));
      }
      const input = document.querySelector('#composer input[type="file"]');
      input.files = data.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    })()`);
    for (const name of ['one.png', 'two.png']) await page().shows(button(`Remove ${name}`));
    await page().type(TEXT, `Two pictures${SEND}`);
    await page().shows(`${article('Two pictures')}//img`, 2);
    const [message] = await scene().api.messages();
    expect(message).toMatchObject({ attachments: [{ width: 300 }, { width: 200 }] });
    await page().click(button('View one.png'));
    const swipe = (from: number, to: number) =>
      page().value(`(() => {
        const target = document.querySelector('dialog.viewer');
        // WebKit on a desktop cannot construct the events of a touch screen.
        const send = (type, touches, changedTouches) =>
          target.dispatchEvent(Object.assign(new Event(type, { bubbles: true }), { touches, changedTouches }));
        send('touchstart', [{ clientX: ${from} }], [{ clientX: ${from} }]);
        send('touchend', [], [{ clientX: ${to} }]);
      })()`);
    await swipe(400, 100);
    await page().shows('//dialog[@aria-label="two.png"]');
    await page().picture(`${name}-viewer`);
    await swipe(100, 400);
    await page().shows('//dialog[@aria-label="one.png"]');
    await page().click('//dialog//button[normalize-space()="Close"]');
    await page().shows('//dialog', 0);
    await scene().api.delete(message?.id as string);
    await page().shows(article('Two pictures'), 0);
  });

  test('reloads again and again, and keeps a draft', async () => {
    await page().type(TEXT, 'Not sent yet');
    for (let n = 0; n < RELOADS; n += 1) {
      await page().reload();
      await page().shows('//article', 2);
    }
    await soon(() => page().value(`document.querySelector('form textarea').value`)).toBe('Not sent yet');
    await page().type(TEXT, SEND);
    await page().shows(article('Not sent yet'));
    expect(await scene().api.messages()).toHaveLength(3);
  });

  test('is light on a light system', async () => {
    await fill(page(), scene().url);
    await page().picture(`${name}-light`);
    expect(await brightness(page(), 'background-color')).toBeGreaterThan(200);
    expect(await brightness(page(), 'color')).toBeLessThan(80);
  });

  describe('on a dark system', () => {
    const dark = sharedPage(name, 'dark');

    test('is dark', async () => {
      await fill(dark(), scene().url);
      await dark().picture(`${name}-dark`);
      expect(await brightness(dark(), 'background-color')).toBeLessThan(60);
      expect(await brightness(dark(), 'color')).toBeGreaterThan(180);
    });
  });

  test('opens and writes without the server, and sends when it is back', async () => {
    await soon(() => page().value('navigator.serviceWorker.controller !== null')).toBe(true);
    // The server that comes back ends with this test, so it is the last one.
    await scene().crash();
    await page().shows(connection('Reconnecting…'));
    await page().type(TEXT, `Written offline${SEND}`);
    await page().shows(`${WAITING}[contains(., "Written offline")]`);
    await page().reload();
    await page().shows(`${WAITING}[contains(., "Written offline")]`);
    await page().picture(`${name}-offline`);
    await scene().start();
    await page().shows(article('Written offline'));
    await page().shows(WAITING, 0);
    const messages = await scene().api.messages();
    expect(messages.filter(({ text }) => text === 'Written offline')).toHaveLength(1);
  });

  /** Shows something of every kind. */
  async function fill(shown: RealPage, url: string): Promise<void> {
    const { api } = scene();
    await api.create({
      text: '# A title\n\nSome **bold** words, `code` and a list:\n\n- one\n- two',
      type: 'markdown',
    });
    await api.create({ text: CODE, type: 'markdown' });
    await api.create({ text: 'Water the plants', type: 'task' });
    await api.create({ text: 'A page', type: 'link', url: 'https://example.org/' });
    await shown.open(url);
    await shown.shows(connection('Live'));
    await shown.shows(article('A page'));
    // Markdown comes a moment later, with the colors of code.
    await shown.shows('//article//strong[.="bold"]');
    await shown.shows('//article//pre//span');
    await shown.shows(button('Push journal'));
  }
});

/** One browser with one page for all tests of a `describe`. */
function sharedPage(name: BrowserName, scheme: Scheme): () => RealPage {
  let browser: RealBrowser | undefined;
  let page: RealPage | undefined;
  beforeAll(async () => {
    browser = await startBrowser(name, installed, scheme);
    page = realPage(browser);
  });
  afterAll(() => browser?.end());
  return () => page as RealPage;
}

/** How bright a color of the page is, from 0 to 255, whatever way the browser writes colors. */
async function brightness(page: RealPage, property: string): Promise<number> {
  return page.value(`(() => {
    const context = document.createElement('canvas').getContext('2d');
    context.fillStyle = getComputedStyle(document.body).getPropertyValue('${property}');
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
  })()`);
}
