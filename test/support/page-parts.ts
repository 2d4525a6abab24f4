import type { Locator, Page } from 'playwright-core';
import { soon } from './page.ts';

// The parts of the page as a person names them.

export const composer = (page: Page): Locator => page.getByRole('form', { name: 'New message' });

export const textField = (page: Page): Locator =>
  composer(page).getByRole('textbox', { name: 'Message', exact: true });

const nameField = (page: Page): Locator =>
  page.getByRole('dialog', { name: 'Settings' }).getByLabel('Your name');

async function openNameField(page: Page): Promise<Locator> {
  await openSide(page);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  return nameField(page);
}

/** Sets the name that this browser writes under; the server's own author writes without one. */
export async function writeAs(page: Page, name: string): Promise<void> {
  await (await openNameField(page)).fill(name);
  await page.keyboard.press('Escape');
  await nameField(page).waitFor({ state: 'detached' });
}

/** The name that this browser writes under. */
export async function writesAs(page: Page): Promise<string> {
  const name = await (await openNameField(page)).inputValue();
  await page.keyboard.press('Escape');
  await nameField(page).waitFor({ state: 'detached' });
  return name;
}

export const sendButton = (page: Page): Locator => composer(page).getByRole('button', { name: /^Send/ });

/** Chooses what a message is, by the word that the page has for it. */
export async function chooseType(form: Locator, type: string): Promise<void> {
  await form.locator('textarea').focus();
  await form.getByRole('button', { name: 'Message type' }).click();
  await form.getByRole('menuitem', { name: type, exact: true }).click();
}

/** What is written in a form is, by its name in the API; `auto` if its text decides. */
export const chosenType = (form: Locator): Promise<string | null> =>
  form.locator('textarea').getAttribute('data-type');

/** The choice of repositories in the composer; it opens with a click. */
export const targets = (page: Page): Locator => composer(page).locator('summary');

/** Writes a text and sends it as people do who know the keys. */
export async function post(page: Page, text: string): Promise<void> {
  await textField(page).fill(text);
  await textField(page).press('Control+Enter');
}

/** Writes a text, sends it, and waits until it has been taken. */
export async function postWell(page: Page, text: string): Promise<void> {
  await post(page, text);
  await soon(() => textField(page).inputValue()).toBe('');
}

export const timeline = (page: Page): Locator => page.getByRole('region', { name: 'Messages' });

/** The message with this text in it. */
export const article = (page: Page, text: string): Locator =>
  timeline(page).getByRole('article').filter({ hasText: text });

/** What all shown messages say, from the first to the last; the address of a link is not among its words. */
export const texts = (page: Page): Promise<string[]> =>
  timeline(page)
    .getByRole('article')
    .evaluateAll((articles) =>
      articles.map((shown) => {
        const body = shown.querySelector('pre, .body');
        const words = body?.querySelector('.address') ? body.querySelector('div') : body;
        return String(words?.innerText ?? '');
      }),
    );

/** The text of the first message below the upper edge. */
export const firstInView = (page: Page): Promise<string> =>
  timeline(page).evaluate((region) => {
    const edge = region.getBoundingClientRect().top + 44;
    const rows = [...region.querySelectorAll('article')];
    const first = rows.find((row) => row.getBoundingClientRect().bottom > edge);
    return first?.querySelector('.body')?.textContent ?? '';
  });

/** The messages that wait in the browser for the server. */
export const waiting = (page: Page, text = ''): Locator =>
  timeline(page)
    .getByRole('region', { name: /waiting in this browser/ })
    .getByRole('listitem')
    .filter({ hasText: text });

/** Where a message is: one place, or the one in this repository. */
export function delivery(message: Locator, repository?: string): Locator {
  const all = message.getByRole('list', { name: 'Where it is' }).getByRole('listitem');
  return repository === undefined ? all : all.filter({ hasText: repository });
}

/** Does something with a message: in its toolbar, or else in the menu there. */
export async function act(message: Locator, name: string): Promise<void> {
  await message.focus();
  const direct = message.getByRole('button', { name, exact: true });
  if ((await direct.count()) === 0) await message.getByRole('button', { name: 'More actions' }).click();
  await direct.or(message.getByRole('menuitem', { name })).click();
}

/** Opens the side bar if the screen is too narrow to show it. */
export async function openSide(page: Page): Promise<void> {
  const toggle = page.getByRole('banner').getByRole('button', { name: /^Menu/ });
  if ((await toggle.isVisible()) && (await toggle.getAttribute('aria-expanded')) === 'false')
    await toggle.click();
}

/** Shows the filters, which stay open. */
export async function openFilters(page: Page): Promise<Locator> {
  const search = page.getByRole('search');
  const toggle = search.getByRole('button', { name: 'Filters' });
  if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click();
  return search;
}

/** What narrows the timeline down, each a button that removes it. */
export const applied = (page: Page): Locator => page.locator('.applied');

/** Opens the settings of a repository beside the timeline. */
export const openSettings = (shown: Locator): Promise<void> =>
  shown.locator('summary', { hasText: 'Settings' }).click();

export const panel = (page: Page): Locator => page.getByRole('complementary', { name: 'Repositories' });

/** A repository beside the timeline. */
export const repository = (page: Page, name: string): Locator =>
  panel(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name, level: 3 }) });

export const searchField = (page: Page): Locator => page.getByRole('combobox', { name: 'Search messages' });

export const connection = (page: Page): Locator => page.getByRole('banner').locator('.connection');

/** What stands next to a field to say what is wrong with it. */
export async function wordsAt(page: Page, field: Locator): Promise<string> {
  const id = await field.getAttribute('aria-describedby');
  return (await page.locator(`[id="${id}"]`).allTextContents()).join(' ');
}

/** The id by which the API knows a shown message. */
export async function idOf(message: Locator): Promise<string> {
  const id = await message
    .locator('xpath=ancestor-or-self::*[@data-message][1]')
    .getAttribute('data-message');
  return id ?? '';
}

/** Opens the form that adds a repository, and returns the field for its place. */
export async function openAddForm(page: Page): Promise<Locator> {
  // The list above the form comes from the server, and moves what is below it, also from under the mouse.
  await panel(page).getByRole('listitem').first().waitFor();
  await panel(page).getByText('Add a repository').click();
  const place = panel(page).getByLabel('GitHub name, address or folder');
  await place.waitFor();
  return place;
}
