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

/** An instant in full, for a tooltip. */
export const exact = (instant: string): string => exactFormat.format(new Date(instant));

/** The day of an instant in the reader's time zone, such as `2026-11-22`. */
export function dayOf(instant: string | number): string {
  const date = new Date(instant);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The instant at which a day such as `2026-11-22` begins for the reader; `undefined` if it is not a valid day. */
export function startOfDay(day: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const start = new Date(`${day}T00:00:00`);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

/** The day this many days later, or earlier if the number is negative. */
export function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00`);
  if (Number.isNaN(date.getTime())) return '';
  date.setDate(date.getDate() + days);
  return dayOf(date.getTime());
}

/** The same day this many years earlier; `undefined` if it does not exist, as for 29 February. */
export function yearsBefore(day: string, years: number): string | undefined {
  const before = `${String(Number(day.slice(0, 4)) - years).padStart(4, '0')}${day.slice(4)}`;
  const date = new Date(`${before}T12:00:00`);
  return dayOf(date.getTime()) === before ? before : undefined;
}

/** An instant, as short as possible without being ambiguous. */
export const shortWhen = (instant: string): string => shortWhenFormat.format(new Date(instant));

/** The day of an instant in the reader's time zone, as short as possible without being ambiguous. */
export const shortDay = (instant: string): string => shortDayFormat.format(new Date(instant));

/** The full date of a day. */
export const fullDay = (day: string): string => dayFormat.format(new Date(`${day}T12:00:00`));

/** A day in words: today, yesterday, or its full date. */
export function dayInWords(day: string, now: number): string {
  const noon = new Date(`${day}T12:00:00`);
  const today = new Date(`${dayOf(now)}T12:00:00`);
  const days = Math.round((noon.getTime() - today.getTime()) / (24 * 60 * MINUTE));
  if (days === 0 || days === -1) return capitalised(relativeFormat.format(days, 'day'));
  return dayFormat.format(noon);
}

/** How long ago something was, short enough to share a line with other text. */
export function ago(instant: string, now: number): string {
  const passed = now - Date.parse(instant);
  const unit = UNITS.find(([, length]) => passed >= length);
  return unit ? shortFormat.format(-Math.floor(passed / unit[1]), unit[0]) : 'just now';
}

/** The milliseconds until the reader's next midnight. */
export function untilTomorrow(now: number): number {
  return new Date(now).setHours(24, 0, 0, 0) - now;
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
