import { recall, remember, whenRemembered } from './storage.ts';
import { createStore } from './store.ts';

export interface Session {
  /** Whether the server has asked for a sign-in that has not happened yet. */
  readonly signedOut: boolean;
  /** Whether someone signed in from this browser, so there is a session to end. */
  readonly canSignOut: boolean;
}

type Action = 'signed in' | 'asked to sign in';

function reduce(_: Session, action: Action): Session {
  const signedIn = action === 'signed in';
  remember('signed-in', signedIn ? 'yes' : null);
  return { signedOut: !signedIn, canSignOut: signedIn };
}

export const session = createStore(reduce, { signedOut: false, canSignOut: recall('signed-in') === 'yes' });

/** Calls back when another tab of this browser has signed in or out. */
export const whenSessionChanged = (react: (signedIn: boolean) => void): (() => void) =>
  whenRemembered('signed-in', (value) => react(value === 'yes'));
