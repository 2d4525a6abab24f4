import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { launchBrowser } from './browser.ts';

/** How long the page may take for what a person waits for; machines are shared. */
const patience = 60_000;

/** Starts one browser for all tests of a file and ends it after them. */
export function sharedBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  return () => browser as Browser;
}

export interface OpenOptions extends BrowserContextOptions {
  /** What the browser may complain about in this test, because the test breaks something on purpose. */
  expects?: RegExp;
  /** The path with its query; the timeline of everything without one. */
  path?: string;
}

/** A browser refuses to keep quiet about an answer of 400 and more, and about a connection that breaks. */
export const brokenConnection = /Failed to load resource: net::ERR_|net::ERR_INCOMPLETE_CHUNKED_ENCODING/;
export const answeredWith = (...statuses: number[]): RegExp =>
  new RegExp(`Failed to load resource: the server responded with a status of (${statuses.join('|')})`);

/**
 * Opens the page in a context of its own, as another person would. When the test is over the context is closed,
 * and the test fails where the page asked another host for anything, opened a dialog, broke its content
 * security policy or wrote an error to the console.
 */
export async function openPage(browser: Browser, url: string, options: OpenOptions = {}): Promise<Page> {
  const { expects, path = '/', ...rest } = options;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    // Most tests break the way to the server on purpose, and want no other one behind it.
    serviceWorkers: 'block',
    ...rest,
  });
  context.setDefaultTimeout(patience);
  const seen = await watch(context, new URL(url).origin);
  onTestFinished(async () => {
    await context.close();
    expect(seen.filter((trouble) => !expects?.test(trouble))).toEqual([]);
  });
  const page = await context.newPage();
  await page.goto(url + path);
  return page;
}

/** Collects everything that must not happen on any page of a context. */
async function watch(context: BrowserContext, origin: string): Promise<string[]> {
  const seen: string[] = [];
  context.on('request', (request) => {
    const address = request.url();
    // What the page itself holds in memory goes to no host.
    if (!address.startsWith(`${origin}/`) && !address.startsWith(`blob:${origin}/`))
      seen.push(`Request to ${address.slice(0, 200)}`);
  });
  context.on('console', (line) => {
    if (line.type() === 'error') seen.push(`Console: ${line.text()}`);
  });
  context.on('weberror', (error) => seen.push(`Exception: ${error.error().message}`));
  context.on('dialog', (dialog) => {
    seen.push(`Dialog: ${dialog.message()}`);
    // The page may be gone by then.
    dialog.dismiss().catch(() => undefined);
  });
  context.on('page', (page) => {
    page.on('popup', (popup) => seen.push(`Another page: ${popup.url()}`));
  });
  await context.addInitScript(`
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error('Policy violated: ' + violatedDirective + ' ' + blockedURI);
    });
  `);
  return seen;
}

/** Like `expect.poll`, with enough time for a busy machine. */
export const soon = <Value>(look: () => Value | Promise<Value>) =>
  expect.poll(look, { timeout: patience, interval: 50 });

/** Lets a test hold requests back until it says go on. */
export interface Gate {
  /** How many requests have come to it. */
  waiting(): number;
  open(): void;
}

/** Holds the requests of a page that fit, until the gate is opened. */
export async function gate(page: Page, fits: (url: URL, method: string) => boolean): Promise<Gate> {
  let waiting = 0;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  await page.route('**/*', async (route) => {
    const request = route.request();
    if (!fits(new URL(request.url()), request.method())) return route.fallback();
    waiting += 1;
    await opened;
    await route.continue();
  });
  return { waiting: () => waiting, open: () => open() };
}
