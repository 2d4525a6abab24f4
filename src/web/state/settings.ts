import type { Settings } from '../../contract/settings.ts';
import { createStore } from './store.ts';

/** What the server is set up with, once it is known. */
export const settings = createStore<Settings | undefined, Settings>((_, next) => next, undefined);
