import { clockOf, type LocalTime } from '../../../domain/zone.ts';
import type { ExportFile } from '../../files.ts';
import { ask } from '../../refusal.ts';
import { instantOf } from '../../values.ts';

/** A day, and a time on it if that is known. */
interface WrittenDate {
  readonly day: { readonly year: number; readonly month: number; readonly day: number };
  readonly time?: { readonly hour: number; readonly minute: number; readonly second: number } | undefined;
}

/** `2026-11-28`, `20261128`, `2026-11-28 10.05`, `2026-11-28T10:05:00`, `202611281005`. */
const DATE =
  /^(\d{4})([-_.]?)(\d{2})\2(\d{2})(?:(?:[T_\s-]{1,3}|(?=\d{4}(?:\d{2})?(?:\D|$)))(\d{2})[:.h-]?(\d{2})(?:[:.-]?(\d{2}))?)?(?![\d])/;

export type Clock = (local: LocalTime) => number | undefined;

/** A clock for a zone. Without a zone, using it throws a refusal that asks for one. */
export function noteClock(zone: string | undefined): Clock {
  const clock = zone === undefined ? undefined : clockOf(zone);
  return (local) => {
    if (clock) return clock(local);
    throw ask(
      'zone',
      'Notes have dates and times without a time zone. Give "zone", the zone in which they were written, such as Europe/Berlin.',
    );
  };
}

/** The date in the name of a note: at its beginning, or anywhere if it has dashes. */
const dateInName = (name: string): WrittenDate | undefined =>
  writtenDate(name) ?? writtenDate(/(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)/.exec(name)?.[0] ?? '');

/** The date at the beginning of a text. */
export function writtenDate(text: string): WrittenDate | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, year, , month, date, hour, minute, second] = match;
  const day = { year: Number(year), month: Number(month), day: Number(date) };
  if (day.year < 1970 || day.month < 1 || day.month > 12 || day.day < 1 || day.day > 31) return undefined;
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59) return { day };
  return { day, time: { hour: Number(hour), minute: Number(minute), second: Number(second ?? 0) } };
}

/**
 * When a note was written, in milliseconds since 1970. It comes from its name, otherwise from its front matter,
 * otherwise from when its file was last changed. If the name has only the day, a time on that day in the front matter
 * is more precise and is used.
 */
export function noteTime(name: string, matter: string, file: ExportFile, clock: Clock): number | undefined {
  const [named, written] = [dateInName(name), writtenDate(matter)];
  const exact = instantOf(
    matter.replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, '$1T').replace(/ (?=[+-]\d{2}:?\d{2}$)/, ''),
  );
  const isSameDay = named && written && JSON.stringify(named.day) === JSON.stringify(written.day);
  if (named && !(isSameDay && named.time === undefined)) return clock(localOf(named));
  if (exact !== undefined) return exact;
  if (written) return clock(localOf(written));
  if (file.modifiedAt !== undefined) return file.modifiedAt;
  return file.modifiedLocal && clock(file.modifiedLocal);
}

const localOf = ({ day, time }: WrittenDate): LocalTime => ({ ...day, ...(time ?? { hour: 0, minute: 0 }) });
