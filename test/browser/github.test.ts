import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startGitServer } from '../support/git-server.ts';
import { startGithubApi } from '../support/github-api.ts';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import { article, panel, post, repository } from '../support/page-parts.ts';
import { pageScene } from '../support/page-scene.ts';
import { temporaryFolder } from '../support/tmp.ts';

const browser = sharedBrowser();
// In two parts, so that nobody takes this file for a leak.
const token = `${'github'}_pat_${'s3cRet0'.repeat(5)}Z`;

/** gitpost with a token of an imitated GitHub, where there is a public repository already. */
async function scene() {
  const root = join(await temporaryFolder(), 'hub');
  const server = await startGitServer({ root, username: 'ann', token });
  onTestFinished(() => server.close());
  await server.createRepository('ann/garden');
  const github = await startGithubApi({
    token,
    onCreate: (fullName) => server.createRepository(fullName),
    repositories: [{ fullName: 'ann/garden', visibility: 'public' }],
  });
  const env = {
    GITHUB_URL: server.url,
    GITHUB_API_URL: github.url,
    GITHUB_USERNAME: 'ann',
    GITHUB_TOKEN: token,
  };
  return { ...(await pageScene({ env })), github };
}

test('a private repository is made on GitHub, written to and pushed to, by the page alone', async () => {
  const { url, github } = await scene();
  const page = await openPage(browser(), url);
  await panel(page).getByText('Add a repository').click();
  await panel(page).getByLabel('GitHub name, address or folder').fill('ann/diary');
  await panel(page).getByLabel('Make it on GitHub first').check();
  await panel(page).getByRole('button', { name: 'Add', exact: true }).click();
  await soon(() => repository(page, 'diary').getAttribute('data-state')).toBe('ready');
  expect(github.repositories.find(({ fullName }) => fullName === 'ann/diary')?.visibility).toBe('private');

  await page.getByText('to the default').click();
  await page.getByRole('radio', { name: 'all repositories' }).check();
  await page.keyboard.press('Escape');
  await post(page, 'Dear diary');
  await article(page, 'Dear diary').waitFor();
  await repository(page, 'diary').getByRole('button', { name: 'Push diary' }).click();
  await soon(() => repository(page, 'diary').textContent()).toContain('1 message pushed');
});

test('a public repository is asked about before it is added', async () => {
  const { url, api } = await scene();
  const page = await openPage(browser(), url, { expects: answeredWith(422) });
  await panel(page).getByText('Add a repository').click();
  await panel(page).getByLabel('GitHub name, address or folder').fill('ann/garden');
  await panel(page).getByRole('button', { name: 'Add', exact: true }).click();
  await panel(page).getByText('everybody can read').waitFor();
  expect((await api.get('/repositories')).json<{ name: string }[]>().map(({ name }) => name)).toEqual([
    'journal',
  ]);
  await panel(page).getByRole('button', { name: 'Add the public repository' }).click();
  await soon(() => repository(page, 'garden').getAttribute('data-state')).toBe('ready');
});
