import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesBetween } from '../../../src/web/reading/changes.ts';

const inBrackets = (before: string, after: string, byLine = false) =>
  changesBetween(before, after, byLine)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'added' ? `{+${text}+}` : `[-${text}-]`))
    .join('');

test('words or lines that changed are separate from those that did not', () => {
  expect(inBrackets('at ten in the park', 'at noon in the park')).toBe('at [-ten-]{+noon+} in the park');
  expect(inBrackets('a\nb\nc\n', 'a\nx\nc\n', true)).toBe('a\n[-b\n-]{+x\n+}c\n');
  expect(inBrackets('', 'new')).toBe('{+new+}');
});

test('both texts can be read from what changed', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', ' ', '\n', '会', '😀', '.'), { maxLength: 30 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(text, text, fc.boolean(), (before, after, byLine) => {
      const changes = changesBetween(before, after, byLine);
      const without = (gone: string) =>
        changes
          .filter(({ kind }) => kind !== gone)
          .map((change) => change.text)
          .join('');
      expect(without('added')).toBe(before);
      expect(without('removed')).toBe(after);
    }),
  );
});

test('two long texts with nothing in common are not compared for long', () => {
  const long = (seed: number) =>
    Array.from({ length: 12_000 }, (_, n) => ((n * seed) % 9973).toString(36)).join(' ');
  const changes = changesBetween(long(7919), long(6007), false);
  expect(changes.map(({ kind }) => kind)).toEqual(['removed', 'added']);
});
