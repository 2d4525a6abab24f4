import { createStore } from './store.ts';

/** Whether the server has a newer build of the page than this one. */
export const update = createStore<'none' | 'found', 'found'>((_, next) => next, 'none');
