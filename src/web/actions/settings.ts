import type { ChangeSettings, Settings } from '../../contract/settings.ts';
import type { Problem } from '../api/problem.ts';
import { changeSettings, readSettings } from '../api/settings.ts';
import { settings } from '../state/settings.ts';
import { remember, whenRemembered } from '../state/storage.ts';

const CHANGED = 'settings changed';

/** Reads what the server is set up with. Until it answers, the page does without. */
export async function loadSettings(): Promise<void> {
  const answer = await readSettings();
  if (answer.ok) settings.dispatch(answer.body);
}

/** Changes what the server remembers; returns why not, if it could not be. */
export async function saveSettings(change: ChangeSettings): Promise<Problem | undefined> {
  const answer = await changeSettings(change);
  if (!answer.ok) return answer.problem;
  settings.dispatch(answer.body);
  remember(CHANGED, String(Date.now()));
  return undefined;
}

/** Changes the saved searches as they are now: another tab may have changed them. */
export async function changeSearches(
  change: (searches: Settings['searches']) => Settings['searches'],
): Promise<Problem | undefined> {
  const now = await readSettings();
  return now.ok ? saveSettings({ searches: change(now.body.searches) }) : now.problem;
}

/** Follows what other tabs change at once, and what other browsers change when one comes back. Returns how to stop. */
export function followSettings(): () => void {
  const readAgain = () => {
    if (document.visibilityState === 'visible') void loadSettings();
  };
  const stop = whenRemembered(CHANGED, readAgain);
  document.addEventListener('visibilitychange', readAgain);
  addEventListener('focus', readAgain);
  return () => {
    stop();
    document.removeEventListener('visibilitychange', readAgain);
    removeEventListener('focus', readAgain);
  };
}
