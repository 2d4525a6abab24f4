const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const exactFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const relativeFormat = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const shortFormat = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

const shortWhenFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const shortDayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

const MINUTE = 60_000;
const UNITS = [
  ['day', 24 * 60 * MINUTE],
  ['hour', 60 * MINUTE],
  ['minute', MINUTE],
] as const;

/** The time of day in the reader's zone and locale. */
export const clock = (instant: string): string => clockFormat.format(new Date(instant));

/** Everything there is to say about an instant, for whoever points at it. */
export const exact = (instant: string): string => exactFormat.format(new Date(instant));

/** The reader's own day of an instant, as `2026-11-22`. */
export function dayOf(instant: string | number): string {
  const date = new Date(instant);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** When a day as `2026-11-22` begins for the reader, as an instant; nothing where it is no day. */
export function startOfDay(day: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const start = new Date(`${day}T00:00:00`);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

/** The day so many days later, or earlier where that is negative. */
export function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00`);
  if (Number.isNaN(date.getTime())) return '';
  date.setDate(date.getDate() + days);
  return dayOf(date.getTime());
}

/** The same day so many years before; nothing if that year has none, as on 29 February. */
export function yearsBefore(day: string, years: number): string | undefined {
  const before = `${String(Number(day.slice(0, 4)) - years).padStart(4, '0')}${day.slice(4)}`;
  const date = new Date(`${before}T12:00:00`);
  return dayOf(date.getTime()) === before ? before : undefined;
}

/** An instant as short as it can be said without doubt. */
export const shortWhen = (instant: string): string => shortWhenFormat.format(new Date(instant));

/** The reader's own day of an instant, as short as it can be said without doubt. */
export const shortDay = (instant: string): string => shortDayFormat.format(new Date(instant));

/** A day by its full date. */
export const fullDay = (day: string): string => dayFormat.format(new Date(`${day}T12:00:00`));

/** A day in words: today, yesterday, or its full date. */
export function dayInWords(day: string, now: number): string {
  const noon = new Date(`${day}T12:00:00`);
  const today = new Date(`${dayOf(now)}T12:00:00`);
  const days = Math.round((noon.getTime() - today.getTime()) / (24 * 60 * MINUTE));
  if (days === 0 || days === -1) return capitalised(relativeFormat.format(days, 'day'));
  return dayFormat.format(noon);
}

/** How long ago something was, in words that are short enough for a line with others. */
export function ago(instant: string, now: number): string {
  const passed = now - Date.parse(instant);
  const unit = UNITS.find(([, length]) => passed >= length);
  return unit ? shortFormat.format(-Math.floor(passed / unit[1]), unit[0]) : 'just now';
}

/** How long until the reader's next midnight. */
export function untilTomorrow(now: number): number {
  return new Date(now).setHours(24, 0, 0, 0) - now;
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
