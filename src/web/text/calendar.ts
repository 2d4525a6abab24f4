import { dayAfter, fullDay } from './time.ts';

/** A day of the calendar, and how much was written on it. */
export interface CalendarDay {
  readonly day: string;
  readonly messages: number;
  /** From 0 for nothing to 4 for as much as on the busiest days. */
  readonly level: number;
  /** Whether it belongs to the year that is shown. The first and last week may extend beyond it. */
  readonly isIn: boolean;
}

export interface Week {
  readonly days: readonly CalendarDay[];
  /** The name of the month, if one begins in this week. */
  readonly month: string;
}

const monthFormat = new Intl.DateTimeFormat(undefined, { month: 'short' });
const weekdayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'short' });

const WEEKS = 53;

/** The first day of the year that ends with a day: 53 whole weeks, starting on a Monday. */
export function yearBefore(last: string): string {
  const monday = dayAfter(last, -weekdayOf(last));
  return dayAfter(monday, -7 * (WEEKS - 1));
}

/** The weeks of the year that ends with a day. */
export function weeksOf(last: string, counts: ReadonlyMap<string, number>): Week[] {
  const first = yearBefore(last);
  const most = Math.max(1, ...counts.values());
  return Array.from({ length: WEEKS }, (_, week) => {
    const days = Array.from({ length: 7 }, (__, weekday): CalendarDay => {
      const day = dayAfter(first, week * 7 + weekday);
      const messages = counts.get(day) ?? 0;
      return { day, messages, level: levelOf(messages, most), isIn: day <= last };
    });
    const beginning = days.find(({ day, isIn }) => isIn && day.endsWith('-01'));
    return { days, month: beginning ? monthFormat.format(new Date(`${beginning.day}T12:00:00`)) : '' };
  });
}

/** The names of the weekdays, Monday first. */
export const weekdays = (): string[] =>
  Array.from({ length: 7 }, (_, weekday) =>
    weekdayFormat.format(new Date(Date.UTC(2024, 0, 1 + weekday, 12))),
  );

export const dayWithCount = ({ day, messages }: CalendarDay): string =>
  `${messages === 0 ? 'No messages' : messages === 1 ? '1 message' : `${messages.toLocaleString()} messages`} on ${fullDay(day)}`;

/** It uses a square root, so one very busy day does not make all others look empty. */
function levelOf(messages: number, most: number): number {
  return messages === 0 ? 0 : Math.max(1, Math.ceil(4 * Math.sqrt(messages / most)));
}

/** Monday is 0. */
function weekdayOf(day: string): number {
  return (new Date(`${day}T12:00:00`).getDay() + 6) % 7;
}
