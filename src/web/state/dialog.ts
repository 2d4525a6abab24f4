import { createStore } from './store.ts';

/** What stands over the page: the history of a message, or the versions of one that has to be settled. */
export interface Dialog {
  readonly kind: 'history' | 'conflict';
  readonly id: string;
}

export const dialog = createStore<Dialog | null, Dialog | null>((_, next) => next, null);
