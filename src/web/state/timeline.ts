import type { Message } from '../../contract/message.ts';
import type { Page } from '../api/messages.ts';
import type { Problem } from '../api/problem.ts';
import { createStore } from './store.ts';

/** What should be seen now, wherever one has scrolled to: the end of all, or a message at the top or in the middle. */
export type Wanted = { readonly id: null } | { readonly id: string; readonly edge: 'top' | 'middle' };

export const NEWEST: Wanted = { id: null };

/** A part of all messages without a gap, from one that may have older ones before it to one that may not be the newest. */
export interface Timeline {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly problem: Problem | undefined;
  /** Oldest first, as they are read. */
  readonly messages: readonly Message[];
  /** Where the page before the oldest message is; `null` when there is none. */
  readonly next: string | null;
  readonly older: 'idle' | 'loading' | 'failed';
  /** Whether there are newer messages than those here, and whether they are on their way. */
  readonly newer: 'none' | 'idle' | 'loading' | 'failed';
  /** How many messages have arrived that are newer than those here; `many` where they came too fast to be counted. */
  readonly missed: number | 'many';
  /** Messages deleted from this page, which keep their place so that the delete can be undone there. */
  readonly removed: ReadonlySet<string>;
  readonly wanted: Wanted;
}

export type TimelineAction =
  | { readonly type: 'asked' }
  | { readonly type: 'answered'; readonly page: Page; readonly wanted: Wanted; readonly isNewest: boolean }
  | {
      readonly type: 'refused';
      readonly problem: Problem;
      /** What this browser has kept of an earlier answer, to be read all the same. */
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
      /** Where the page before a message is, for when the oldest ones have to go. */
      readonly before: (message: Message) => string;
    }
  | { readonly type: 'refused newer' }
  | {
      readonly type: 'refreshed';
      readonly page: Page;
      readonly known: Known;
      /** Whether the reader is elsewhere than at the newest message. */
      readonly isAway: boolean;
    }
  | { readonly type: 'kept'; readonly message: Message }
  | { readonly type: 'missed' }
  | { readonly type: 'gone'; readonly id: string }
  | { readonly type: 'removed'; readonly id: string }
  | { readonly type: 'restored'; readonly id: string }
  | { readonly type: 'wanted'; readonly wanted: Wanted };

/** More are not kept at once, so that a year of scrolling costs no more than a day of it. */
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
        // Another object each time, so that asking for the same place again goes there again.
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

/** Whether a message lies in the part that is here, or at an end of it with nothing unread beyond. */
function belongs(state: Timeline, message: Message): boolean {
  const oldest = state.messages[0];
  const newest = state.messages.at(-1);
  if (!oldest || !newest) return state.newer === 'none';
  if (state.next !== null && compare(message, oldest) < 0) return false;
  return state.newer === 'none' || compare(message, newest) <= 0;
}

/** Takes one message in at its place, unless it belongs to those that have not been read yet. */
function keep(state: Timeline, message: Message): Timeline {
  if (!belongs(state, message)) return state;
  const merged = merge(state, [message]);
  const held = state.messages.find(({ id }) => id === message.id);
  // What was told before it was deleted here may arrive after: only a later revision brings it back.
  if (held && message.revision <= held.revision) return merged;
  return { ...merged, removed: new Set([...state.removed].filter((id) => id !== message.id)) };
}

/** Whether so much is new that there may be messages between those that are here and a page of the newest. */
function leavesGap({ messages, newer }: Timeline, { messages: answered, next }: Page): boolean {
  const [newest, oldest] = [messages.at(-1), answered.at(-1)];
  if (newer !== 'none' || next === null || !newest || !oldest) return false;
  return compare(newest, oldest) < 0;
}

/** Goes on with the newest messages, and leaves those that are here to be loaded again. */
function jump({ wanted, removed }: Timeline, { messages, next }: Page): Timeline {
  return { ...EMPTY, status: 'ready', messages: inOrder(messages), next, wanted, removed };
}

/** The revisions that the messages had when an answer was asked for, by id. */
export type Known = ReadonlyMap<string, number>;

export const knownOf = ({ messages }: Pick<Timeline, 'messages'>): Known =>
  new Map(messages.map(({ id, revision }) => [id, revision]));

/**
 * Takes the newest of the messages that are here as the server has them now. One that was known when they were asked
 * for, is in their range and not among them is gone. One that arrived or changed meanwhile stays: the answer is older.
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
    // Answers and events may overtake each other; an older revision never replaces a newer one.
    if (shown === undefined || message.revision >= shown.revision) all.set(message.id, message);
  }
  return { ...state, messages: inOrder([...all.values()]) };
}

/** Whether two readings of a message say the same, so that its view need not be made again. */
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
