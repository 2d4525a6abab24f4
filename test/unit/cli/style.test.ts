import { expect, test } from 'vitest';
import { printable } from '../../../src/cli/style.ts';

test('nothing that a terminal acts on gets through, and nothing turns the end of a name into its beginning', () => {
  expect(printable('a\u001b[31m\u009b31m\u007f\r\nb\tc')).toBe('a␛[31m�31m␡\nb\tc');
  expect(printable('photo\u202egnp.exe')).toBe('photo�gnp.exe');
  expect(printable('مرحبا \u2067x\u2069')).toBe('مرحبا \u2067x\u2069');
});
