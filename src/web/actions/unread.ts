import type { Message } from '../../contract/message.ts';
import { at } from '../api/place.ts';
import { away } from '../state/away.ts';
import { preferences } from '../state/preferences.ts';
import { isEverything, query } from '../state/query.ts';
import { timeline } from '../state/timeline.ts';
import { isAfter, keepPlace, unread } from '../state/unread.ts';
import { goToMessage } from './navigate.ts';

/** Whether somebody can be looking at the page. */
const isLooking = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

/** Counts what comes while nobody looks, in the title and on the icon. Returns how to stop. */
export function followAttention(): () => void {
  const change = () => {
    if (isLooking()) unread.dispatch({ type: 'looked' });
    else leave();
  };
  const stop = unread.subscribe(() => showCount(unread.get().count));
  for (const event of EVENTS) addEventListener(event, change);
  document.addEventListener('visibilitychange', change);
  return () => {
    stop();
    for (const event of EVENTS) removeEventListener(event, change);
    document.removeEventListener('visibilitychange', change);
  };
}

const EVENTS = ['focus', 'blur', 'pagehide'] as const;

/** What was there when the reader left is read: the line stands after it when they come back. */
function leave(): void {
  const { messages, newer } = timeline.get();
  const last = messages.at(-1);
  const isAtNewest = newer === 'none' && !away.get() && isEverything(query.get());
  if (last && isAtNewest) unread.dispatch({ type: 'left', at: { createdAt: last.createdAt, id: last.id } });
  keepPlace();
}

/** A message of somebody else has come. */
export function noteArrival(message: Message): void {
  if (isLooking()) {
    staysRead(message);
    return;
  }
  unread.dispatch({ type: 'came' });
  if (preferences.get().notifies) notify(message);
}

/** What comes before the reader's eyes is not new, unless it follows something that is. */
function staysRead({ id, createdAt }: Message): void {
  const { since } = unread.get();
  if (since === null) return;
  const isNewBefore = timeline
    .get()
    .messages.some((one) => one.id !== id && isAfter(one, since) && isAfter({ createdAt, id }, one));
  if (!isNewBefore) unread.dispatch({ type: 'left', at: { createdAt, id } });
}

function notify({ id, author, text, url = '' }: Message): void {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  const shown = new Notification(author, {
    body: (text || url).slice(0, 200),
    tag: id,
    icon: at('/icon-192.png'),
  });
  shown.onclick = () => {
    window.focus();
    goToMessage(id);
    shown.close();
  };
}

/** Asks the browser to let the page notify; whether it does. */
export async function askToNotify(): Promise<boolean> {
  if (typeof Notification === 'undefined') return false;
  return (await Notification.requestPermission()) === 'granted';
}

function showCount(count: number): void {
  document.title = count > 0 ? `(${count}) gitpost` : 'gitpost';
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const file = at(count > 0 ? '/favicon-unread.svg' : '/favicon.svg');
  if (icon && new URL(icon.href).pathname !== file) icon.href = file;
  const badge = navigator as {
    setAppBadge?: (count: number) => Promise<void>;
    clearAppBadge?: () => Promise<void>;
  };
  void (count > 0 ? badge.setAppBadge?.(count) : badge.clearAppBadge?.())?.catch(() => undefined);
}
