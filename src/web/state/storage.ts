import { ownName } from '../api/place.ts';

/** What this browser stores for us. If the browser forbids that, the page works but remembers nothing. */
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
    // A full or forbidden storage must not keep a person from writing.
  }
}

/**
 * Calls back when another tab of this browser has stored a different value under a key, or removed it. Returns a
 * function that stops this.
 */
export function whenRemembered(key: string, react: (value: string | null) => void): () => void {
  const hear = (event: StorageEvent) => {
    if (event.key === ownName(`.${key}`)) react(event.newValue);
  };
  addEventListener('storage', hear);
  return () => removeEventListener('storage', hear);
}

/** The stored names with a given prefix, without that prefix. */
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
