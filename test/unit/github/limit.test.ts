import { expect, test } from 'vitest';
import { limitOf } from '../../../src/github/limit.ts';

const now = Date.parse('2026-11-23T10:00:00Z');
const inSeconds = (seconds: number) => now / 1000 + seconds;

test.each([
  ['a secondary limit that says how long', 403, { 'retry-after': '30' }, 'You have exceeded', 30],
  ['one that does not', 403, {}, 'You have exceeded a secondary rate limit.', 60],
  ['one of older words', 403, {}, 'You have triggered an abuse detection mechanism.', 60],
  [
    'the primary one',
    403,
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(90) },
    'API rate limit exceeded',
    90,
  ],
  ['one that is over by our clock', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 1 }, '', 1],
  [
    'one that never ends by our clock',
    429,
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' },
    '',
    3600,
  ],
  ['429 without a word', 429, {}, '', 60],
  ['429 with a date', 429, { 'retry-after': 'Mon, 23 Nov 2026 10:01:00 GMT' }, '', 60],
  [
    'a permission that is missing',
    403,
    { 'x-ratelimit-remaining': '4999' },
    'Resource not accessible',
    undefined,
  ],
  ['a last request that went well', 200, { 'x-ratelimit-remaining': '0' }, '', undefined],
  ['a failure of the server', 503, { 'retry-after': '5' }, '', undefined],
])('of %s', (_what, status, headers, message, seconds) => {
  expect(limitOf(status, headers, message, now)).toBe(seconds);
});
