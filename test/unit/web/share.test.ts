import { expect, test } from 'vitest';
import { sharedText } from '../../../src/web/text/shared.ts';

test.each([
  [['A page', 'https://a.b/', 'https://a.b/'], 'A page\nhttps://a.b/'],
  [['A page', 'A page https://a.b/', 'https://a.b/'], 'A page https://a.b/'],
  [['', ' words ', ''], 'words'],
  [['same', 'same', 'same'], 'same'],
  [['', '', ''], ''],
])('what is shared as %j', (parts, text) => {
  expect(sharedText(parts)).toBe(text);
});
