import { expect, test } from 'vitest';
import { countFound } from '../../../src/http/count-found.ts';

async function* some(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n += 1) yield n;
}

test('counting ends at its bound, and says so only if there is more', async () => {
  const stays = () => false;
  expect(await countFound(some(0), stays)).toEqual({ messages: 0 });
  expect(await countFound(some(3), stays, { most: 3 })).toEqual({ messages: 3 });
  expect(await countFound(some(4), stays, { most: 3 })).toEqual({ messages: 3, more: true });
});

test('counting ends when it took too long, or when nobody waits any more', async () => {
  let isGone = false;
  let looked = 0;
  const found = async function* () {
    for (;;) {
      looked += 1;
      isGone = looked > 5;
      yield looked;
    }
  };
  expect(await countFound(found(), () => isGone)).toEqual({ messages: 5, more: true });
  expect(await countFound(found(), () => false, { longest: -1 })).toEqual({ messages: 0, more: true });
});
