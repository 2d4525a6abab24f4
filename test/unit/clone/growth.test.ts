import { expect, test } from 'vitest';
import { sizeProblems } from '../../../src/clone/growth.ts';
import { commitFile, git } from '../../support/git.ts';
import { startManager } from '../../support/manager.ts';
import { lineNumber, statusOf } from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/tmp.ts';

test('a status shows how large a repository has become, whoever made the commits', async () => {
  const managed = await startManager(await temporaryFolder());
  const clone = managed.clone();
  const look = async () => {
    await managed.manager.refreshDetails();
    return statusOf(managed);
  };
  expect(await look()).toMatchObject({ commits: 0, files: 0, size: 0 });
  for (const number of [1, 2, 3]) await managed.add(lineNumber(number));
  const grown = await look();
  expect(grown).toMatchObject({ commits: 3, files: 1 });
  expect(grown?.size).toBeGreaterThan(100);

  await commitFile(clone, 'notes.txt', 'mine', 'Notes');
  await managed.manager.find('messages')?.refresh();
  expect(await look()).toMatchObject({ commits: 4, files: 2 });
  // What was counted to is no part of the branch any more.
  await git(clone, 'reset', '--quiet', '--hard', 'main~2');
  await managed.manager.find('messages')?.refresh();
  expect(await look()).toMatchObject({ commits: 2, files: 1 });
});

test('a clone that nears the size that GitHub recommends says so', () => {
  const sized = (size: number | null) => sizeProblems({ commits: 1, files: 1, size });
  expect([null, 0, 8_990_000_000].flatMap(sized)).toEqual([]);
  expect(sized(9_400_000_000)).toEqual([
    { file: '.git', line: null, reason: expect.stringContaining('takes 9.4 GB') },
  ]);
});
