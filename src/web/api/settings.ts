import type { ChangeSettings, Settings } from '../../contract/settings.ts';
import { noteLimit } from './attachments.ts';
import { type Answer, call } from './client.ts';

export async function readSettings(): Promise<Answer<Settings>> {
  const answer = await call<Settings>('GET', '/settings');
  if (answer.ok) noteLimit(answer.headers);
  return answer;
}

export function changeSettings(change: ChangeSettings): Promise<Answer<Settings>> {
  return call('PATCH', '/settings', { body: change });
}
