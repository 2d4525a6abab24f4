import { createStore } from './store.ts';

/** Everybody who has written, whoever wrote most first, once somebody wants to name one. */
export const authors = createStore<readonly string[], readonly string[]>((_, next) => next, []);
