const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Reads when something is, as its first millisecond. It takes a day, a month or a year (`2026-11-22`, `2026-11`, `2026`),
 * a full instant, `today`, `yesterday`, `tomorrow`, or so long ago (`2 weeks ago`). All of them are in UTC if they name
 * no zone. What counts in days or more is the beginning of a day.
 */
export const parseMoment = (text: string, now: Date): number | undefined =>
  parseDay(text) ?? parseRelative(text.trim().toLowerCase().split(/\s+/), now);

function parseDay(value: string): number | undefined {
  if (!/^\d{4}(-\d{2}(-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?)?)?$/i.test(value)) return undefined;
  const instant = Date.parse(value.length > 10 && !/(Z|[+-]\d{2}:\d{2})$/i.test(value) ? `${value}Z` : value);
  return Number.isNaN(instant) || !isRealDay(value) ? undefined : instant;
}

/** A day that its month does not have would be taken for one of the next month. */
function isRealDay(value: string): boolean {
  const [year = 0, month = 1, day = 1] = value.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

function parseRelative(words: readonly string[], now: Date): number | undefined {
  const today = Math.floor(now.getTime() / DAY) * DAY;
  const [first = '', unit = '', ago] = words;
  if (words.length === 1) {
    if (first === 'today') return today;
    if (first === 'yesterday') return today - DAY;
    return first === 'tomorrow' ? today + DAY : undefined;
  }
  const count = countOf(first);
  if (words.length !== 3 || ago !== 'ago' || count === undefined) return undefined;
  return before(now, today, count, unit.replace(/s$/, ''));
}

function countOf(word: string): number | undefined {
  if (word === 'a' || word === 'an') return 1;
  return /^\d{1,6}$/.test(word) ? Number(word) : undefined;
}

function before(now: Date, today: number, count: number, unit: string): number | undefined {
  switch (unit) {
    case 'minute':
      return now.getTime() - count * MINUTE;
    case 'hour':
      return now.getTime() - count * 60 * MINUTE;
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

/** The same day of an earlier month, or its last day if it is shorter. */
function monthsBefore(day: number, months: number): number | undefined {
  const date = new Date(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() - months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const time = Date.UTC(year, month, Math.min(date.getUTCDate(), last));
  return Number.isNaN(time) ? undefined : time;
}
