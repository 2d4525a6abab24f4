import { recall, remember } from './storage.ts';
import { createStore } from './store.ts';

/** A place among all messages, in their order. */
export interface Mark {
  readonly createdAt: string;
  readonly id: string;
}

export interface Unread {
  /** The last message that was there when the reader looked; what follows is new. `null` before the first look. */
  readonly since: Mark | null;
  /** How many have come while the page was not looked at. */
  readonly count: number;
}

type Action =
  /** The reader looks at the newest message, or leaves it: nothing up to here is new from now on. */
  { readonly type: 'left'; readonly at: Mark } | { readonly type: 'looked' } | { readonly type: 'came' };

export function reduceUnread(state: Unread, action: Action): Unread {
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

/** Keeps the place for the next visit. Not at each message: a browser writes this to the disk. */
export function keepPlace(): void {
  const { since } = unread.get();
  if (since !== null) remember('seen', JSON.stringify(since));
}
