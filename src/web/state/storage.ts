import { ownName } from '../api/place.ts';

/** What this browser keeps for us. A browser may forbid it; the page then works, and forgets. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(ownName(`.${key}`));
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(ownName(`.${key}`));
    else localStorage.setItem(ownName(`.${key}`), value);
  } catch {
    // A full or forbidden storage must not get in the way of writing.
  }
}

/**
 * Calls back when another tab of this browser has remembered something else under a key, or has forgotten it. Returns how
 * to stop.
 */
export function whenRemembered(key: string, react: (value: string | null) => void): () => void {
  const hear = (event: StorageEvent) => {
    if (event.key === ownName(`.${key}`)) react(event.newValue);
  };
  addEventListener('storage', hear);
  return () => removeEventListener('storage', hear);
}

/** What this browser keeps under names that begin alike: what comes after that beginning. */
export function recallNames(prefix: string): string[] {
  const start = ownName(`.${prefix}`);
  try {
    return Object.keys(localStorage).flatMap((name) =>
      name.startsWith(start) ? [name.slice(start.length)] : [],
    );
  } catch {
    return [];
  }
}
