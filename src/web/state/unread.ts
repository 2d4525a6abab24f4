import { recall, remember } from './storage.ts';
import { createStore } from './store.ts';

/** A position among all messages, in their order. */
export interface Mark {
  readonly createdAt: string;
  readonly id: string;
}

export interface Unread {
  /** The last message when the reader was last looking. Everything after it is new. `null` before the first visit. */
  readonly since: Mark | null;
  /** How many messages have arrived while nobody was looking at the page. */
  readonly count: number;
}

type Action =
  /** The reader sees the newest message, or leaves it: nothing up to this position is new from now on. */
  { readonly type: 'left'; readonly at: Mark } | { readonly type: 'looked' } | { readonly type: 'came' };

function reduceUnread(state: Unread, action: Action): Unread {
  if (action.type === 'came') return { ...state, count: state.count + 1 };
  if (action.type === 'looked') return state.count === 0 ? state : { ...state, count: 0 };
  return state.since !== null && isAfter(state.since, action.at) ? state : { since: action.at, count: 0 };
}

export const isAfter = (a: Mark, b: Mark): boolean =>
  a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt;

function read(): Mark | null {
  try {
    return JSON.parse(recall('seen') ?? 'null') as Mark | null;
  } catch {
    return null;
  }
}

export const unread = createStore<Unread, Action>(reduceUnread, { since: read(), count: 0 });

/** Stores the position for the next visit. This is not done for each message, since a browser writes it to disk. */
export function keepPlace(): void {
  const { since } = unread.get();
  if (since !== null) remember('seen', JSON.stringify(since));
}
