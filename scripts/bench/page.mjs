// The page with a large archive, in a real browser: how soon it shows messages, and how long scrolling keeps it busy.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeArchive } from './archive.mjs';
import { environment, folder, quick } from './environment.mjs';
import { allCommitsKnown, startGitpost } from './gitpost.mjs';
import { median } from './measure.mjs';

const MESSAGES = quick ? 10_000 : 100_000;
const [OPENINGS, TURNS] = quick ? [3, 100] : [7, 400];
const WINDOW = { width: 1280, height: 800 };

export async function pageRows() {
  const remote = join(folder, 'page-archive.git');
  await makeArchive(remote, MESSAGES);
  const gitpost = await startGitpost('page', remote);
  await gitpost.ready();
  // While a large archive is read for the first time, a page hears of each of its messages.
  await allCommitsKnown(gitpost, '2017-01-01T00:00:00.000Z');
  const browser = await launch();
  try {
    const paints = [];
    for (let opening = 0; opening < OPENINGS; opening += 1)
      paints.push(await firstMessages(browser, gitpost.url));
    const { longest, rows } = await scrolled(browser, gitpost.url);
    const size = MESSAGES.toLocaleString('en');
    const of = (work, ours, theirs) => ({ work, against: 'the aim', ours, theirs, unit: 'ms', aim: '≤ 1' });
    return [
      of(`page of ${size} messages, until the newest are shown`, median(paints), 1000),
      of(`scrolling through ${rows.toLocaleString('en')} of them, longest task`, longest, 50),
    ];
  } finally {
    await browser.close();
    await gitpost.stop();
  }
}

/** Milliseconds from the start of the navigation until messages stand in the page. */
async function firstMessages(browser, url) {
  const page = await browser.newPage({ viewport: WINDOW });
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForSelector('article', { state: 'visible' });
  const shown = await page.evaluate(() => performance.now());
  await page.context().close();
  return shown;
}

/** Turns the wheel up through the timeline, as fast as a person does; tasks are told by the browser itself. */
async function scrolled(browser, url) {
  const page = await browser.newPage({ viewport: WINDOW });
  await page.goto(url);
  await page.waitForSelector('article', { state: 'visible' });
  await page.waitForTimeout(2000);
  await page.evaluate(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ type: 'longtask' });
    globalThis.seen = new Set();
    setInterval(() => {
      for (const row of document.querySelectorAll('article')) globalThis.seen.add(row.id || row.textContent);
    }, 200);
  });
  await page.mouse.move(WINDOW.width / 2, WINDOW.height / 2);
  for (let turn = 0; turn < TURNS; turn += 1) {
    await page.mouse.wheel(0, -400);
    await page.waitForTimeout(30);
  }
  const found = await page.evaluate(() => ({ longest: globalThis.longest, rows: globalThis.seen.size }));
  await page.context().close();
  // The browser tells only of tasks over 50 ms.
  return { ...found, longest: found.longest || 50 };
}

/** The browser that the tests use. */
async function launch() {
  const { chromium } = await import('playwright-core');
  const args = ['--no-sandbox', '--no-zygote', '--disable-gpu'];
  const named = process.env.GITPOST_TEST_CHROME;
  if (named) return chromium.launch({ executablePath: named, args });
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return chromium.launch({ channel: 'chrome', args });
  const place = join(folder, 'chromium');
  mkdirSync(place);
  const env = { PATH: environment.PATH, HOME: place, TMPDIR: place };
  const unpack = fileURLToPath(new URL('../../test/support/unpack-chromium.mjs', import.meta.url));
  execFileSync(process.execPath, [unpack], { env });
  return chromium.launch({
    executablePath: join(place, 'chromium'),
    env: {
      ...env,
      LD_LIBRARY_PATH: join(place, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(place, 'fonts.conf'),
    },
    args,
  });
}
