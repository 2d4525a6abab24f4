import type { Browser } from 'playwright-core';
import { inject } from 'vitest';
import type {} from './browser-setup.ts';
import './interruption.ts';
import { atTestEnd } from './test-end.ts';

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];

/**
 * Starts a browser without a window. In a test it ends with the test; from `beforeAll`, close it in `afterAll`.
 * Where the test run is interrupted, playwright ends it.
 */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, env } = inject('browser');
  // Playwright asks for the home folder when it is loaded, and a user without one in a container has none.
  if (env) process.env.HOME ??= env.HOME;
  const { chromium } = await import('playwright-core');

  const program = executablePath ? { executablePath } : { channel: 'chrome' };
  const browser = await chromium.launch({ ...program, ...(env && { env }), args });
  atTestEnd(() => browser.close());
  return browser;
}
