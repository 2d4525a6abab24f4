import { useState } from 'preact/hooks';
import { ownName } from '../api/place.ts';

const remembered = new Map<string, unknown>();

/** State that outlives its view: a message leaves the page when one scrolls away, and comes back as it was. */
export function useRemembered<Value>(key: string, initial: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() =>
    remembered.has(key) ? (remembered.get(key) as Value) : initial,
  );
  const set = (next: Value) => {
    if (next === initial) remembered.delete(key);
    else remembered.set(key, next);
    setValue(() => next);
  };
  return [value, set];
}

/** Like {@link useRemembered}, for something a person has written: it also survives a reload of this tab. */
export function useKept<Value>(key: string): [Value | undefined, (value: Value | undefined) => void] {
  // A tab's storage may be full or forbidden, and then contain something older.
  const [value, setValue] = useState(() =>
    remembered.has(key) ? (remembered.get(key) as Value | undefined) : recallInTab<Value>(key),
  );
  const set = (next: Value | undefined) => {
    remembered.set(key, next);
    keepInTab(key, next);
    setValue(() => next);
  };
  return [value, set];
}

function recallInTab<Value>(key: string): Value | undefined {
  try {
    const json = sessionStorage.getItem(ownName(`.${key}`));
    return json === null ? undefined : (JSON.parse(json) as Value);
  } catch {
    return undefined;
  }
}

function keepInTab(key: string, value: unknown): void {
  try {
    if (value === undefined) sessionStorage.removeItem(ownName(`.${key}`));
    else sessionStorage.setItem(ownName(`.${key}`), JSON.stringify(value));
  } catch {
    // A full or forbidden storage must not keep a person from writing.
  }
}
