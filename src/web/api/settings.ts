import type { ChangeSettings, Settings } from '../../contract/settings.ts';
import { type Answer, call } from './client.ts';

export function readSettings(): Promise<Answer<Settings>> {
  return call('GET', '/settings');
}

export function changeSettings(change: ChangeSettings): Promise<Answer<Settings>> {
  return call('PATCH', '/settings', { body: change });
}
