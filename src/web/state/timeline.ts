import type { Message } from '../../contract/message.ts';
import type { Page } from '../api/messages.ts';
import type { Problem } from '../api/problem.ts';
import { createStore } from './store.ts';

/**
 * What should be in view now, regardless of the scroll position: the very end, or a message at the top or in the
 * middle.
 */
export type Wanted = { readonly id: null } | { readonly id: string; readonly edge: 'top' | 'middle' };

export const NEWEST: Wanted = { id: null };

/** A section of all messages without a gap. There may be older ones before it and newer ones after it. */
export interface Timeline {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly problem: Problem | undefined;
  /** Oldest first, in reading order. */
  readonly messages: readonly Message[];
  /** The path of the page before the oldest message; `null` if there is none. */
  readonly next: string | null;
  readonly older: 'idle' | 'loading' | 'failed';
  /** Whether there are newer messages than the loaded ones, and whether they are being loaded. */
  readonly newer: 'none' | 'idle' | 'loading' | 'failed';
  /** How many messages newer than the loaded ones have arrived; `many` if they came too fast to be counted. */
  readonly missed: number | 'many';
  /** Messages deleted on this page. They keep their place, so the delete can be undone there. */
  readonly removed: ReadonlySet<string>;
  readonly wanted: Wanted;
}

export type TimelineAction =
  | { readonly type: 'asked' }
  | { readonly type: 'answered'; readonly page: Page; readonly wanted: Wanted; readonly isNewest: boolean }
  | {
      readonly type: 'refused';
      readonly problem: Problem;
      /** What this browser has stored of an earlier answer, so there is something to read. */
      readonly messages?: readonly Message[];
    }
  | { readonly type: 'asked older' }
  | { readonly type: 'answered older'; readonly page: Page }
  | { readonly type: 'refused older' }
  | { readonly type: 'asked newer' }
  | {
      readonly type: 'answered newer';
      readonly messages: readonly Message[];
      readonly isNewest: boolean;
      /** The path of the page before a message, for when the oldest ones have to be dropped. */
      readonly before: (message: Message) => string;
    }
  | { readonly type: 'refused newer' }
  | {
      readonly type: 'refreshed';
      readonly page: Page;
      readonly known: Known;
      /** Whether the reader is somewhere other than at the newest message. */
      readonly isAway: boolean;
    }
  | { readonly type: 'kept'; readonly message: Message }
  | { readonly type: 'missed' }
  | { readonly type: 'gone'; readonly id: string }
  | { readonly type: 'removed'; readonly id: string }
  | { readonly type: 'restored'; readonly id: string }
  | { readonly type: 'wanted'; readonly wanted: Wanted };

/** No more are kept at once, so scrolling through a year takes no more memory than through a day. */
export const MOST_KEPT = 1000;

export const EMPTY: Timeline = {
  status: 'loading',
  problem: undefined,
  messages: [],
  next: null,
  older: 'idle',
  newer: 'none',
  missed: 0,
  removed: new Set(),
  wanted: NEWEST,
};

export function reduceTimeline(state: Timeline, action: TimelineAction): Timeline {
  switch (action.type) {
    case 'asked':
      return { ...state, status: 'loading', problem: undefined };
    case 'answered':
      return {
        ...EMPTY,
        status: 'ready',
        messages: inOrder(action.page.messages),
        next: action.page.next,
        newer: action.isNewest ? 'none' : 'idle',
        // A new object each time, so asking for the same place again goes there again.
        wanted: { ...action.wanted },
      };
    case 'refused':
      return {
        ...EMPTY,
        status: 'failed',
        problem: action.problem,
        messages: inOrder(action.messages ?? []),
      };
    case 'asked older':
      return { ...state, older: 'loading' };
    case 'answered older':
      return withoutNewest({
        ...merge(state, action.page.messages),
        next: action.page.next,
        older: 'idle',
      });
    case 'refused older':
      return { ...state, older: 'failed' };
    case 'asked newer':
      return { ...state, newer: 'loading' };
    case 'answered newer':
      return withoutOldest(
        {
          ...merge(state, action.messages),
          newer: action.isNewest ? 'none' : 'idle',
          missed: action.isNewest ? 0 : state.missed,
        },
        action.before,
      );
    case 'refused newer':
      return { ...state, newer: 'failed' };
    case 'refreshed':
      if (!leavesGap(state, action.page)) return refresh(state, action.page, action.known);
      return action.isAway ? { ...state, newer: 'idle', missed: 'many' } : jump(state, action.page);
    case 'kept':
      return keep(state, action.message);
    case 'missed':
      if (state.newer === 'none' || state.missed === 'many') return state;
      return { ...state, missed: state.missed + 1 };
    case 'gone':
      return state.removed.has(action.id) ? state : without(state, (id) => id === action.id);
    case 'removed':
      return { ...state, removed: new Set([...state.removed, action.id]) };
    case 'restored':
      return { ...state, removed: new Set([...state.removed].filter((id) => id !== action.id)) };
    case 'wanted':
      return { ...state, wanted: { ...action.wanted } };
  }
}

/** Whether a message is within the loaded section, or at an end of it with nothing unloaded beyond. */
function belongs(state: Timeline, message: Message): boolean {
  const oldest = state.messages[0];
  const newest = state.messages.at(-1);
  if (!oldest || !newest) return state.newer === 'none';
  if (state.next !== null && compare(message, oldest) < 0) return false;
  return state.newer === 'none' || compare(message, newest) <= 0;
}

/** Adds one message at its place, unless it belongs to those that are not loaded yet. */
function keep(state: Timeline, message: Message): Timeline {
  if (!belongs(state, message)) return state;
  const merged = merge(state, [message]);
  const held = state.messages.find(({ id }) => id === message.id);
  // An event from before the message was deleted here may arrive afterwards. Only a later revision brings it back.
  if (held && message.revision <= held.revision) return merged;
  return { ...merged, removed: new Set([...state.removed].filter((id) => id !== message.id)) };
}

/** Whether there is so much new that messages may be missing between the loaded ones and a page of the newest. */
function leavesGap({ messages, newer }: Timeline, { messages: answered, next }: Page): boolean {
  const [newest, oldest] = [messages.at(-1), answered.at(-1)];
  if (newer !== 'none' || next === null || !newest || !oldest) return false;
  return compare(newest, oldest) < 0;
}

/** Continues with the newest messages. Those loaded so far have to be loaded again. */
function jump({ wanted, removed }: Timeline, { messages, next }: Page): Timeline {
  return { ...EMPTY, status: 'ready', messages: inOrder(messages), next, wanted, removed };
}

/** The revisions that the messages had when a request was sent, by id. */
export type Known = ReadonlyMap<string, number>;

export const knownOf = ({ messages }: Pick<Timeline, 'messages'>): Known =>
  new Map(messages.map(({ id, revision }) => [id, revision]));

/**
 * Updates the newest of the loaded messages from the server's answer. A message is gone if it was known when the
 * request was sent, is in the answer's range, and is not in it. One that arrived or changed in the meantime stays,
 * since the answer is older.
 */
function refresh(state: Timeline, page: Page, known: Known): Timeline {
  const answered = new Set(page.messages.map(({ id }) => id));
  const last = page.messages.at(-1);
  const reaches = (message: Message) =>
    page.next === null || (last !== undefined && compare(message, last) >= 0);
  const gone = new Set(
    state.messages
      .filter(
        (message) =>
          known.get(message.id) === message.revision && !answered.has(message.id) && reaches(message),
      )
      .map(({ id }) => id)
      .filter((id) => !state.removed.has(id)),
  );
  const merged = merge(
    without(state, (id) => gone.has(id)),
    state.messages.length === 0 ? page.messages : page.messages.filter((message) => belongs(state, message)),
  );
  const isAll = page.next === null || state.messages.length === 0;
  return { ...merged, status: 'ready', problem: undefined, next: isAll ? page.next : state.next };
}

function merge(state: Timeline, incoming: readonly Message[]): Timeline {
  const all = new Map(state.messages.map((message) => [message.id, message]));
  for (const message of incoming) {
    const shown = all.get(message.id);
    if (shown && isSame(shown, message)) continue;
    // Answers and events may arrive in a different order. An older revision never replaces a newer one.
    if (shown === undefined || message.revision >= shown.revision) all.set(message.id, message);
  }
  return { ...state, messages: inOrder([...all.values()]) };
}

/** Whether two readings of a message are equal, so its view need not be rendered again. */
function isSame(a: Message, b: Message): boolean {
  return a.revision === b.revision && JSON.stringify(a) === JSON.stringify(b);
}

function withoutNewest(state: Timeline): Timeline {
  if (state.messages.length <= MOST_KEPT) return state;
  const newer = state.newer === 'none' ? 'idle' : state.newer;
  return { ...state, messages: state.messages.slice(0, MOST_KEPT), newer };
}

function withoutOldest(state: Timeline, before: (message: Message) => string): Timeline {
  if (state.messages.length <= MOST_KEPT) return state;
  const messages = state.messages.slice(-MOST_KEPT);
  return { ...state, messages, next: before(messages[0] as Message), older: 'idle' };
}

function without(state: Timeline, isGone: (id: string) => boolean): Timeline {
  const messages = state.messages.filter(({ id }) => !isGone(id));
  return messages.length === state.messages.length ? state : { ...state, messages };
}

function inOrder(messages: readonly Message[]): readonly Message[] {
  return [...messages].sort(compare);
}

function compare(a: Message, b: Message): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

export const timeline = createStore(reduceTimeline, EMPTY);
