import type { Message } from '../../contract/message.ts';
import { createStore } from './store.ts';

/** Messages that are answered by others and were read for that alone; `null` for one that is not there. */
export type Quoted = Readonly<Record<string, Message | null>>;

export const quoted = createStore<Quoted, { readonly id: string; readonly message: Message | null }>(
  (state, { id, message }) => ({ ...state, [id]: message }),
  {},
);
