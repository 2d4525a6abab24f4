import { expect, test } from 'vitest';
import { type Prepared, preparer } from '../../../src/import/prepare.ts';

const conversation = { id: 'C1', name: 'general' };

test.each([Number.NaN, 1e300, -1, Date.UTC(10_000, 0)])(
  'a time of %d is no date, with text or without',
  (createdAt) => {
    const prepare = preparer('slack', false);
    for (const text of ['', 'Hello'])
      expect(prepare({ conversation, author: 'Ann', createdAt, text })).toMatchObject({ skipped: 'no-date' });
  },
);

test('nothing is in a message of blanks', () => {
  const prepared = preparer('slack', false)({ conversation, author: 'Ann', createdAt: 0, text: ' \n' });
  expect(prepared).toEqual({ skipped: 'empty', example: '1970-01-01T00:00:00.000Z' });
});

test('messages of one second have the same times in an export that begins later', () => {
  const messages = ['41', '42', '43'].map((sourceId) => ({
    ...{ conversation, sourceId, author: 'Ann', createdAt: 1_700_000_000_000, text: sourceId },
    shift: Number(sourceId),
  }));
  const timesOf = (some: typeof messages) => {
    const prepare = preparer('telegram', false);
    return new Map(some.map((one) => [one.sourceId, (prepare(one) as Prepared).createdAt]));
  };
  const all = timesOf(messages);
  expect([...all.values()]).toEqual([...all.values()].sort());
  for (const [id, time] of timesOf(messages.slice(1))) expect(time).toBe(all.get(id));
});
