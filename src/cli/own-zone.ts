import { isZone } from '../domain/zone.ts';

/** The time zone of this machine as a parameter of a call: a day is one of the person's, as the times that are printed. */
export function ownZone(): Readonly<Record<string, string>> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone !== undefined && isZone(zone) ? { zone } : {};
}
