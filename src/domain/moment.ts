import type { Clocks } from './zone.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Parses a point in time. Returns its first millisecond. It accepts a day, a month or a year (`2026-11-22`,
 * `2026-11`, `2026`), a full instant, `today`, `yesterday`, `tomorrow`, or a relative time (`2 weeks ago`). Times
 * without a zone are interpreted by the given clocks. A relative time in days or longer units means the beginning of
 * a day.
 */
export const parseMoment = (text: string, now: Date, clocks: Clocks): number | undefined =>
  parseDay(text, clocks) ?? parseRelative(text.trim().toLowerCase().split(/\s+/), now, clocks);

const ZONED = /(Z|[+-]\d{2}:\d{2})$/i;

function parseDay(value: string, clocks: Clocks): number | undefined {
  if (!/^\d{4}(-\d{2}(-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?)?)?$/i.test(value)) return undefined;
  const isZoned = value.length > 10 && ZONED.test(value);
  const instant = Date.parse(value.length > 10 && !isZoned ? `${value}Z` : value);
  if (Number.isNaN(instant) || !isRealDay(value)) return undefined;
  return isZoned ? instant : clocks.whenShowing(instant);
}

/** A day that its month does not have would be taken for a day of the next month. */
function isRealDay(value: string): boolean {
  const [year = 0, month = 1, day = 1] = value.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

function parseRelative(words: readonly string[], now: Date, clocks: Clocks): number | undefined {
  const [first = '', unit = '', ago] = words;
  const today = Math.floor(clocks.shownAt(now.getTime()) / DAY) * DAY;
  if (words.length === 1) {
    const days = DAYS.get(first);
    return days === undefined ? undefined : clocks.whenShowing(today + days * DAY);
  }
  const count = countOf(first);
  if (words.length !== 3 || ago !== 'ago' || count === undefined) return undefined;
  const length = LENGTHS.get(unit.replace(/s$/, ''));
  if (length !== undefined) return now.getTime() - count * length;
  const day = dayBefore(today, count, unit.replace(/s$/, ''));
  return day === undefined ? undefined : clocks.whenShowing(day);
}

const DAYS: ReadonlyMap<string, number> = new Map([
  ['today', 0],
  ['yesterday', -1],
  ['tomorrow', 1],
]);

const LENGTHS: ReadonlyMap<string, number> = new Map([
  ['minute', MINUTE],
  ['hour', 60 * MINUTE],
]);

function countOf(word: string): number | undefined {
  if (word === 'a' || word === 'an') return 1;
  return /^\d{1,6}$/.test(word) ? Number(word) : undefined;
}

function dayBefore(today: number, count: number, unit: string): number | undefined {
  switch (unit) {
    case 'day':
      return today - count * DAY;
    case 'week':
      return today - count * 7 * DAY;
    case 'month':
      return monthsBefore(today, count);
    case 'year':
      return monthsBefore(today, count * 12);
    default:
      return undefined;
  }
}

/** The same day in an earlier month, or its last day if that month is shorter. */
function monthsBefore(day: number, months: number): number | undefined {
  const date = new Date(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() - months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const time = Date.UTC(year, month, Math.min(date.getUTCDate(), last));
  return Number.isNaN(time) ? undefined : time;
}
