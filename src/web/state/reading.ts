import { useEffect } from 'preact/hooks';
import { createStore, useStore } from './store.ts';

type Reading = typeof import('../reading/index.ts');

const reading = createStore<Reading | undefined, Reading>((_, loaded) => loaded, undefined);
let isAsked = false;

/** Markdown and highlighting, once they are loaded. Until then, a text is shown as it was written. */
export function useReading(): Reading | undefined {
  useEffect(load, []);
  return useStore(reading, (loaded) => loaded);
}

function load(): void {
  if (isAsked) return;
  isAsked = true;
  import('../reading/index.ts').then(reading.dispatch, () => {
    // Without a network, the text can still be read. The next message that needs it tries again.
    isAsked = false;
  });
}
