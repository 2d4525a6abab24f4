import { v4 as uuid } from 'uuid';
import { ownName } from '../api/place.ts';

/**
 * This tab among all those that show the page. Each stores what is written in it under its own name, which survives a
 * reload, and holds a lock of that name as long as it is open. That way, another tab can tell what was left behind
 * for good.
 */

const LOCK = ownName('.tab.');
/** While a page is reloaded, its lock is released a moment after the next one has started. In milliseconds. */
const RELOAD_MS = 2000;

let name = recallName() ?? newName();

export const nameOfTab = (): string => name;

function recallName(): string | null {
  try {
    return sessionStorage.getItem(ownName('.tab'));
  } catch {
    // A browser may forbid this. What is written here is then found by the next tab.
    return null;
  }
}

function newName(): string {
  const fresh = uuid();
  try {
    sessionStorage.setItem(ownName('.tab'), fresh);
  } catch {
    // As above.
  }
  return fresh;
}

/**
 * Holds the lock of this tab from now on. A duplicated tab has the name of the original, so it takes a new one. It
 * asks again only if the wait for the lock has timed out. Any other refusal is final: WebKit refuses every request of
 * a page that is being closed, and asking again would keep that page busy forever.
 */
export function holdTab(): void {
  if (!navigator.locks) return;
  const signal = AbortSignal.timeout(RELOAD_MS);
  navigator.locks
    .request(LOCK + name, { signal }, () => new Promise(() => undefined))
    .catch((reason: unknown) => {
      if (reason !== signal.reason) return;
      name = newName();
      holdTab();
    });
}

/** The open tabs, as far as the browser reveals them. It does so on this machine and over HTTPS. */
export async function openTabs(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.map(({ name = '' }) => name.slice(LOCK.length)));
}
