import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Database } from '../../../src/mirror/database.ts';
import type { Entry } from '../../../src/mirror/entry.ts';
import { SHARD_LIMITS } from '../../../src/mirror/shard.ts';
import { entryOf, idOf, lineOf, timeAt } from '../../support/lines.ts';
import {
  contentOf,
  fail,
  listOf,
  messageAt,
  newestFirst,
  openMirror,
  put,
  remove,
} from '../../support/mirror.ts';
import { scratchFolder, temporaryFolder } from '../../support/tmp.ts';

type Step =
  | { readonly kind: 'put'; readonly number: number; readonly time: number; readonly long: boolean }
  | { readonly kind: 'delete'; readonly number: number }
  | { readonly kind: 'flush' | 'reopen' | 'clear' };

describe('whatever is done to it', { timeout: 60_000 }, () => {
  test('the mirror holds what a plain Map holds', async () => {
    // Two long ones fill a shard, so that few messages make many shards.
    const long = 'x'.repeat(SHARD_LIMITS.characters * 0.6);
    const number = fc.nat(12);
    const step: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          kind: fc.constant('put' as const),
          number,
          time: fc.nat(20),
          long: fc.boolean(),
        }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), number }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'reopen' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { path, remove: removeFolder } = await scratchFolder();
        let database = await Database.open(path, fail);
        const model = new Map<string, Entry>();
        const check = async () => {
          const expected = newestFirst(model.values());
          expect((await listOf(database)).map(contentOf)).toEqual(expected.map(contentOf));
          expect(database.countIn('home')).toBe(expected.length);
          for (let one = 0; one <= 12; one += 1) {
            expect(contentOf(await database.read(idOf(one)))).toEqual(contentOf(model.get(idOf(one))));
          }
        };
        for (const one of steps) {
          if (one.kind === 'put') {
            const entry = messageAt(one.number, one.time, one.long ? long : `at ${one.time}`);
            model.set(entry.id, entry);
            await put(database, entry);
          } else if (one.kind === 'delete') {
            model.delete(idOf(one.number));
            await remove(database, idOf(one.number));
          } else if (one.kind === 'clear') {
            model.clear();
            database.clear();
          } else if (one.kind === 'flush') {
            await database.flush();
          } else {
            await database.close();
            database = await Database.open(path, fail);
            await check();
          }
        }
        await check();
        await database.close();
        await removeFolder();
      }),
      { numRuns: 30 },
    );
  });
});

test('what is read misses nothing of a shard that is split meanwhile', async () => {
  const folder = await temporaryFolder();
  const first = await openMirror(folder);
  const entries = Array.from({ length: SHARD_LIMITS.entries }, (_, index) =>
    entryOf([lineOf({ id: idOf(index), createdAt: timeAt(index * 1000) })]),
  );
  for (const entry of entries) await put(first, entry);
  await first.close();

  const database = await openMirror(folder);
  const walked: string[] = [];
  const walk = async () => {
    for await (const some of database.walk()) walked.push(...some.map(({ id }) => id));
  };
  const more = [1, 2, 3].map((number) =>
    entryOf([lineOf({ id: idOf(100_000 + number), createdAt: timeAt(number * 1000 + 500) })]),
  );
  await Promise.all([...more.map((entry) => put(database, entry)), walk()]);
  for (const { id } of entries) expect(walked).toContain(id);
  await database.close();
});
