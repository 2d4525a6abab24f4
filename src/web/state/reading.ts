import { useEffect } from 'preact/hooks';
import { createStore, useStore } from './store.ts';

type Reading = typeof import('../reading/index.ts');

const reading = createStore<Reading | undefined, Reading>((_, loaded) => loaded, undefined);
let asked: Promise<void> | undefined;

/** Markdown and highlighting, once they are loaded. Until then, a text is shown as it was written. */
export function useReading(): Reading | undefined {
  useEffect(() => void load(), []);
  return useStore(reading, (loaded) => loaded);
}

/** How long messages wait for it, in milliseconds. */
const PATIENCE = 1000;

/** Loads it. Resolves when it is there, cannot be loaded, or takes too long to wait for. */
export const readingSettled = (): Promise<void> =>
  Promise.race([load(), new Promise<void>((resolve) => setTimeout(resolve, PATIENCE))]);

function load(): Promise<void> {
  asked ??= import('../reading/index.ts').then(reading.dispatch, () => {
    // Without a network, the text can still be read. The next message that needs it tries again.
    asked = undefined;
  });
  return asked;
}
