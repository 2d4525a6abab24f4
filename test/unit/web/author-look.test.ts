import { expect, test } from 'vitest';
import { initialsOf, tintOf } from '../../../src/web/text/author-look.ts';

test.each([
  ['Mira', 'M'],
  ['Tom Berger', 'TB'],
  ['Ada King Lovelace', 'AL'],
  ['john.doe', 'JD'],
  ['zoë ångström', 'ZÅ'],
  ['李雷', '李'],
  ['🎉', '🎉'],
  ['', ''],
])('the initials of %j', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

test('a name has one colour, however it is composed and written', () => {
  expect(tintOf('Zoë')).toBe(tintOf('ZOE\u0308'));
  const tints = new Set(['Ann', 'Bea', 'Cy', 'Dee', 'Eve', 'Fay', 'Gus', 'Hal'].map(tintOf));
  expect(tints.size).toBeGreaterThan(4);
});
