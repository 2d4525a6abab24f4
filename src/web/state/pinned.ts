import type { Message } from '../../contract/message.ts';
import { createStore } from './store.ts';

/** The pinned messages, newest first. */
export const pinned = createStore<readonly Message[], readonly Message[]>((_, next) => next, []);
