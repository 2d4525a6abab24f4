import { useState } from 'preact/hooks';

const remembered = new Map<string, unknown>();

/** A state that outlives its view: a message leaves the page when one scrolls on, and comes back as it was. */
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
