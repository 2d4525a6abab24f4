import { expect, test } from 'vitest';
import { dayWithCount, weeksOf, yearBefore } from '../../../src/web/text/calendar.ts';
import { dayAfter } from '../../../src/web/text/time.ts';

test.each(['2026-11-22', '2026-11-23', '2024-02-29', '2026-03-29', '2027-01-01'])(
  'the year up to %s is 53 whole weeks from a Monday, each day once',
  (last) => {
    const weeks = weeksOf(last, new Map());
    const days = weeks.flatMap((week) => week.days.map(({ day }) => day));
    expect(weeks).toHaveLength(53);
    expect(days[0]).toBe(yearBefore(last));
    expect(new Date(`${days[0]}T12:00:00`).getDay()).toBe(1);
    expect(days).toEqual(days.map((_, index) => dayAfter(days[0] as string, index)));
    expect(weeks.at(-1)?.days.map(({ day }) => day)).toContain(last);
    expect(weeks.flatMap((week) => week.days).filter(({ isIn }) => !isIn)).toEqual(
      weeks.at(-1)?.days.filter(({ day }) => day > last),
    );
  },
);

test('the busiest day is as dark as it gets, a single message can be seen beside it, and nothing is nothing', () => {
  const counts = new Map([
    ['2026-11-20', 1],
    ['2026-11-21', 400],
  ]);
  const days = weeksOf('2026-11-22', counts).flatMap((week) => week.days);
  const levels = Object.fromEntries(days.map(({ day, level }) => [day, level]));
  expect([levels['2026-11-20'], levels['2026-11-21'], levels['2026-11-22']]).toEqual([1, 4, 0]);
});

test('a month is named in the week in which it begins', () => {
  const named = weeksOf('2026-11-22', new Map()).filter(({ month }) => month !== '');
  expect(named.length).toBeGreaterThanOrEqual(12);
  for (const { days } of named) expect(days.some(({ day }) => day.endsWith('-01'))).toBe(true);
});

test('a day is described in words', () => {
  const words = (messages: number) => dayWithCount({ day: '2026-11-22', messages, level: 0, isIn: true });
  expect(words(0)).toMatch(/^No messages on .*22/);
  expect(words(1)).toMatch(/^1 message on /);
  expect(words(2)).toMatch(/^2 messages on /);
});
