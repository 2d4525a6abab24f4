import { isZone } from '../domain/zone.ts';

/** The time zone of this machine as a query parameter, so days are local days, like the printed times. */
export function ownZone(): Readonly<Record<string, string>> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone !== undefined && isZone(zone) ? { zone } : {};
}
