import { createStore } from './store.ts';

/** All authors, most messages first. Only loaded once someone starts to enter one. */
export const authors = createStore<readonly string[], readonly string[]>((_, next) => next, []);
