import type { Stats } from '../../contract/stats.ts';
import { type Answer, call } from './client.ts';

export interface StatsQuestion {
  readonly repository: string;
  readonly since: string;
  readonly until: string;
}

/** Counts by days in this reader's time zone. */
export function readStats({ repository, since, until }: StatsQuestion): Promise<Answer<Stats>> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query = new URLSearchParams({ since, until, zone, ...(repository && { repository }) });
  return call('GET', `/stats?${query}`);
}
