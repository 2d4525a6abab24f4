import { expect, test } from 'vitest';
import { answeredWith, openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { act, applied, article, openFilters, searchField, texts, timeline } from '../support/page-parts.ts';
import { pageScene } from '../support/page-scene.ts';

const browser = sharedBrowser();

const view = (page: Awaited<ReturnType<typeof openPage>>, name: string | RegExp) =>
  page.getByRole('navigation').getByRole('link', { name });

test('pins, open tasks, tags and deleted messages have views that follow what is done', async () => {
  const { api, url } = await pageScene();
  await api.bulk([
    { text: 'Buy bread #food', type: 'task', done: false, createdAt: '2026-11-20T12:00:00Z' },
    { text: 'Read a book #idea #food', createdAt: '2026-11-21T12:00:00Z' },
    { text: 'Look at https://example.org/', createdAt: '2026-11-22T12:00:00Z' },
  ]);
  const page = await openPage(browser(), url);
  await article(page, 'Read a book').waitFor();
  await soon(() => page.getByRole('navigation', { name: 'Tags' }).getByRole('link').allInnerTexts()).toEqual([
    expect.stringMatching(/^#food\s+2/),
    expect.stringMatching(/^#idea\s+1/),
  ]);

  await act(article(page, 'Read a book'), 'Pin');
  await page.getByRole('navigation', { name: 'Pinned' }).getByRole('link', { name: 'Read a book' }).waitFor();
  await view(page, 'Pinned').click();
  await soon(() => texts(page)).toEqual(['Read a book #idea #food']);
  await act(article(page, 'Read a book'), 'Unpin');
  await page.getByText('Nothing found').waitFor();

  await view(page, 'Open tasks').click();
  await soon(() => texts(page)).toEqual(['Buy bread #food']);
  await article(page, 'Buy bread').getByRole('checkbox').click();
  await page.getByText('Nothing found').waitFor();

  await view(page, 'Timeline').click();
  await soon(() => texts(page)).toHaveLength(3);
  await act(article(page, 'Read a book'), 'Delete');
  await view(page, 'Deleted').click();
  await soon(() => texts(page)).toEqual(['Read a book #idea #food']);
  await api.delete((await api.messages('?q=look'))[0]?.id ?? '');
  await soon(() => texts(page)).toEqual(['Read a book #idea #food', 'Look at https://example.org/']);
  expect(await troubles(page)).toEqual([]);
  await act(article(page, 'Read a book'), 'Restore');
  await soon(() => texts(page)).toEqual(['Look at https://example.org/']);
  await page.getByRole('navigation', { name: 'Tags' }).getByRole('link', { name: '#idea' }).click();
  await soon(() => texts(page)).toEqual(['Read a book #idea #food']);
});

test('a search can be kept, and taken up again in another browser', async () => {
  const { api, url } = await pageScene();
  await api.bulk([{ text: 'bread' }, { text: 'butter' }, { text: 'tea' }]);
  const page = await openPage(browser(), url);
  await searchField(page).fill('bread OR butter');
  await soon(() => texts(page)).toEqual(['bread', 'butter']);
  await page.getByRole('button', { name: 'Save this search' }).click();
  await page.getByLabel('Name of the search').fill('Breakfast');
  await page.keyboard.press('Enter');
  await view(page, 'Breakfast').waitFor();
  const other = await openPage(browser(), url);
  await view(other, 'Breakfast').click();
  await soon(() => texts(other)).toEqual(['bread', 'butter']);
  // A name that is taken gets the new search.
  await searchField(other).fill('tea');
  await soon(() => texts(other)).toEqual(['tea']);
  await other.getByRole('button', { name: 'Save this search' }).click();
  await other.getByLabel('Name of the search').fill('Breakfast');
  await other.keyboard.press('Enter');
  await other.getByRole('button', { name: 'Remove from saved' }).waitFor();
  await view(other, 'Timeline').click();
  await view(other, 'Breakfast').click();
  await soon(() => texts(other)).toEqual(['tea']);
  await other.getByRole('button', { name: 'Remove from saved' }).click();
  await view(other, 'Breakfast').waitFor({ state: 'detached' });
}, 120_000);

test('the side bar has its tags and searches before the server has answered', async () => {
  const { api, url } = await pageScene();
  await api.create({ text: 'Remember the milk #food' });
  await api.send('PATCH', '/settings', { json: { searches: [{ name: 'Milk', q: 'milk' }] } });
  const page = await openPage(browser(), url);
  await view(page, '#food').waitFor();
  await view(page, 'Milk').waitFor();
  await page.route(/\/(tags|settings)$/, () => undefined);
  await page.reload();
  await view(page, '#food').waitFor();
  await view(page, 'Milk').waitFor();
});

test('what another tab saves appears without a reload, and none takes away what another one saved', async () => {
  const { api, url } = await pageScene();
  await api.bulk([{ text: 'bread' }, { text: 'tea' }]);
  const one = await openPage(browser(), url);
  const two = await one.context().newPage();
  await two.goto(url);
  const save = async (page: typeof one, words: string) => {
    await searchField(page).fill(words);
    await page.getByRole('button', { name: 'Save this search' }).click();
    await page.getByLabel('Name of the search').fill(`My ${words}`);
    await page.keyboard.press('Enter');
  };
  await save(one, 'bread');
  await view(two, 'My bread').waitFor();
  // Another browser has changed them, which this one has not heard of.
  const elsewhere = [
    { name: 'My bread', q: 'bread' },
    { name: 'From a phone', q: 'is:open' },
  ];
  await api.send('PATCH', '/settings', { json: { searches: elsewhere } });
  await save(two, 'tea');
  for (const page of [one, two])
    for (const name of ['My bread', 'From a phone', 'My tea']) await view(page, name).waitFor();
}, 120_000);

test('an operator that cannot be read is pointed at, once it is finished', async () => {
  const { api, url } = await pageScene();
  await api.bulk([{ text: 'bread' }, { text: 'butter' }]);
  const page = await openPage(browser(), url, { expects: answeredWith(400) });
  await soon(() => texts(page)).toEqual(['bread', 'butter']);
  await searchField(page).fill('bread');
  await soon(() => new URL(page.url()).searchParams.get('q')).toBe('bread');
  await page.keyboard.type(' after:"2 we');
  // Until it can be read, the search stays as it was.
  await soon(() => texts(page)).toEqual(['bread']);
  await page.keyboard.type('eks ago"');
  await soon(() => new URL(page.url()).searchParams.get('q')).toBe('bread after:"2 weeks ago"');
  await soon(() => texts(page)).toEqual(['bread']);
  await searchField(page).fill('bread after:soon');
  await page.keyboard.press('Enter');
  await timeline(page).getByText('after:soon is not a date').waitFor();
  expect(await troubles(page)).toEqual([]);
  await applied(page).getByRole('button', { name: 'after:soon' }).click();
  await soon(() => texts(page)).toEqual(['bread']);
});

test('the timeline is shown as it was at a version, a commit and a day, and leads back', async () => {
  const { api, url } = await pageScene();
  await api.create({ text: 'long ago', createdAt: '2026-11-01T12:00:00Z' });
  const bread = await api.create({ text: 'bread' });
  const { head } = await api.repository('journal');
  await api.edit(bread.id, { text: 'butter' });
  await api.create({ text: 'newest' });
  await api.create({ text: 'a task', type: 'task', done: false, createdAt: '2026-11-02T12:00:00Z' });
  const page = await openPage(browser(), url);
  await soon(() => texts(page)).toEqual(['long ago', 'a task', 'butter', 'newest']);

  await act(article(page, 'butter'), 'History');
  const history = page.getByRole('dialog', { name: /History/ });
  await history
    .getByRole('listitem')
    .filter({ hasText: 'Written' })
    .getByRole('button', { name: 'Timeline as it was then' })
    .click();
  await soon(() => texts(page)).toEqual(['long ago', 'a task', 'bread']);
  await page.getByText('The timeline as it was').waitFor();
  expect(await troubles(page)).toEqual([]);
  await article(page, 'bread').focus();
  expect(await article(page, 'bread').getByRole('button', { name: 'Edit' }).count()).toBe(0);
  expect(await article(page, 'a task').getByRole('checkbox').isEnabled()).toBe(false);
  await page.keyboard.press('Delete');
  await page.keyboard.press('d');
  // What happens meanwhile is not of then.
  await api.create({ text: 'even newer' });
  await page.getByRole('button', { name: 'Back to now' }).click();
  await soon(() => texts(page)).toEqual(['long ago', 'a task', 'butter', 'newest', 'even newer']);

  const filters = await openFilters(page);
  await filters.getByLabel('As it was on').fill('2026-11-15');
  await soon(() => texts(page)).toEqual(['long ago', 'a task']);
  await page.goto(`${url}/?asOf=${head?.slice(0, 10)}&q=bread`);
  await soon(() => texts(page)).toEqual(['bread']);
  await page.getByText(/as it was at commit/).waitFor();
}, 120_000);
