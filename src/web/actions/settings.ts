import type { ChangeSettings } from '../../contract/settings.ts';
import type { Problem } from '../api/problem.ts';
import { changeSettings, readSettings } from '../api/settings.ts';
import { settings } from '../state/settings.ts';

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
  return undefined;
}
