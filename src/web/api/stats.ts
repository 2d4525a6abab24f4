import { type Answer, call } from './client.ts';

/** How many messages there are, as `GET /stats` answers it. */
export interface Stats {
  readonly messages: number;
  readonly days: readonly { readonly day: string; readonly messages: number }[];
  readonly authors: readonly { readonly author: string; readonly messages: number }[];
  readonly repositories: readonly { readonly repository: string; readonly messages: number }[];
}

export interface StatsQuestion {
  readonly repository: string;
  readonly since: string;
  readonly until: string;
}

/** Counts by the days of this reader. */
export function readStats({ repository, since, until }: StatsQuestion): Promise<Answer<Stats>> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query = new URLSearchParams({ since, until, zone, ...(repository && { repository }) });
  return call('GET', `/stats?${query}`);
}
