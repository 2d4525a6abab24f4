import { expect, test } from 'vitest';
import { draftSchema } from '../../../src/contract/message.ts';
import { addRepositorySchema, syncSchema } from '../../../src/contract/repository.ts';
import { validate } from '../../../src/http/validate.ts';

/** In milliseconds. Comparing each bad field with each other would take minutes. */
const LIMIT = 50_000;

test('a body with a hundred thousand bad fields names the first ones and counts the others', () => {
  const start = performance.now();
  const body = Object.fromEntries(Array.from({ length: 130_000 }, (_, n) => [`k${n}`, 1]));
  const refused = validate(draftSchema, { text: 'a', ...body });
  expect(refused.ok).toBe(false);
  if (refused.ok) return;
  expect(refused.failure.errors).toHaveLength(100);
  expect(refused.failure.detail).toContain('and 129900 more');
  expect(validate(syncSchema, { repositories: Array.from({ length: 200_000 }, () => 1) }).ok).toBe(false);
  expect(performance.now() - start).toBeLessThan(LIMIT);
});

test('an address of a repository has an end', () => {
  expect(validate(addRepositorySchema, { url: `/${'a'.repeat(3800)}` }).ok).toBe(true);
  expect(validate(addRepositorySchema, { url: `${'/'.repeat(5000)}x` }).ok).toBe(false);
});
