import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readAhead } from '../../../src/async/read-ahead.ts';

test('reads in order, a few at a time, whichever is ready first', async () => {
  let [reading, most] = [0, 0];
  const read = async (item: number) => {
    reading += 1;
    most = Math.max(most, reading);
    await delay(item % 3 === 0 ? 8 : 1);
    reading -= 1;
    return item;
  };
  const items = Array.from({ length: 20 }, (_, index) => index);
  const got: number[] = [];
  for await (const item of readAhead(items, read)) got.push(item);
  expect(got).toEqual(items);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(3);
});

test('fails when one fails, but not before the ones ahead of it', async () => {
  const got: number[] = [];
  const all = async () => {
    for await (const item of readAhead([1, 2, 3, 4, 5, 6, 7, 8], failing)) got.push(item);
  };
  await expect(all()).rejects.toThrow('number 4');
  expect(got).toEqual([1, 2, 3]);
});

async function failing(item: number): Promise<number> {
  if (item >= 4) throw new Error(`number ${item}`);
  return item;
}
