import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VerifiedFile } from '../../src/mirror/files/verified-file.ts';
import { damage, sharedArchive, verify } from '../support/archive.ts';
import { commitFile, git } from '../support/git.ts';
import { lineOf } from '../support/journal.ts';

const { archive, idOf } = sharedArchive();

type Stored = Array<
  [id: string, time: number, lines: Array<[raw: string, commits: Record<string, string | null>]>]
>;

/** Writes a file of the mirror anew, with checksums that fit. */
async function rewrite<Data>(mirror: string, prefix: string, change: (data: Data) => void): Promise<void> {
  const [name = ''] = (await readdir(mirror)).filter((file) => file.startsWith(prefix));
  const file = new VerifiedFile<Data>(join(mirror, name));
  const data = (await file.read()) as Data;
  change(data);
  await file.write(data);
}

describe('the mirror', () => {
  test('that is damaged is wrong, with the file', async () => {
    const { folder, mirror } = await archive();
    const name = await damage(mirror);
    expect(await verify(folder)).toMatchObject({ code: 1, found: [`wrong mirror-damaged ${name}`] });
  });

  test.each(['state.json', 'ids-'])('that lacks the whole of %s is wrong', async (prefix) => {
    const { folder, mirror } = await archive();
    const [name = ''] = (await readdir(mirror)).filter((file) => file.startsWith(prefix));
    await writeFile(join(mirror, name), '');
    expect(await verify(folder)).toMatchObject({ code: 1, found: [`wrong mirror-damaged ${name}`] });
  });

  test('that is not there is a notice', async () => {
    const { folder, mirror } = await archive();
    await rm(mirror, { recursive: true });
    expect(await verify(folder)).toMatchObject({ code: 0, found: ['notice mirror-absent'] });
  });

  test('that lacks a line is wrong, and so is its count', async () => {
    const { folder, mirror, journal } = await archive();
    await rewrite<Stored>(mirror, 'shard-', (data) => void data.pop());
    const { code, found } = await verify(folder);
    expect(found).toEqual([`wrong mirror-count`, `wrong mirror-lacks ${journal}:3`]);
    expect(code).toBe(1);
  });

  test('that has a line more is wrong', async () => {
    const { folder, mirror } = await archive();
    const raw = lineOf({ id: idOf(0), text: 'More', revision: 2 });
    await rewrite<Stored>(mirror, 'shard-', (data) => void data[0]?.[2].push([raw, { messages: null }]));
    expect(await verify(folder)).toMatchObject({ code: 1, found: ['wrong mirror-extra'] });
  });

  test.each([
    ['is not there', () => '1'.repeat(40)],
    ['did not add this line', (clone: string) => git(clone, 'rev-parse', 'HEAD')],
    ['is not on the branch', (clone: string) => git(clone, 'commit-tree', 'HEAD^{tree}', '-m', 'elsewhere')],
  ])('whose commit %s is wrong', async (words, choose) => {
    const { folder, clone, mirror, journal } = await archive();
    const commit = await choose(clone);
    await rewrite<Stored>(mirror, 'shard-', ([first]) => {
      const line = first?.[2][0];
      if (line) line[1] = { messages: commit };
    });
    const { code, found, stdout } = await verify(folder);
    expect(found).toEqual([`wrong mirror-commit ${journal}:1`]);
    expect(stdout).toContain(words);
    expect(code).toBe(1);
  });

  test.each([
    [
      'a commit on top',
      (clone: string) =>
        commitFile(clone, 'messages/a.jsonl', `${lineOf({ id: randomUUID(), text: 'New' })}\n`, 'a bot'),
    ],
    ['an amended commit', (clone: string) => git(clone, 'commit', '--quiet', '--amend', '-m', 'another')],
    ['a reset', (clone: string) => git(clone, 'reset', '--quiet', '--hard', 'HEAD~3')],
  ])('that is behind a stopped gitpost by %s is a notice', async (_, move) => {
    const { folder, clone } = await archive();
    await move(clone);
    expect(await verify(folder)).toMatchObject({ code: 0, found: ['notice mirror-behind'] });
  });
});
