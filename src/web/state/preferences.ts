import { recall, remember, whenRemembered } from './storage.ts';
import { createStore } from './store.ts';

/** How this browser works for this person. Nothing of it is known to the server. */
export interface Preferences {
  /** Enter sends, and Shift + Enter begins a new line; else Ctrl or Cmd + Enter sends. */
  readonly enterSends: boolean;
  /** Says that messages of others have come while the page is not looked at. */
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
