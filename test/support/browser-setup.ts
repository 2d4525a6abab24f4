import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { unpackedChromium } from './chromium.ts';
import { scratchFolder } from './scratch.ts';

/** How tests start the browser; `env` only where it needs one of its own. */
export interface BrowserProgram {
  executablePath?: string;
  env?: Record<string, string> & { HOME: string };
}

declare module 'vitest' {
  export interface ProvidedContext {
    browser: BrowserProgram;
  }
}

const cleanUps: Array<() => Promise<void>> = [];

/** Finds or unpacks a browser before the first browser test. */
export async function setup(project: TestProject): Promise<void> {
  project.provide('browser', await browserProgram());
}

/** Removes what only this run needed. */
export async function teardown(): Promise<void> {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
}

async function browserProgram(): Promise<BrowserProgram> {
  const named = process.env.GITPOST_TEST_CHROME;
  if (named) return { executablePath: named };
  // The package is for this platform alone; elsewhere an installed Chrome is used.
  if (process.platform !== 'linux' || process.arch !== 'x64') return {};

  const { folder, temporary } = await unpackedChromium();
  if (temporary) cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const home = await scratchFolder();
  cleanUps.push(home.remove);
  return {
    executablePath: join(folder, 'chromium'),
    // These libraries are for the browser alone; the person's own home and fonts would change what it shows.
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: home.path,
      TMPDIR: tmpdir(),
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      // Pictures for people need a monospaced font, which the browser does not bring.
      ...(process.env.GITPOST_SYSTEM_FONTS ? {} : { FONTCONFIG_FILE: join(folder, 'fonts.conf') }),
    },
  };
}
