import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { startGitServer } from '../support/git-server.ts';
import { type ApiFault, type ApiOptions, startGithubApi } from '../support/github-api.ts';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { article, openAddForm, panel, post, repository, targets, wordsAt } from '../support/page-parts.ts';
import { pageScene } from '../support/page-scene.ts';
import { temporaryFolder } from '../support/tmp.ts';

const browser = sharedBrowser();
// In two parts, so that nobody takes this file for a leak.
const token = `${'github'}_pat_${'s3cRet0'.repeat(5)}Z`;

/** gitpost with a token of an imitated GitHub, where there are repositories already. */
async function scene(more: Partial<ApiOptions> = {}) {
  const root = join(await temporaryFolder(), 'hub');
  const server = await startGitServer({ root, username: 'ann', token });
  onTestFinished(() => server.close());
  for (const name of ['ann/garden', 'ann/seeds']) await server.createRepository(name);
  const github = await startGithubApi({
    token,
    onCreate: (fullName) => server.createRepository(fullName),
    repositories: [
      { fullName: 'ann/garden', visibility: 'public' },
      { fullName: 'ann/seeds', description: 'What to sow, and when' },
    ],
    ...more,
  });
  const env = {
    GITHUB_URL: server.url,
    GITHUB_API_URL: github.url,
    GITHUB_USERNAME: 'ann',
    GITHUB_TOKEN: token,
  };
  return { ...(await pageScene({ env })), github, githubUrl: server.url };
}

test('a private repository is made on GitHub, written to and pushed to, by the page alone', async () => {
  const { url, api, github, githubUrl } = await scene();
  const page = await openPage(browser(), url);
  const place = await openAddForm(page);
  await place.fill('ann/diary');
  await panel(page).getByLabel('Create it on GitHub first').check();
  await panel(page).getByRole('button', { name: 'Add', exact: true }).click();
  await soon(() => repository(page, 'diary').getAttribute('data-state')).toBe('ready');
  expect(github.repositories.find(({ fullName }) => fullName === 'ann/diary')?.visibility).toBe('private');

  await targets(page).click();
  await page.getByRole('checkbox', { name: 'All repositories' }).check();
  await page.keyboard.press('Escape');
  await post(page, 'Dear diary');
  await article(page, 'Dear diary').waitFor();
  await repository(page, 'diary').getByRole('button', { name: 'Push diary' }).click();
  await soon(() => repository(page, 'diary').textContent()).toContain('1 message pushed');

  // Its page is on the GitHub that the server knows, which is not github.com here.
  const [message] = await api.messages();
  const commit = message?.deliveries.find((delivery) => delivery.repository === 'diary')?.commit;
  await article(page, 'Dear diary')
    .getByRole('button', { name: /^diary/ })
    .click();
  const link = article(page, 'Dear diary').getByRole('link', { name: 'View on GitHub' });
  expect(await link.getAttribute('href')).toBe(`${githubUrl}/ann/diary/commit/${commit}`);
});

test('a public repository is asked about before it is added', async () => {
  const { url, api } = await scene();
  const page = await openPage(browser(), url, { expects: answeredWith(422) });
  const place = await openAddForm(page);
  await place.fill('ann/garden');
  await panel(page).getByRole('button', { name: 'Add', exact: true }).click();
  await panel(page).getByText('anyone can read').waitFor();
  expect((await api.get('/repositories')).json<{ name: string }[]>().map(({ name }) => name)).toEqual([
    'journal',
  ]);
  await panel(page).getByRole('button', { name: 'Add the public repository' }).click();
  await soon(() => repository(page, 'garden').getAttribute('data-state')).toBe('ready');
});

const add = async (page: Page) => {
  await openAddForm(page);
  const github = panel(page).getByRole('region', { name: 'GitHub' });
  await github.waitFor();
  return github;
};
const choices = (page: Page) => panel(page).getByRole('list', { name: 'My repositories on GitHub' });

test('a repository is chosen from those on GitHub, by its name or what it is about, with keys alone', async () => {
  const many = Array.from({ length: 40 }, (_, number) => ({ fullName: `ann/old-${number}` }));
  const { url } = await scene({
    repositories: [
      { fullName: 'ann/garden', visibility: 'public' },
      { fullName: 'ann/seeds', description: 'What to sow, and when' },
      ...many,
    ],
  });
  const page = await openPage(browser(), url);
  const github = await add(page);
  await github.getByText('Signed in to GitHub as ann').waitFor();
  await github.getByRole('button', { name: 'Choose from my repositories' }).press('Enter');
  await github.getByText('42 repositories').waitFor();
  expect(await choices(page).getByRole('button').count()).toBe(31);
  await choices(page).getByRole('button', { name: 'More' }).click();
  await soon(() => choices(page).getByRole('button').count()).toBe(42);
  await soon(() => choices(page).getByRole('button', { name: 'ann/garden' }).textContent()).toContain(
    'public',
  );
  expect(await troubles(page)).toEqual([]);

  await github.getByLabel('Search my repositories').fill('sow');
  await github.getByText('1 repository', { exact: true }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const place = panel(page).getByLabel('GitHub name, address or folder');
  expect(await place.inputValue()).toBe('ann/seeds');
  expect(await place.evaluate((one) => one.matches(':focus'))).toBe(true);
  await page.keyboard.press('Enter');
  await soon(() => repository(page, 'seeds').getAttribute('data-state')).toBe('ready');

  // What is here already says so.
  await (await add(page)).getByRole('button', { name: 'Choose from my repositories' }).click();
  await choices(page)
    .getByRole('button', { name: /seeds.*already added as seeds/ })
    .waitFor();
});

test('a token that is about to end, or may too little, is warned of where a repository is added', async () => {
  const soonOver = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
  const { url } = await scene({ expires: `${soonOver} UTC`, scopes: ['gist'] });
  const page = await openPage(browser(), url);
  const github = await add(page);
  await github.getByText(/The token ends in [23] days/).waitFor();
  await github.getByText('Make a new one on GitHub and put it into .env').waitFor();
  await github.getByText('it lacks the scope "repo"').waitFor();
});

test('what GitHub says of a repository is told when it is added', async () => {
  const { url } = await scene({ repositories: [{ fullName: 'ann/seeds', canPush: false }] });
  const page = await openPage(browser(), url);
  await add(page);
  await panel(page).getByLabel('GitHub name, address or folder').fill('ann/seeds');
  await panel(page).getByRole('button', { name: 'Add', exact: true }).click();
  await page
    .getByRole('alert')
    .getByText(/seeds was added\. .*push/)
    .waitFor();
});

test('without a token the page says what one is for', async () => {
  const { url } = await pageScene();
  const page = await openPage(browser(), url);
  await openAddForm(page);
  await panel(page).getByText('No GITHUB_TOKEN is set.').waitFor();
  await panel(page).getByText('Capturing, ssh and folders need no token.').waitFor();
  const create = panel(page).getByLabel('Create it on GitHub first');
  await soon(() => create.getAttribute('aria-disabled')).toBe('true');
  expect(await wordsAt(page, create)).toContain('set GITHUB_TOKEN');
  await create.click({ force: true });
  expect(await create.isChecked()).toBe(false);
});

const later = { 'retry-after': '90' };
const failures: Array<[string, ApiFault, what: RegExp, todo: RegExp]> = [
  [
    '401',
    { kind: 'status', status: 401 },
    /is wrong, has expired or was revoked/,
    /Make a new one on GitHub/,
  ],
  ['403', { kind: 'status', status: 403 }, /lacks permission/, /Give the token the permission/],
  [
    '403 of a single sign-on',
    { kind: 'status', status: 403, headers: { 'x-github-sso': 'required; url=https://example.org' } },
    /single sign-on/,
    /Configure SSO/,
  ],
  ['404', { kind: 'status', status: 404 }, /nothing by that name/, /give the token access/],
  ['422', { kind: 'status', status: 422 }, /rejects the request/, /Change what GitHub objects to/],
  [
    '429',
    { kind: 'status', status: 429, headers: later },
    /no more requests .* 90 seconds/,
    /Try again then/,
  ],
  ['429 without a time', { kind: 'status', status: 429 }, /no more requests/, /Try again then/],
  [
    'a secondary limit',
    { kind: 'status', status: 403, message: 'You have exceeded a secondary rate limit', headers: later },
    /no more requests .* 90 seconds/,
    /Try again then/,
  ],
  ['500', { kind: 'status', status: 500 }, /itself has a problem/, /Try again later/],
  ['a cut connection', { kind: 'drop' }, /cannot be reached/, /Try again when there is a network/],
  ['the page of a network', { kind: 'html' }, /is not GitHub's API/, /sign in to the network/],
  ['another address', { kind: 'redirect', to: 'http://127.0.0.1:9/' }, /moved/, /Check GITHUB_API_URL/],
];

test.each(failures)(
  '%s of the API is told with what to do, and writing goes on',
  async (_what, fault, what, todo) => {
    const { url, github: api } = await scene();
    api.fault(fault);
    const page = await openPage(browser(), url);
    const github = await add(page);
    await github.getByText(what).waitFor();
    await github.getByText(todo).waitFor();
    await post(page, 'All the same');
    await article(page, 'All the same').waitFor();
    if (fault.kind === 'status' && (fault.status === 429 || fault.headers === later)) return;
    api.fault(undefined);
    await github.getByRole('button', { name: 'Try again' }).click();
    await github.getByText('Signed in to GitHub as ann').waitFor();
  },
);

test('a repository that the token may not make is told, and nothing is changed', async () => {
  const { url, api } = await scene({ mayCreate: false });
  const page = await openPage(browser(), url, { expects: answeredWith(403, 409, 502, 503) });
  await add(page);
  const place = panel(page).getByLabel('GitHub name, address or folder');
  await panel(page).getByLabel('Create it on GitHub first').check();
  await place.fill('ann/diary');
  await place.press('Enter');
  await panel(page).getByRole('alert').getByText('lacks permission').waitFor();
  expect((await api.get('/repositories')).json<unknown[]>()).toHaveLength(1);
});

test('a name that is taken on GitHub is told', async () => {
  const { url, api } = await scene();
  const page = await openPage(browser(), url, { expects: answeredWith(409) });
  await add(page);
  const place = panel(page).getByLabel('GitHub name, address or folder');
  await panel(page).getByLabel('Create it on GitHub first').check();
  await place.fill('ann/seeds');
  await place.press('Enter');
  await panel(page).getByRole('alert').getByText('already').waitFor();
  expect((await api.get('/repositories')).json<unknown[]>()).toHaveLength(1);
});
