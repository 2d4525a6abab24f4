import { createStore } from './store.ts';

export interface Notice {
  readonly tone: 'plain' | 'bad';
  readonly text: string;
  /** What can be done about it. */
  readonly way?: { readonly words: string; readonly go: () => void };
}

export interface Notices {
  /** Shown on the page until it is dismissed. */
  readonly shown: Notice | null;
  /** Only announced by a screen reader, since the page already shows it. */
  readonly said: string;
}

type Action =
  | { readonly type: 'show'; readonly notice: Notice }
  | { readonly type: 'dismiss' }
  | { readonly type: 'say'; readonly text: string };

function reduceNotices(state: Notices, action: Action): Notices {
  if (action.type === 'show') return { ...state, shown: action.notice };
  if (action.type === 'dismiss') return { ...state, shown: null };
  // To announce the same text twice, a no-break space makes the second one different.
  return { ...state, said: action.text === state.said ? `${action.text}\u00a0` : action.text };
}

export const notices = createStore<Notices, Action>(reduceNotices, { shown: null, said: '' });

export const show = (tone: Notice['tone'], text: string, way?: Notice['way']) =>
  notices.dispatch({ type: 'show', notice: { tone, text, ...(way && { way }) } });
export const say = (text: string) => notices.dispatch({ type: 'say', text });
