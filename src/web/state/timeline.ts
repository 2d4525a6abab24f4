import type { Message } from '../../domain/message.ts';
import type { Page } from '../api/messages.ts';
import type { Problem } from '../api/problem.ts';
import { createStore } from './store.ts';

export interface Timeline {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly problem: Problem | undefined;
  /** Oldest first, as they are read. */
  readonly messages: readonly Message[];
  /** Where the page before the oldest message is; `null` when all of it is here. */
  readonly next: string | null;
  readonly older: 'idle' | 'loading' | 'failed';
  /** Messages deleted from this page, which keep their place so that the delete can be undone there. */
  readonly removed: ReadonlySet<string>;
  /** A message that should be seen now, wherever one has scrolled to: the one just sent. */
  readonly wanted: string | null;
}

export type TimelineAction =
  | { readonly type: 'asked' }
  | { readonly type: 'answered'; readonly page: Page }
  | { readonly type: 'refused'; readonly problem: Problem }
  | { readonly type: 'asked older' }
  | { readonly type: 'answered older'; readonly page: Page }
  | { readonly type: 'refused older' }
  | { readonly type: 'refreshed'; readonly page: Page; readonly known: ReadonlySet<string> }
  | { readonly type: 'kept'; readonly message: Message }
  | { readonly type: 'gone'; readonly id: string }
  | { readonly type: 'removed'; readonly id: string }
  | { readonly type: 'restored'; readonly id: string }
  | { readonly type: 'wanted'; readonly id: string };

export const EMPTY: Timeline = {
  status: 'loading',
  problem: undefined,
  messages: [],
  next: null,
  older: 'idle',
  removed: new Set(),
  wanted: null,
};

export function reduceTimeline(state: Timeline, action: TimelineAction): Timeline {
  switch (action.type) {
    case 'asked':
      return { ...state, status: 'loading', problem: undefined };
    case 'answered':
      return { ...EMPTY, status: 'ready', messages: inOrder(action.page.messages), next: action.page.next };
    case 'refused':
      return { ...EMPTY, status: 'failed', problem: action.problem };
    case 'asked older':
      return { ...state, older: 'loading' };
    case 'answered older':
      return { ...merge(state, action.page.messages), next: action.page.next, older: 'idle' };
    case 'refused older':
      return { ...state, older: 'failed' };
    case 'refreshed':
      return refresh(state, action.page, action.known);
    case 'kept':
      return keep(state, action.message);
    case 'gone':
      return state.removed.has(action.id) ? state : without(state, (id) => id === action.id);
    case 'removed':
      return { ...state, removed: new Set([...state.removed, action.id]) };
    case 'restored':
      return { ...state, removed: new Set([...state.removed].filter((id) => id !== action.id)) };
    case 'wanted':
      return { ...state, wanted: action.id };
  }
}

/** Takes one message in at its place, unless it belongs to the older ones that have not been read yet. */
function keep(state: Timeline, message: Message): Timeline {
  const oldest = state.messages[0];
  if (state.next !== null && oldest && compare(message, oldest) < 0) return state;
  const merged = merge(state, [message]);
  return { ...merged, removed: new Set([...state.removed].filter((id) => id !== message.id)) };
}

/**
 * Takes the newest messages as the server has them now. One that was known when they were asked for, lies
 * in their range and is not among them is gone; one that arrived meanwhile stays.
 */
function refresh(state: Timeline, page: Page, known: ReadonlySet<string>): Timeline {
  const answered = new Set(page.messages.map(({ id }) => id));
  const last = page.messages.at(-1);
  const reaches = (message: Message) =>
    page.next === null || (last !== undefined && compare(message, last) >= 0);
  const gone = new Set(
    state.messages
      .filter((message) => known.has(message.id) && !answered.has(message.id) && reaches(message))
      .map(({ id }) => id)
      .filter((id) => !state.removed.has(id)),
  );
  const merged = merge(
    without(state, (id) => gone.has(id)),
    page.messages,
  );
  const isAll = page.next === null || state.messages.length === 0;
  return { ...merged, status: 'ready', problem: undefined, next: isAll ? page.next : state.next };
}

function merge(state: Timeline, incoming: readonly Message[]): Timeline {
  const all = new Map(state.messages.map((message) => [message.id, message]));
  for (const message of incoming) {
    const shown = all.get(message.id);
    // Answers and events may overtake each other; an older revision never replaces a newer one.
    if (shown === undefined || message.revision >= shown.revision) all.set(message.id, message);
  }
  return { ...state, messages: inOrder([...all.values()]) };
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
