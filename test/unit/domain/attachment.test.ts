import { expect, test } from 'vitest';
import { cleanFileName, extensionOf, isFileName } from '../../../src/domain/attachment.ts';

test('a file name that is too long is cut before its extension', () => {
  expect(cleanFileName(`${'a'.repeat(300)}.png`)).toBe(`${'a'.repeat(251)}.png`);
  expect(cleanFileName('a'.repeat(300))).toBe('a'.repeat(255));
  // Characters are counted, not code units.
  const cut = cleanFileName(`${'😀'.repeat(300)}.jpeg`);
  expect(cut).toBe(`${'😀'.repeat(250)}.jpeg`);
  expect(isFileName(cut)).toBe(true);
  const exact = `${'b'.repeat(251)}.png`;
  expect(cleanFileName(exact)).toBe(exact);
});

test('a file name holds no separators and no control characters, and is not empty', () => {
  expect(cleanFileName('a/b\\c\u0000d.txt')).toBe('a_b_c_d.txt');
  expect(cleanFileName('')).toBe('file');
});

test.each([
  ['photo.JPG', '.JPG'],
  ['archive.tar.gz', '.gz'],
  ['.gitignore', ''],
  ['Makefile', ''],
  ['At 5. It was late', ''],
  ['...', ''],
  [`notes.${'x'.repeat(17)}`, ''],
])('the extension of %s is "%s"', (name, extension) => {
  expect(extensionOf(name)).toBe(extension);
});
