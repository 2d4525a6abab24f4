import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWellFormed, toJson, wellFormed, wellFormedJson } from '../../../src/domain/unicode.ts';

/** Any string that JavaScript can hold, halves of surrogate pairs and backslashes included. */
const anyString = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0xd7ff, max: 0xe000 }),
      fc.constant(0x5c),
    ),
  )
  .map((codes) => String.fromCharCode(...codes));
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(anyString, fc.integer(), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(anyString, tie('value'), { maxKeys: 3 }),
})).value;

/** All strings in a value, the keys too. */
const allStrings = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...allStrings(member)]);
};

const throughUtf8 = (text: string): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text));

test('what is well-formed is what UTF-8 can hold', () => {
  fc.assert(
    fc.property(anyString, (text) => {
      expect(isWellFormed(text)).toBe(throughUtf8(text) === text);
      expect(wellFormed(text)).toBe(throughUtf8(text));
    }),
  );
});

test('JSON of anything holds no half of a surrogate pair, and is the same otherwise', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const json = toJson(value);
      expect(json).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/i);
      expect(throughUtf8(json)).toBe(json);
      expect(allStrings(JSON.parse(json)).filter((text) => !isWellFormed(text))).toEqual([]);
      if (allStrings(value).every(isWellFormed)) expect(json).toBe(JSON.stringify(value));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['"\\ud83d\\ude00"', '"\\ud83d\\ude00"'],
  ['"\\ude00\\ud83d"', '"\\ufffd\\ufffd"'],
  ['"\\\\ud83d"', '"\\\\ud83d"'],
  ['"\\\\\\uD83D"', '"\\\\\\ufffd"'],
  ['"\\ud83d\\ud83d\\ude00"', '"\\ufffd\\ud83d\\ude00"'],
])('%s becomes %s', (json, expected) => {
  expect(wellFormedJson(json)).toBe(expected);
});
