import { expect, test } from 'vitest';
import { isUuid } from '../../../src/domain/id.ts';

const ID = '0192f0c1-7c00-7000-8000-0123456789ab';

test.each([
  [ID, true],
  [ID.toUpperCase(), true],
  ['ffffffff-ffff-ffff-ffff-ffffffffffff', true],
  [ID.replaceAll('-', ''), false],
  [` ${ID}`, false],
  [`${ID}0`, false],
  [ID.replace('0192', 'g192'), false],
  ['', false],
])('isUuid(%j) is %s', (text, expected) => {
  expect(isUuid(text)).toBe(expected);
});
