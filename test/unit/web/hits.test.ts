import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldCase } from '../../../src/domain/fold-case.ts';
import { cutAt, finderOf } from '../../../src/web/text/hits.ts';

const hits = (search: string, text: string) =>
  cutAt(text, finderOf(search)(text))
    .filter(({ hit }) => hit)
    .map((piece) => piece.text);

test.each([
  ['lunch', 'Lunch at noon, LUNCH again', ['Lunch', 'LUNCH']],
  ['strasse', 'In der Straße', ['Straße']],
  ['"for lunch" plan', 'plan for lunch', ['plan', 'for lunch']],
  ['ab bc', 'abc', ['abc']],
  ['-lunch from:Ann tag:x', 'lunch Ann x', []],
  ['é', 'cafe\u0301', ['e\u0301']],
  ['', 'all', []],
  ['会', '明天十点开会', ['会']],
])('%j in %j', (search, text, found) => {
  expect(hits(search, text)).toEqual(found);
});

test('no letter is lost, and what is marked holds what was searched for', () => {
  const letter = fc.constantFrom(
    'a',
    'A',
    'ß',
    's',
    'S',
    'e',
    '\u0301',
    'é',
    'İ',
    'ﬃ',
    'Σ',
    'ς',
    ' ',
    '会',
    '😀',
  );
  const text = fc.array(letter, { maxLength: 12 }).map((letters) => letters.join(''));
  const word = fc.array(letter, { minLength: 1, maxLength: 3 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(text, word, (where, what) => {
      const pieces = cutAt(where, finderOf(`"${what}"`)(where));
      expect(pieces.map((piece) => piece.text).join('')).toBe(where);
      for (const piece of pieces.filter(({ hit }) => hit)) {
        expect(foldCase(piece.text)).toContain(foldCase(what));
      }
    }),
  );
});
