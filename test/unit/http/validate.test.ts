import { expect, test } from 'vitest';
import { draftSchema } from '../../../src/contract/message.ts';
import { addRepositorySchema } from '../../../src/contract/repository.ts';
import { validate } from '../../../src/http/validate.ts';

const bodyWith = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1]));

test('a body with many bad fields names the first ones and counts the others', () => {
  const refused = validate(draftSchema, { text: 'a', ...bodyWith(900) });
  if (refused.ok) throw new Error('It is not refused');
  expect(refused.failure.errors).toHaveLength(100);
  expect(refused.failure.detail).toContain('and 800 more');
});

test.each([
  ['unknown fields', { text: 'a', ...bodyWith(130_000) }, ''],
  ['entries', { text: 'a', tags: Array(200_000).fill('!') }, 'tags'],
  ['names of repositories', { text: 'a', repositories: Array(200_000).fill(1) }, 'repositories'],
  ['unknown fields of a file', { text: 'a', attachments: [bodyWith(130_000)] }, 'attachments'],
  ['files', { text: 'a', attachments: Array(100_000).fill({}) }, 'attachments'],
  ['entries and no field', Array(200_000).fill(1), ''],
])('a body with far too many %s is refused as a whole, and read no further', (_, body, field) => {
  const refused = validate(draftSchema, body);
  if (refused.ok) throw new Error('It is not refused');
  const [error, ...more] = refused.failure.errors ?? [];
  expect(error).toEqual({
    field,
    detail: expect.stringMatching(/ has \d+,\d{3} entries, and may have 1,000 at most$/),
  });
  expect(more).toEqual([]);
});

test('an address of a repository has an end', () => {
  expect(validate(addRepositorySchema, { url: `/${'a'.repeat(3800)}` }).ok).toBe(true);
  expect(validate(addRepositorySchema, { url: `${'/'.repeat(5000)}x` }).ok).toBe(false);
});
