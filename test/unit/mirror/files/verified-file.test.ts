import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWhole, VerifiedFile } from '../../../../src/mirror/files/verified-file.ts';
import { partOf } from '../../../../src/mirror/search/parts.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

test('an array is read whole, or the items of some parts alone', async () => {
  const file = new VerifiedFile<unknown[]>(join(await temporaryFolder(), 'not', 'there', 'yet.json'));
  const item = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\n', ',\n', ']\n}', ' '),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(item), fc.func(fc.boolean()), async (items, isWanted) => {
      const plain = JSON.parse(JSON.stringify(items)) as unknown[];
      await file.write(items);
      expect(await file.read()).toEqual(plain);
      const some = file.readSome(isWanted);
      expect(some).toEqual(plain.filter((_, index) => isWanted(partOf(index, items.length))));
    }),
    { numRuns: 100 },
  );
});

test('a file with any byte changed reads as absent, in whole and in part', async () => {
  const path = join(await temporaryFolder(), 'list.json');
  const file = new VerifiedFile<string[]>(path);
  await file.write(['one', 'two', 'three']);
  const whole = await readFile(path);
  expect(await isWhole(path)).toBe(true);
  for (let at = 0; at < whole.length - 1; at += 1) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] as number) ^ 1;
    await writeFile(path, changed);
    expect(await file.read()).toBeNull();
    expect(file.readSome(() => true)).toBeNull();
    expect(await isWhole(path)).toBe(false);
  }
  await writeFile(path, whole.subarray(0, -1));
  expect(await file.read()).toBeNull();
  await writeFile(path, '');
  expect(file.readSome(() => true)).toBeNull();
});

test('what is damaged spoils its own part alone', async () => {
  const path = join(await temporaryFolder(), 'list.json');
  const file = new VerifiedFile<string[]>(path);
  const items = Array.from({ length: 64 }, (_, number) => `item ${number}`);
  await file.write(items);
  await writeFile(path, (await readFile(path, 'utf8')).replace('item 10', 'item 99'));
  expect(await file.read()).toBeNull();
  expect(file.readSome((part) => part === partOf(10, 64))).toBeNull();
  expect(file.readSome((part) => part !== partOf(10, 64))).toHaveLength(62);
});

test('writes that overlap leave the last one, whole, and no other file', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'list.json');
  const [one, other] = [new VerifiedFile<number[]>(path), new VerifiedFile<number[]>(path)];
  await Promise.all(Array.from({ length: 50 }, (_, n) => one.write([n])));
  expect(await one.read()).toEqual([49]);
  await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? one : other).write([n])));
  expect(await isWhole(path)).toBe(true);
  expect(await readdir(folder)).toEqual(['list.json']);
});
