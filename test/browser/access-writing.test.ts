import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { commitFile, git } from '../support/git.ts';
import { answeredWith, brokenConnection, openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { tooWide } from '../support/page-looks.ts';
import {
  article,
  composer,
  connection,
  openSettings,
  openSide,
  panel,
  post,
  postWell,
  repository,
  textField,
  timeline,
  waiting,
} from '../support/page-parts.ts';
import { type PageScene, processScene } from '../support/page-scene.ts';
import { firstOf } from '../support/rounds.ts';

const browser = sharedBrowser();
const screenshots = fileURLToPath(new URL('../screenshots/', import.meta.url));
const longName = 'a-team-whose-name-somebody-thought-about-for-too-long';
const credential = ['ghp', 'aB3'.repeat(12)].join('_');

beforeAll(async () => {
  await mkdir(screenshots, { recursive: true });
});

/** A repository whose history was rewritten, and a line that nobody can read. */
async function makeTroubles({ api, clone, remote }: PageScene): Promise<void> {
  await api.create({ text: 'It will be gone', repositories: [longName] });
  await api.sync('push', longName);
  await git(remote(longName), 'update-ref', 'refs/heads/main', 'main~1');
  expect((await api.sync('pull', longName)).status).toBe('rewritten');
  await commitFile(clone('journal'), join('messages', 'by-hand.jsonl'), 'not a line at all\n', 'By hand');
  await soon(async () => (await api.repository('journal')).problems).toHaveLength(1);
}

const screens = [
  { width: 375, colours: 'dark' },
  { width: 1280, colours: 'light' },
  { width: 320, colours: 'light' },
] as const;

test.each(firstOf(screens, 2))(
  'writing can be seen and told, $width wide in $colours colours',
  async ({ width, colours }) => {
    const scene = await processScene({ more: [longName] });
    await scene.api.create({ text: 'مرحبا، هل وصلت؟', author: 'ليلى', repositories: 'all' });
    await makeTroubles(scene);
    const isPhone = width < 1000;
    const page = await openPage(browser(), scene.url, {
      serviceWorkers: 'allow',
      expects: new RegExp(`${brokenConnection.source}|${answeredWith(422).source}`),
      viewport: { width, height: 760 },
      colorScheme: colours,
      reducedMotion: 'reduce',
      ...(isPhone && { isMobile: true, hasTouch: true, deviceScaleFactor: 2 }),
    });
    const expectGood = async (what: string) => {
      await page.screenshot({ path: `${screenshots}${width}-${colours}-${what}.png` });
      expect(await troubles(page), what).toEqual([]);
      expect(await tooWide(page), what).toEqual([]);
    };
    await article(page, 'مرحبا').waitFor();
    await textField(page).fill('# A plan\n\n- [ ] bread\n- [x] milk\n\n```ts\nconst a = 1;\n```');
    await composer(page).getByRole('button', { name: 'Preview' }).click();
    await soon(() => composer(page).locator('.hljs-keyword').count()).toBe(1);
    await expectGood('preview');
    await composer(page).getByRole('button', { name: 'Preview' }).click();
    await textField(page).fill('');
    await post(page, `My key is ${credential}`);
    await composer(page).getByRole('alertdialog').waitFor();
    await expectGood('question');
    await composer(page).getByRole('button', { name: 'Keep writing' }).click();
    await textField(page).fill('');

    await openSide(page);
    await panel(page).getByText('1 problem').click();
    await openSettings(repository(page, 'journal'));
    await repository(page, 'journal').getByRole('button', { name: 'Remove journal from this list' }).click();
    await panel(page).getByText('Add a repository').click();
    await expectGood('manage');
    await repository(page, longName)
      .getByRole('button', { name: /^Follow the remote/ })
      .click();
    await expectGood('resolve');
    await panel(page).getByLabel('GitHub name, address or folder').scrollIntoViewIfNeeded();
    await expectGood('add');
    if (isPhone) await page.getByRole('button', { name: 'Close menu' }).click();

    await soon(() => page.evaluate<boolean>('navigator.serviceWorker.controller !== null')).toBe(true);
    await scene.crash();
    await soon(() => connection(page).textContent()).toBe('Reconnecting…');
    await postWell(page, 'Written in the train, with no network but the window');
    await postWell(page, `My key is ${credential}`);
    await soon(() => waiting(page).count()).toBe(2);
    await expectGood('waiting');
    await page.reload();
    await timeline(page).getByText('The server can’t be reached').waitFor();
    await soon(() => waiting(page).count()).toBe(2);
    await expectGood('offline');
    await scene.start();
    await soon(() => waiting(page, 'My key').textContent()).toMatch(/Not saved/);
    await article(page, 'Written in the train').waitFor();
    await expectGood('refused-later');
  },
);
