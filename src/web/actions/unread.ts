import type { Message } from '../../contract/message.ts';
import { at } from '../api/place.ts';
import { away } from '../state/away.ts';
import { preferences } from '../state/preferences.ts';
import { isEverything, query } from '../state/query.ts';
import { timeline } from '../state/timeline.ts';
import { isAfter, keepPlace, unread } from '../state/unread.ts';
import { goToMessage } from './navigate.ts';

/** Whether anyone can be looking at the page. */
const isLooking = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

/** Counts new messages while nobody is looking, in the title and on the icon. Returns a function that stops this. */
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

/**
 * Everything that was there when the reader left counts as read. The line for new messages is shown after it when
 * they return.
 */
function leave(): void {
  const { messages, newer } = timeline.get();
  const last = messages.at(-1);
  const isAtNewest = newer === 'none' && !away.get() && isEverything(query.get());
  if (last && isAtNewest) unread.dispatch({ type: 'left', at: { createdAt: last.createdAt, id: last.id } });
  keepPlace();
}

/** A message from someone else has arrived. */
export function noteArrival(message: Message): void {
  if (isLooking()) {
    staysRead(message);
    return;
  }
  unread.dispatch({ type: 'came' });
  if (preferences.get().notifies) notify(message);
}

/** A message that arrives while the reader is looking is not new, unless there is a new one before it. */
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

/** Asks the browser for permission to show notifications. Resolves to whether it was granted. */
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
