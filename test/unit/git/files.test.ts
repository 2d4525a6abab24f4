import { createHash } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { storeFile } from '../../../src/git/files.ts';
import { contextOf } from '../../support/context.ts';
import { git } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const sha256Of = (bytes: string) => createHash('sha256').update(bytes).digest('hex');

test.each(['sha1', 'sha256'])('a file is stored byte for byte in a repository with %s', async (format) => {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet', `--object-format=${format}`);
  const [path, bytes] = [join(folder, 'a.txt'), 'one\r\ntwo\r\n'];
  await writeFile(path, bytes);
  const id = await storeFile(contextOf(folder), path, sha256Of(bytes));
  expect(await git(folder, 'cat-file', 'blob', id ?? '')).toBe(bytes.slice(0, -1));
});

test('a file that is gone, or has other bytes than it should, is not stored', async () => {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet');
  const path = join(folder, 'a.txt');
  expect(await storeFile(contextOf(folder), path, sha256Of('one'))).toBeUndefined();
  await writeFile(path, 'two');
  expect(await storeFile(contextOf(folder), path, sha256Of('one'))).toBeUndefined();
  expect(await git(folder, 'count-objects')).toMatch(/^0 objects/);
});

test.each(['sha1', 'sha256'])(
  'an object that the disk has damaged is written again, with %s',
  async (format) => {
    const folder = await temporaryFolder();
    await git(folder, 'init', '--quiet', `--object-format=${format}`);
    const [path, bytes] = [join(folder, 'a.txt'), 'some bytes of a file\n'];
    await writeFile(path, bytes);
    const id = (await storeFile(contextOf(folder), path, sha256Of(bytes))) as string;
    const object = join(folder, '.git/objects', id.slice(0, 2), id.slice(2));
    const whole = await readFile(object);
    const other = deflateSync(`blob ${bytes.length}\0${bytes.toUpperCase()}`);
    for (const damaged of [whole.subarray(0, -6), Buffer.alloc(whole.length), Buffer.alloc(0), other]) {
      await chmod(object, 0o644);
      await writeFile(object, damaged);
      expect(await storeFile(contextOf(folder), path, sha256Of(bytes))).toBe(id);
      expect(await git(folder, 'cat-file', 'blob', id)).toBe(bytes.slice(0, -1));
    }
    // One that is whole stays as it is.
    const before = await stat(object);
    await storeFile(contextOf(folder), path, sha256Of(bytes));
    expect((await stat(object)).ino).toBe(before.ino);
  },
);
