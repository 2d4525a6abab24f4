import { expect, test } from 'vitest';
import { git } from '../../../support/git.ts';
import { journalLines } from '../../../support/journal.ts';
import { startManager } from '../../../support/manager.ts';
import { lineNumber } from '../../../support/repositories.ts';
import { rounds } from '../../../support/rounds.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

/** Adds a commit that changes no file, whatever the index says. Somebody else may move the branch in between. */
async function commitNothing(clone: string): Promise<void> {
  for (;;) {
    const tip = await git(clone, 'rev-parse', 'main');
    const commit = await git(clone, 'commit-tree', '-p', tip, '-m', 'By a person', `${tip}^{tree}`);
    const isMoved = await git(clone, 'update-ref', 'refs/heads/main', commit, tip).then(
      () => true,
      () => false,
    );
    if (isMoved) return;
  }
}

test('what is captured while somebody else commits again and again is in the branch once', async () => {
  const managed = await startManager(await temporaryFolder());
  const clone = managed.clone();
  const [writers, each] = [64, rounds(3, 20)];
  await managed.add(lineNumber(0));
  const commits: string[] = [];
  let persons: Promise<unknown> = Promise.resolve();
  const writer = async (_: unknown, number: number) => {
    for (let index = 0; index < each; index += 1) {
      commits.push(await managed.add(lineNumber(1 + number * each + index)));
      // By then, the next batch is being written on top of this one.
      if (commits.length % 4 === 0) persons = persons.then(() => commitNothing(clone));
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  await persons;

  const branch = (await git(clone, 'rev-list', 'main')).split('\n');
  const onBranch = new Set(branch);
  expect(commits.filter((commit) => !onBranch.has(commit))).toEqual([]);
  expect(new Set(commits).size).toBe(writers * each);
  const lines = await journalLines(clone, 'main');
  expect(lines.map(({ raw }) => raw).sort()).toEqual(
    Array.from({ length: 1 + writers * each }, (_, number) => lineNumber(number).raw).sort(),
  );
  // Nothing that was written ahead and given up is left in between.
  expect(branch).toHaveLength(1 + writers * each + (writers * each) / 4);
  expect(managed.troubles).toEqual([]);
});

test('a line that comes twice at once is committed once, and both are told the same commit', async () => {
  const managed = await startManager(await temporaryFolder());
  const lines = Array.from({ length: 40 }, (_, number) => lineNumber(number));
  const waves = [lines, lines, lines.toReversed()].map(async (wave) => {
    const told = await Promise.all(wave.map((line) => managed.add(line)));
    return Object.fromEntries(wave.map(({ hash }, index) => [hash, told[index]]));
  });
  // More come while git is at work on the first ones.
  const [first, ...others] = await Promise.all(waves);
  for (const other of others) expect(other).toEqual(first);
  expect(await journalLines(managed.clone(), 'main')).toHaveLength(lines.length);
});
