import { expect, test } from 'vitest';
import { ago } from '../../../src/web/text/time.ts';

const now = Date.parse('2026-11-28T12:00:00Z');

test.each([
  ['2026-11-28T11:59:30Z', /^just now$/],
  ['2026-11-28T11:15:00Z', /^45 min\.? ago$/],
  ['2026-11-28T09:00:00Z', /^3 (hr|h)\.? ago$/],
  ['2026-11-27T11:00:00Z', /^yesterday$/],
])('how long ago %s was is said shortly', (instant, words) => {
  expect(ago(instant, now)).toMatch(words);
});
