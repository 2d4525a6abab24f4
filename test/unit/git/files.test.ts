import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
