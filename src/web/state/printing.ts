import type { Message } from '../../contract/message.ts';
import { createStore } from './store.ts';

/** The messages to print, oldest first. Each change prints once. */
export const printing = createStore<readonly Message[], readonly Message[]>((_, next) => next, []);
