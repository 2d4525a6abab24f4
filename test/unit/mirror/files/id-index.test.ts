import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdIndex } from '../../../../src/mirror/files/id-index.ts';
import { idOf } from '../../../support/lines.ts';

const reread = (index: IdIndex): IdIndex => IdIndex.of(JSON.parse(JSON.stringify(index.copies()))) as IdIndex;

describe('the index of ids', () => {
  test('knows no id at first', () => {
    const index = new IdIndex();
    expect(index.size).toBe(0);
    expect(index.get(idOf(1))).toBeUndefined();
    expect(index.get('00000000-0000-0000-0000-000000000000')).toBeUndefined();
  });

  test('knows the number of an id, 0 as well as the greatest, and takes another', () => {
    const index = new IdIndex();
    index.set(idOf(1), 0);
    index.set(idOf(2), 4_000_000_000);
    index.set('00000000-0000-0000-0000-000000000000', 3);
    index.set('ffffffff-ffff-ffff-ffff-ffffffffffff', 4);
    index.set(idOf(2), 7);
    expect([idOf(1), idOf(2), idOf(3)].map((id) => index.get(id))).toEqual([0, 7, undefined]);
    expect(index.get('00000000-0000-0000-0000-000000000000')).toBe(3);
    expect(index.get('ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe(4);
    expect(index.size).toBe(4);
  });

  test('holds what a Map holds, while it grows and after it was kept', () => {
    // Words with few values meet in the table more often than random ones.
    const word = fc.constantFrom('00000000', 'ffffffff', '00000001', '80000000', '00010000', 'a0a0a0a0');
    const id = fc.tuple(word, word, word, word).map((words) => {
      const digits = words.join('');
      return [8, 12, 16, 20, 32].map((end, at) => digits.slice([0, 8, 12, 16, 20][at], end)).join('-');
    });
    const numbered = fc.tuple(fc.oneof(id, fc.uuid()), fc.nat(50));
    fc.assert(
      fc.property(fc.array(numbered, { maxLength: 60 }), (entries) => {
        const index = new IdIndex();
        for (const [one, number] of entries) index.set(one, number);
        const expected = new Map(entries);
        for (const same of [index, reread(index)]) {
          expect(same.size).toBe(expected.size);
          for (const [one, number] of expected) expect(same.get(one)).toBe(number);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('holds a hundred thousand ids, and keeps growing after it was stored', () => {
    let index = new IdIndex();
    for (let number = 0; number < 100_000; number += 1) {
      if (number === 60_000) index = reread(index);
      index.set(idOf(number * 3), number % 100);
    }
    expect(index.size).toBe(100_000);
    for (let number = 0; number < 100_000; number += 7) {
      expect(index.get(idOf(number * 3))).toBe(number % 100);
      expect(index.get(idOf(number * 3 + 1))).toBeUndefined();
    }
  });

  // Other programs may count their ids in any place.
  test.each<[string, (hex: string) => string]>([
    ['last', (hex) => `00000000-0000-4000-8000-${hex.padStart(12, '0')}`],
    ['first', (hex) => `${hex.padStart(8, '0')}-0000-4000-8000-000000000000`],
    ['at the front of the first group', (hex) => `${hex.padEnd(8, '0')}-0000-4000-8000-000000000000`],
    ['in the second group', (hex) => `00000000-${hex.padStart(4, '0')}-4000-8000-000000000000`],
    ['in the fourth group', (hex) => `00000000-0000-4000-${hex.padStart(4, '0')}-000000000000`],
    ['at the front of the last group', (hex) => `00000000-0000-4000-8000-${hex.padEnd(12, '0')}`],
  ])('is as fast where ids are counted %s', (_, toId) => {
    const start = performance.now();
    const index = new IdIndex();
    for (let number = 0x1000; number < 0x3000; number += 1) index.set(toId(number.toString(16)), 1);
    expect(index.size).toBe(0x2000);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
