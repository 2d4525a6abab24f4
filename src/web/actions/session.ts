import { noteSignIn } from '../api/client.ts';
import type { Problem } from '../api/problem.ts';
import { closeSession, openSession } from '../api/session.ts';
import { show } from '../state/notices.ts';
import { session, whenSessionChanged } from '../state/session.ts';

/** Signs in. Returns what is wrong with the token. */
export async function signIn(token: string): Promise<Problem | undefined> {
  const answer = await openSession(token);
  if (!answer.ok) return answer.problem;
  noteSignIn();
  session.dispatch('signed in');
  return undefined;
}

export async function signOut(): Promise<void> {
  const answer = await closeSession();
  if (!answer.ok && answer.problem.status !== 401) return show('bad', answer.problem.detail);
  session.dispatch('asked to sign in');
}

/** All tabs of a browser share one session, so each follows when another one signs in or out. */
export function followOtherTabs(): void {
  whenSessionChanged((signedIn) => {
    if (signedIn) noteSignIn();
    session.dispatch(signedIn ? 'signed in' : 'asked to sign in');
  });
}
