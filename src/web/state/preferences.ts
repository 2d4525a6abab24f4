import { recall, remember, whenRemembered } from './storage.ts';
import { createStore } from './store.ts';

/** How this browser works for this person. The server does not know about it. */
export interface Preferences {
  /** Enter sends, and Shift + Enter starts a new line. Otherwise, Ctrl or Cmd + Enter sends. */
  readonly enterSends: boolean;
  /** Shows notifications for messages from others while nobody is looking at the page. */
  readonly notifies: boolean;
}

const DEFAULTS: Preferences = { enterSends: false, notifies: false };

function read(json: string | null): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(json ?? '{}') as Partial<Preferences>) };
  } catch {
    return DEFAULTS;
  }
}

export const preferences = createStore<Preferences, Partial<Preferences>>(
  (state, change) => {
    const next = { ...state, ...change };
    remember('preferences', JSON.stringify(next));
    return next;
  },
  read(recall('preferences')),
);

whenRemembered('preferences', (json) => preferences.dispatch(read(json)));
