import type { NewMessage } from '../api/messages.ts';
import type { Problem } from '../api/problem.ts';
import { createStore } from './store.ts';

/** A file of a waiting message: its bytes, or its hash if the server has it. With neither, it could not be read. */
export interface KeptFile {
  readonly name: string;
  readonly blob?: Blob;
  readonly sha256?: string;
}

/** A message that could not be sent when it was written. */
export interface Kept {
  /** With the time at which it was written, whenever it is sent. */
  readonly message: NewMessage & { readonly createdAt: string };
  /** Its files, in order; absent in messages stored by an earlier build. */
  readonly files?: readonly KeptFile[];
  /** Why the server refused it, so a person has to decide; `null` if it is only waiting. */
  readonly problem: Problem | null;
}

export interface Waiting extends Kept {
  /** Its position in the sending order. */
  readonly number: number;
}

export type OutboxAction =
  | { readonly type: 'read'; readonly all: readonly Waiting[] }
  | { readonly type: 'kept'; readonly waiting: Waiting }
  | { readonly type: 'gone'; readonly number: number };

function reduceOutbox(state: readonly Waiting[], action: OutboxAction): readonly Waiting[] {
  if (action.type === 'read') return [...action.all].sort((a, b) => a.number - b.number);
  const number = action.type === 'kept' ? action.waiting.number : action.number;
  const others = state.filter((waiting) => waiting.number !== number);
  if (action.type === 'gone') return others;
  return [...others, action.waiting].sort((a, b) => a.number - b.number);
}

/** The messages that this browser stores until the server accepts them, in the order in which they were written. */
export const outbox = createStore(reduceOutbox, [] as readonly Waiting[]);

/** Whether messages still have to be sent, so a new one has to wait its turn. */
export const isPending = (state: readonly Waiting[]): boolean =>
  state.some(({ problem }) => problem === null);
