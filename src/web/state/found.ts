import type { Count } from '../../contract/message.ts';
import { createStore } from './store.ts';

/** How many messages the server has counted for what is shown; `undefined` while that is unknown. */
export const found = createStore<Count | undefined, Count | undefined>((_, next) => next, undefined);
