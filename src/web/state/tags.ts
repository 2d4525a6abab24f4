import type { TagCount } from '../../contract/tags.ts';
import { createStore } from './store.ts';

/** All tags, most used first, once they are known. */
export const tags = createStore<readonly TagCount[], readonly TagCount[]>((_, next) => next, []);
