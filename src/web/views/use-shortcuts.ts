import { useEffect } from 'preact/hooks';
import { remove } from '../actions/messages.ts';
import { goToNewest } from '../actions/navigate.ts';
import { printAll } from '../actions/print.ts';
import { dialog } from '../state/dialog.ts';
import { SHORTCUTS, type ShortcutName } from '../text/shortcuts.ts';
import { focusComposer } from './compose/composer.tsx';

/** Handles the keyboard shortcuts in the table, unless someone is writing. */
export function useShortcuts(): void {
  useEffect(() => {
    addEventListener('keydown', follow);
    return () => removeEventListener('keydown', follow);
  }, []);
}

function follow(event: KeyboardEvent): void {
  if (followAnywhere(event)) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target as Element;
  if (isWritten(target) || document.querySelector('dialog[open]')) return;
  const message = target.matches('[data-message] > article') ? (target as HTMLElement) : undefined;
  const found = SHORTCUTS.find(({ keys, on }) => (on === 'page' || message) && keys.includes(event.key));
  if (!found) return;
  event.preventDefault();
  DO[found.name](message);
}

/** The shortcuts that work everywhere, even while someone is writing. */
function followAnywhere(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.shiftKey) return false;
  if (!(event.ctrlKey || event.metaKey)) return false;
  if (event.key === 'k') dialog.dispatch(dialog.get()?.kind === 'palette' ? null : { kind: 'palette' });
  else if (event.key === 'p') void printAll();
  else return false;
  return true;
}

/** Whether letters typed here are text. */
function isWritten(target: Element): boolean {
  return target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');
}

const DO: Record<ShortcutName, (message?: HTMLElement) => void> = {
  next: (message) => step(message, 1),
  previous: (message) => step(message, -1),
  reply: (message) => click(message, '[data-action="reply"]'),
  edit: (message) => click(message, '[data-action="edit"]'),
  tick: (message) => click(message, 'input[type="checkbox"]'),
  history: (message) => dialog.dispatch({ kind: 'history', id: idOf(message) }),
  delivery: (message) => click(message, '.delivery button'),
  delete: (message) => {
    if (message?.closest('[data-fixed="true"]') === null) void remove(idOf(message));
  },
  leave: focusComposer,
  search: () => focusOn('input[type="search"]'),
  compose: focusComposer,
  day: () => focusOn('input[type="date"]'),
  newest: goToNewest,
  activity: () => dialog.dispatch({ kind: 'activity' }),
  keys: () => dialog.dispatch({ kind: 'keys' }),
};

const idOf = (message: HTMLElement | undefined): string =>
  message?.closest<HTMLElement>('[data-message]')?.dataset.message ?? '';

function click(message: HTMLElement | undefined, what: string): void {
  message?.querySelector<HTMLElement>(what)?.click();
}

function focusOn(what: string): void {
  const field = document.querySelector<HTMLInputElement>(what);
  const filters = field?.closest<HTMLElement>('.filters');
  // The filters may be collapsed. They open immediately rather than in the next frame, since the next letter is meant
  // for the field and would otherwise be a shortcut.
  if (filters && field?.checkVisibility() === false) {
    filters.dataset.open = 'true';
    document.querySelector<HTMLElement>('.filters-toggle')?.click();
  }
  field?.focus();
}

/** Moves to the message before or after the focused one, or to the last one in view if none is focused. */
function step(message: HTMLElement | undefined, by: 1 | -1): void {
  const timeline = document.querySelector('.timeline');
  if (!timeline) return;
  const all = [...timeline.querySelectorAll<HTMLElement>('[data-message] > article')];
  const at = message ? all.indexOf(message) : -1;
  const next = at === -1 ? lastInView(all, timeline) : all[at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function lastInView(all: readonly HTMLElement[], timeline: Element): HTMLElement | undefined {
  const { bottom } = timeline.getBoundingClientRect();
  return all.findLast((one) => one.getBoundingClientRect().top < bottom - 1);
}
