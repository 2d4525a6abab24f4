import { expect, test } from 'vitest';
import { journalsIn, partsOf } from '../../../../../src/repository/reconcile/bulk/day-batches.ts';

const MIB = 1024 * 1024;
const journal = (name: string, size = 1000) => ({
  path: `messages/2026-11/${name}.jsonl`,
  mode: '100644',
  id: name,
  size,
});

test('puts the journals of a day together, whoever wrote them, with the oldest day first', () => {
  const journals = [
    journal('b.2026-11-02'),
    journal('a.2026-11-01.10'),
    journal('a.2026-11-01.2'),
    journal('b.2026-11-01'),
  ];
  const { parts, left } = partsOf(journals);
  expect(left).toEqual([]);
  expect(parts.map((part) => part.map(({ day, journals: all }) => [day, all.map(({ id }) => id)]))).toEqual([
    [
      ['2026-11-01', ['b.2026-11-01', 'a.2026-11-01.2', 'a.2026-11-01.10']],
      ['2026-11-02', ['b.2026-11-02']],
    ],
  ]);
});

test('ends a part behind a day that makes it large, and never within a day', () => {
  const days = Array.from({ length: 9 }, (_, index) => `2026-11-0${index + 1}`);
  const journals = days.flatMap((day) => [journal(`a.${day}`, MIB), journal(`b.${day}`, MIB / 2)]);
  const { parts } = partsOf(journals);
  expect(parts.map((part) => part.length)).toEqual([3, 3, 3]);
  expect(parts.flatMap(journalsIn)).toHaveLength(journals.length);
});

test('leaves what names no day, and a day that is too large to be held at once', () => {
  const [large, also] = [journal('a.2026-11-01', 10 * MIB), journal('b.2026-11-01', 10 * MIB)];
  const [undated, small] = [journal('notes'), journal('a.2026-11-02')];
  const { parts, left } = partsOf([undated, small, large, also]);
  expect(left).toEqual([undated, large, also]);
  expect(parts.flatMap(journalsIn)).toEqual([small]);
});
