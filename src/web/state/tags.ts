import type { TagCount } from '../../contract/tags.ts';
import { keepSide, lastSide } from './last-side.ts';
import { createStore } from './store.ts';

/** How many tags the side bar shows. */
export const SHOWN_TAGS = 8;

/** All tags, most used first. Until the server has answered, only those that the side bar showed last. */
export const tags = createStore((_: readonly TagCount[], next: readonly TagCount[]) => {
  keepSide({ tags: next.slice(0, SHOWN_TAGS) });
  return next;
}, lastSide().tags);
