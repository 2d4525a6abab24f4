import type { ChangeSettings, Settings } from '../../contract/settings.ts';
import type { Problem } from '../api/problem.ts';
import { changeSettings, readSettings } from '../api/settings.ts';
import { settings } from '../state/settings.ts';
import { remember, whenRemembered } from '../state/storage.ts';

const CHANGED = 'settings changed';

/** Reads the server's settings. Until it answers, the page works without them. */
export async function loadSettings(): Promise<void> {
  const answer = await readSettings();
  if (answer.ok) settings.dispatch(answer.body);
}

/** Changes settings on the server. Returns why not, if that failed. */
export async function saveSettings(change: ChangeSettings): Promise<Problem | undefined> {
  const answer = await changeSettings(change);
  if (!answer.ok) return answer.problem;
  settings.dispatch(answer.body);
  remember(CHANGED, String(Date.now()));
  return undefined;
}

/** Changes the current saved searches. Another tab may have changed them, so they are read first. */
export async function changeSearches(
  change: (searches: Settings['searches']) => Settings['searches'],
): Promise<Problem | undefined> {
  const now = await readSettings();
  return now.ok ? saveSettings({ searches: change(now.body.searches) }) : now.problem;
}

/**
 * Follows changes from other tabs immediately, and changes from other browsers when the reader returns to the page.
 * Returns a function that stops this.
 */
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
