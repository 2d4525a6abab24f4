import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClone } from '../../../src/git/clone.ts';
import { contextOf } from '../../support/context.ts';
import { temporaryFolder } from '../../support/tmp.ts';

test('a clone takes the place of an empty folder', async () => {
  const repos = await temporaryFolder();
  const place = join(repos, 'notes');
  await mkdir(place);
  await createClone(contextOf(place), 'main', join(repos, 'notes.git'));
  expect(await readdir(repos)).toEqual(['notes']);
  expect(await readFile(join(place, '.git', 'HEAD'), 'utf8')).toBe('ref: refs/heads/main\n');
});

test('a clone never takes the place of what somebody put there in the meantime', async () => {
  const repos = await temporaryFolder();
  const place = join(repos, 'notes');
  await mkdir(place);
  await writeFile(join(place, 'mine.txt'), 'mine');
  await expect(createClone(contextOf(place), 'main', join(repos, 'notes.git'))).rejects.toThrow();
  expect(await readdir(repos)).toEqual(['notes']);
  expect(await readFile(join(place, 'mine.txt'), 'utf8')).toBe('mine');
});
