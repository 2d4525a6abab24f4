import { createStore } from './store.ts';

/** Whether the reader has scrolled away from the end of the timeline. */
export const away = createStore<boolean, boolean>((_, next) => next, false);
