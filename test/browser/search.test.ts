import { beforeAll, expect, test } from 'vitest';
import { brokenConnection, gate, openPage, sharedBrowser, soon } from '../support/page.ts';
import { applied, article, openFilters, post, searchField, texts, timeline } from '../support/page-parts.ts';
import { pageScene, sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

const [lunch, plan, code, link, task] = [
  'Lunch at noon? #food',
  'The plan for lunch and tea #idea',
  'const lunch = "soup";',
  'A good place',
  'Book a table #food #idea',
];

beforeAll(async () => {
  const results = await scene().api.bulk([
    { text: lunch, author: 'Ann', createdAt: '2026-11-20T12:00:00.000Z' },
    { text: plan, author: 'Bea', createdAt: '2026-11-21T12:00:00.000Z' },
    { text: code, author: 'Bea', type: 'code', language: 'js', createdAt: '2026-11-21T12:01:00.000Z' },
    {
      text: link,
      author: 'Ann',
      type: 'link',
      url: 'https://lunch.example.org/',
      createdAt: '2026-11-21T13:00:00.000Z',
    },
    { text: task, author: 'Cy Twombly', type: 'task', done: false, createdAt: '2026-11-22T09:00:00.000Z' },
  ]);
  expect(results.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
});

const all = [lunch, plan, code, link, task];

test('words, phrases and operators find what they say', async () => {
  const page = await openPage(browser(), scene().url);
  for (const [query, found] of [
    ['LUNCH', [lunch, plan, code]],
    ['lunch plan', [plan]],
    ['"for lunch"', [plan]],
    ['"lunch for"', []],
    ['lunch -plan', [lunch, code]],
    ['from:Bea', [plan, code]],
    ['from:"Cy Twombly"', [task]],
    ['-from:Ann -type:code', [plan, task]],
    ['type:link', [link]],
    ['tag:idea', [plan, task]],
    ['tag:idea -tag:food', [plan]],
    ['after:2026-11-21 before:2026-11-22', [plan, code, link]],
    ['in:journal book', [task]],
    ['in:elsewhere', []],
    ['', all],
  ] as const) {
    await searchField(page).fill(query);
    await searchField(page).press('Enter');
    await soon(() => texts(page)).toEqual(found);
    if (found.length === 0) await page.getByText('Nothing found').waitFor();
    await soon(() => new URL(page.url()).searchParams.get('q') ?? '').toBe(query);
  }
});

test('the address says what is searched for, and back and forward go through it', async () => {
  const page = await openPage(browser(), scene().url);
  await soon(() => texts(page)).toEqual(all);
  await searchField(page).click();
  await page.keyboard.type('from:Bea lunch', { delay: 20 });
  await soon(() => texts(page)).toEqual([plan, code]);
  const address = page.url();
  expect(new URL(address).searchParams.get('q')).toBe('from:Bea lunch');

  // However many letters were typed, one step leaves the search.
  await page.goBack();
  await soon(() => texts(page)).toEqual(all);
  expect(new URL(page.url()).search).toBe('');
  expect(await searchField(page).inputValue()).toBe('');
  await page.goForward();
  await soon(() => texts(page)).toEqual([plan, code]);
  expect(await searchField(page).inputValue()).toBe('from:Bea lunch');
  await page.reload();
  await soon(() => texts(page)).toEqual([plan, code]);
  expect(await searchField(page).inputValue()).toBe('from:Bea lunch');

  // The address alone is enough for another person.
  const other = await openPage(browser(), scene().url, { path: address.slice(scene().url.length) });
  await soon(() => texts(other)).toEqual([plan, code]);
});

test('the last word counts, however the answers come', async () => {
  const page = await openPage(browser(), scene().url);
  await soon(() => texts(page)).toEqual(all);
  const slow = await gate(page, ({ searchParams }) => searchParams.get('q') === 'plan');
  await searchField(page).fill('plan');
  await soon(slow.waiting).toBe(1);
  await searchField(page).fill('table');
  await soon(() => texts(page)).toEqual([task]);
  slow.open();
  await searchField(page).press('Enter');
  await page.evaluate('fetch("/messages?q=plan").then((answer) => answer.text())');
  expect(await texts(page)).toEqual([task]);
});

test('what is typed at the moment that a search begins stays in the field', async () => {
  const page = await openPage(browser(), scene().url);
  await soon(() => texts(page)).toEqual(all);
  // Right after the address bar has been told, before the page has shown itself again.
  await page.evaluate(`{
    const { pushState } = history;
    history.pushState = (...given) => {
      history.pushState = pushState;
      history.pushState(...given);
      setTimeout(() => {
        const field = document.querySelector('input[type=search]');
        const type = (letters) => {
          field.value += letters;
          field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        };
        type('l');
        setTimeout(type, 100, 'e');
      });
    };
  }`);
  await searchField(page).fill('tab');
  await soon(() => new URL(page.url()).searchParams.get('q')).toBe('table');
  await soon(() => texts(page)).toEqual([task]);
  expect(await searchField(page).inputValue()).toBe('table');
});

test('filters narrow down together, stand in the address, and can be taken back', async () => {
  const page = await openPage(browser(), scene().url);
  const search = await openFilters(page);
  await search.getByRole('combobox', { name: 'Author' }).fill('Bea');
  await search.getByRole('combobox', { name: 'Author' }).press('Enter');
  await soon(() => texts(page)).toEqual([plan, code]);
  await search.getByRole('combobox', { name: 'Type' }).selectOption({ label: 'Code' });
  await soon(() => texts(page)).toEqual([code]);
  await searchField(page).fill('soup');
  await search.getByRole('combobox', { name: 'Repository' }).selectOption({ label: 'journal' });
  await soon(() => new URL(page.url()).searchParams.get('q')).toBe('soup');
  await soon(() => texts(page)).toEqual([code]);
  const given = Object.fromEntries(new URL(page.url()).searchParams);
  expect(given).toEqual({ author: 'Bea', type: 'code', q: 'soup', repository: 'journal' });
  await page.reload();
  await soon(() => texts(page)).toEqual([code]);
  await openFilters(page);
  expect(await search.getByRole('combobox', { name: 'Type' }).inputValue()).toBe('code');
  expect(await search.getByRole('combobox', { name: 'Author' }).inputValue()).toBe('Bea');

  await applied(page).getByRole('button', { name: 'Show everything' }).click();
  await soon(() => texts(page)).toEqual(all);
  expect(new URL(page.url()).search).toBe('');
  expect(await searchField(page).inputValue()).toBe('');
});

test('a click on a tag or a name shows what else has it', async () => {
  const page = await openPage(browser(), scene().url);
  await article(page, task).getByRole('link', { name: '#food' }).click();
  await soon(() => texts(page)).toEqual([lunch, task]);
  expect(new URL(page.url()).search).toBe('?tag=food');
  await applied(page).getByRole('button', { name: /#food/ }).click();
  await soon(() => texts(page)).toEqual(all);
  expect(new URL(page.url()).search).toBe('');

  await article(page, link).getByRole('link', { name: 'Ann' }).click();
  await soon(() => texts(page)).toEqual([lunch, link]);
  expect(new URL(page.url()).search).toBe('?author=Ann');
  await page.goBack();
  await soon(() => texts(page)).toEqual(all);
});

test('what could be searched for is offered, by keys and by clicks', async () => {
  const page = await openPage(browser(), scene().url);
  await soon(() => texts(page)).toEqual(all);
  const offers = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
  await searchField(page).click();
  await soon(() => offers.count()).toBe(8);
  await searchField(page).pressSequentially('fr');
  await soon(() => offers.allTextContents()).toEqual([expect.stringContaining('from:')]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await searchField(page).inputValue()).toBe('from:');
  await soon(() => offers.allTextContents()).toEqual(['from:Ann', 'from:Bea', 'from:"Cy Twombly"']);
  await offers.filter({ hasText: 'Twombly' }).click();
  await soon(() => texts(page)).toEqual([task]);
  expect(await searchField(page).inputValue()).toBe('from:"Cy Twombly" ');
  await page.keyboard.type('-tag:');
  // What was offered for the whole timeline is offered for what is shown now.
  await soon(() => offers.allTextContents()).toEqual(['-tag:food', '-tag:idea']);
  await page.keyboard.press('Escape');
  await soon(() => offers.count()).toBe(0);
});

test('each term of a search can be taken back by itself', async () => {
  const page = await openPage(browser(), scene().url, { path: '/?q=lunch+from%3ABea+-type%3Acode&tag=idea' });
  await soon(() => texts(page)).toEqual([plan]);
  const search = applied(page);
  await search.getByRole('button', { name: '-type:code' }).click();
  await soon(() => searchField(page).inputValue()).toBe('lunch from:Bea');
  await search.getByRole('button', { name: '#idea' }).click();
  await soon(() => texts(page)).toEqual([plan, code]);
  await search.getByRole('button', { name: 'from:Bea' }).click();
  await soon(() => texts(page)).toEqual([lunch, plan, code]);
  expect(new URL(page.url()).search).toBe('?q=lunch');
});

test('who writes while a filter hides the message is told where it is', async () => {
  const { url, api } = await pageScene();
  await api.create({ text: 'Here #kept' });
  const page = await openPage(browser(), url, { path: '/?tag=kept' });
  await soon(() => texts(page)).toEqual(['Here #kept']);
  await post(page, 'There');
  await page.getByRole('alert').filter({ hasText: 'filters hide it' }).waitFor();
  expect(await texts(page)).toEqual(['Here #kept']);
  expect(await api.messages()).toHaveLength(2);
  await post(page, 'Also #kept');
  await soon(() => texts(page)).toEqual(['Here #kept', 'Also #kept']);
  expect(await page.getByText('2 found', { exact: true }).count()).toBe(1);
  await page.getByRole('alert').getByRole('button', { name: 'Show it' }).click();
  await article(page, 'There').waitFor();
  expect(new URL(page.url()).searchParams.has('tag')).toBe(false);
  expect(await page.getByRole('alert').filter({ hasText: 'filters hide it' }).count()).toBe(0);
});

const many = Array.from({ length: 120 }, (_, index) => ({
  text: `Message ${String(index + 1).padStart(3, '0')} of a long conversation`,
  author: index % 2 === 0 ? 'Ann' : 'Bea',
  createdAt: new Date(Date.UTC(2026, 10, 20) + index * 600_000).toISOString(),
}));

test('older messages come as one scrolls up, fifty at a time, and the place is kept', async () => {
  const { url, api } = await pageScene();
  await api.bulk(many);
  const page = await openPage(browser(), url, { path: '/openapi.json', expects: brokenConnection });
  // The newest may be asked for again, as after a connection that broke; what is older is asked for once.
  const sizes: Record<'newest' | 'older', number[]> = { newest: [], older: [] };
  page.on('response', async (response) => {
    const { pathname, searchParams } = new URL(response.url());
    if (pathname !== '/messages' || searchParams.has('q')) return;
    const answered: unknown[] = await response.json().catch(() => []);
    sizes[searchParams.has('cursor') ? 'older' : 'newest'].push(answered.length);
  });
  let isBroken = true;
  const older = await gate(page, ({ searchParams }) => searchParams.has('cursor') && !isBroken);
  await page.route('**/messages?*cursor*', (route) => (isBroken ? route.abort() : route.fallback()));
  await page.goto(url);
  await soon(() => texts(page)).toEqual(many.slice(70).map(({ text }) => text));
  // The newest are where one writes.
  await article(page, 'Message 120').waitFor();
  const bottom = await article(page, 'Message 120').boundingBox();
  expect(bottom?.y).toBeGreaterThan(0);
  expect((bottom?.y ?? 0) + (bottom?.height ?? 0)).toBeLessThan(800);
  await soon(() => new Set(sizes.newest)).toEqual(new Set([50]));
  expect(sizes.older).toEqual([]);

  await timeline(page).hover();
  await page.mouse.wheel(0, -100_000);
  await page.getByText('Could not load earlier messages').waitFor();
  expect(await texts(page)).toHaveLength(50);
  isBroken = false;
  await page.getByRole('button', { name: 'Show earlier messages' }).click();
  await soon(older.waiting).toBe(1);
  await page.mouse.wheel(0, -100_000);
  const top = article(page, 'Message 071');
  await soon(async () => (await top.boundingBox())?.y).toBeLessThan(400);
  const before = (await top.boundingBox())?.y as number;
  older.open();
  await article(page, 'Message 070').waitFor({ state: 'attached' });
  expect(Math.abs(((await top.boundingBox())?.y as number) - before)).toBeLessThanOrEqual(2);

  await soon(async () => {
    await page.mouse.wheel(0, -100_000);
    return (await texts(page))[0];
  }).toBe(many[0]?.text);
  await page.getByText('The beginning').waitFor();
  // Between the first and the last of what is in the page, nothing is left out.
  const shown = await texts(page);
  expect(shown).toEqual(many.slice(0, shown.length).map(({ text }) => text));
  expect(sizes.older).toEqual([50, 20]);
});

test('what arrives below does not move the reader, and one click leads there', async () => {
  const { url, api } = await pageScene();
  await api.bulk(many.slice(0, 40));
  const page = await openPage(browser(), url);
  await soon(() => texts(page)).toHaveLength(40);
  await timeline(page).hover();
  await page.mouse.wheel(0, -700);
  const newest = page.getByRole('button', { name: 'Newest' });
  await newest.waitFor();
  const row = article(page, 'Message 025');
  await api.create({ text: 'Breaking news' });
  await page.getByRole('button', { name: '1 new' }).click();
  await soon(async () => {
    const box = await article(page, 'Breaking news').boundingBox();
    return box !== null && box.y > 0 && box.y + box.height < 800;
  }).toBe(true);

  await page.mouse.wheel(0, -700);
  await newest.waitFor();
  const again = (await row.boundingBox())?.y as number;
  await api.create({ text: 'More of it' });
  await page.getByRole('button', { name: '1 new' }).waitFor();
  expect((await row.boundingBox())?.y).toBe(again);
  // Who writes wants to see it.
  await post(page, 'I am here');
  await newest.waitFor({ state: 'hidden' });
  await soon(async () => ((await article(page, 'I am here').boundingBox())?.y ?? 999) < 800).toBe(true);
});
