import type { Settings } from '../../contract/settings.ts';
import { keepSide } from './last-side.ts';
import { createStore } from './store.ts';

/** The server's settings, once they are known. */
export const settings = createStore<Settings | undefined, Settings>((_, next) => {
  keepSide({ searches: next.searches });
  return next;
}, undefined);
