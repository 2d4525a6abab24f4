import { type Answer, call } from './client.ts';

/** A search that a person keeps under a name. */
export interface SavedSearch {
  readonly name: string;
  readonly q: string;
}

/** What holds for all browsers of this gitpost, as `GET /settings` answers it. */
export interface Settings {
  /** Who a message is by that names nobody. */
  readonly author: string;
  /** Where a message goes that names no repository. */
  readonly defaultTarget: 'primary' | 'all';
  /** Seconds between automatic syncs; 0: only when asked. */
  readonly syncInterval: number;
  readonly searches: readonly SavedSearch[];
}

export function readSettings(): Promise<Answer<Settings>> {
  return call('GET', '/settings');
}

export function changeSettings(
  change: Partial<Pick<Settings, 'syncInterval' | 'searches'>>,
): Promise<Answer<Settings>> {
  return call('PATCH', '/settings', { body: change });
}
