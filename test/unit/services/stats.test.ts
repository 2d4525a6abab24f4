import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QUARTER_MS } from '../../../src/mirror/search/tally.ts';
import { daysIn } from '../../../src/services/stats.ts';

const dayOf = (iso: string, zone = 'UTC') => daysIn(zone)(Math.floor(Date.parse(iso) / QUARTER_MS));

describe('the day that a message counts for', () => {
  test.each([
    ['-271821-04-20T00:00:00.000Z', '0000-01-01'],
    ['-000001-12-31T23:59:59.999Z', '0000-01-01'],
    ['0000-02-29T12:00:00.000Z', '0000-02-29'],
    ['0001-01-01T00:00:00.000Z', '0001-01-01'],
    ['0999-12-31T23:00:00.000Z', '0999-12-31'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31'],
    ['+010000-01-01T00:00:00.000Z', '9999-12-31'],
    ['+275760-09-13T00:00:00.000Z', '9999-12-31'],
  ])('of %s is %s', (iso, day) => {
    expect(dayOf(iso)).toBe(day);
  });

  test.each(['Asia/Kathmandu', 'America/New_York', 'Pacific/Kiritimati'])(
    'is one of four digits in %s',
    (zone) => {
      for (const iso of [
        '-271821-04-20T00:00:00.000Z',
        '0000-01-01T00:00:00.000Z',
        '+275760-09-13T00:00:00.000Z',
      ])
        expect(dayOf(iso, zone)).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    },
  );

  test('is that of its date in UTC, whatever year it is', () => {
    const time = fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(time, (date) => {
        expect(dayOf(date.toISOString())).toBe(date.toISOString().slice(0, 10));
      }),
    );
  });
});
