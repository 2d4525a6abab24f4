import type { Message } from '../../contract/message.ts';
import { createStore } from './store.ts';

/** What is to be printed, oldest first. Each change of it prints once. */
export const printing = createStore<readonly Message[], readonly Message[]>((_, next) => next, []);
