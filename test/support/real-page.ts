import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { soon } from './page.ts';
import type { RealBrowser } from './real-browsers.ts';

// What a person does on the page in a browser that Playwright does not drive.

export const TEXT = '//form[@aria-label="New message"]//textarea';
export const SEARCH = '//input[@aria-label="Search messages"]';
export const WAITING = '//li[@data-waiting]';
export const article = (text: string): string => `//article[contains(., "${text}")]`;
export const button = (name: string): string =>
  `//button[normalize-space()="${name}" or @aria-label="${name}"]`;
export const connection = (words: string): string => `//header//*[@class="connection"][.="${words}"]`;

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const [CONTROL, ENTER] = ['\uE009', '\uE007'];
export const SEND = `${CONTROL}${ENTER}`;

/** The page in a real browser; a place on it is named by an XPath. */
export interface RealPage {
  open(url: string): Promise<void>;
  /** Reloads as a person does, and waits until the next page is there. */
  reload(): Promise<void>;
  /** Waits until it is there, and clicks on it. */
  click(place: string): Promise<void>;
  /** Waits until it is there, and types into it. */
  type(place: string, text: string): Promise<void>;
  count(place: string): Promise<number>;
  /** Waits until there are so many. */
  shows(place: string, times?: number): Promise<void>;
  /** What an expression of JavaScript, which may be a promise, comes to. */
  value<Value>(expression: string): Promise<Value>;
  /** Takes a picture into `test/screenshots`. */
  picture(name: string): Promise<void>;
}

export function realPage({ send }: RealBrowser): RealPage {
  const find = async (value: string): Promise<string[]> => {
    const found = (await send('find', { using: 'xpath', value })) as Record<string, string>[];
    return found.map((element) => element[ELEMENT] ?? '');
  };
  const count = async (place: string) => (await find(place)).length;
  const shows = async (place: string, times?: number) => {
    if (times === undefined) await soon(() => count(place)).toBeGreaterThan(0);
    else await soon(() => count(place)).toBe(times);
  };
  const first = async (place: string): Promise<string> => {
    await shows(place);
    return (await find(place))[0] ?? '';
  };
  const value = async <Value>(expression: string): Promise<Value> => {
    const script = `
      const done = arguments[arguments.length - 1];
      Promise.resolve(${expression}).then(done, (error) => done(String(error)));
    `;
    return (await send('script', { script, args: [] })) as Value;
  };
  return {
    open: async (url) => void (await send('navigate', { url })),
    async reload() {
      // The command of WebDriver goes around the service worker in Firefox; a person's reload does not.
      await value(
        `[document.documentElement.dataset.old = 'old', setTimeout(() => location.reload())].length`,
      );
      await soon(() => value('document.documentElement.dataset.old === undefined')).toBe(true);
    },
    click: async (place) => void (await send('click', { id: await first(place) })),
    type: async (place, text) => void (await send('keys', { id: await first(place), text })),
    count,
    shows,
    value,
    async picture(name) {
      const file = fileURLToPath(new URL(`../screenshots/${name}.png`, import.meta.url));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, Buffer.from((await send('screenshot')) as string, 'base64'));
    },
  };
}
