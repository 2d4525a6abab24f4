import type { Message } from '../../contract/message.ts';
import { createStore } from './store.ts';

/** Messages that were only loaded because others reply to them; `null` for one that does not exist. */
export type Quoted = Readonly<Record<string, Message | null>>;

export const quoted = createStore<Quoted, { readonly id: string; readonly message: Message | null }>(
  (state, { id, message }) => ({ ...state, [id]: message }),
  {},
);
