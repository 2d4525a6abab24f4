// Runs the page in Firefox and WebKit, whichever is installed. Chromium has its own, larger suite in `npm test`.
//   npm run browsers                 every browser that is installed
//   npm run browsers -- webkit       only this one
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { findProgram } from './programs.mjs';

const NAMES = { firefox: 'Firefox', webkit: 'WebKit' };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in NAMES));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Choose from ${Object.keys(NAMES).join(' and ')}.`);
  process.exit(1);
}
const isWanted = (/** @type {string} */ name) => wanted.length === 0 || wanted.includes(name);

/** @type {{ firefox?: string, webkit?: { driver: string, screen: string } }} */
const browsers = {};
if (isWanted('firefox')) {
  const firefox = findProgram('firefox-esr', 'firefox');
  if (firefox) browsers.firefox = firefox;
  else console.log('Firefox is not installed. On Debian: apt-get install firefox-esr');
}
if (isWanted('webkit')) {
  const [driver, screen] = [findProgram('WebKitWebDriver'), findProgram('Xvfb')];
  if (driver && screen) browsers.webkit = { driver, screen };
  else console.log('WebKit is not installed. On Debian: apt-get install webkit2gtk-driver xvfb');
}

if (Object.keys(browsers).length === 0) {
  console.log('No browser was tested.');
} else {
  const vitest = await startVitest('test', [], {
    root: join(dirname(fileURLToPath(import.meta.url)), '..'),
    config: false,
    watch: false,
    include: ['test/browsers/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    reporters: ['verbose'],
    provide: { browsers },
  });
  await vitest.close();
  const tested = Object.keys(browsers).map((name) => NAMES[/** @type {keyof typeof NAMES} */ (name)]);
  console.log(`Tested in ${tested.join(' and ')}. The pictures are in test/screenshots.`);
}
