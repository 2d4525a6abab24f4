import { expect, test } from 'vitest';
import { SeenIds } from '../../../../src/services/imports/seen-ids.ts';

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const SAME_START = (index: number) => `01890000-0000-7000-8000-${hex(index, 12)}`;
const SAME_END = (index: number) => `${hex(index, 8)}-0000-4000-8000-000000000000`;

test.each([SAME_START, SAME_END])('100,000 ids that share a half are all met once, soon', (idOf) => {
  const seen = new SeenIds();
  const ids = Array.from({ length: 100_000 }, (_, index) => idOf(index * 4096));
  const start = performance.now();
  expect(ids.filter((id) => seen.add(id))).toEqual([]);
  expect(ids.every((id) => seen.add(id))).toBe(true);
  // Ids that all fall into one place take minutes.
  expect(performance.now() - start).toBeLessThan(20_000);
});
