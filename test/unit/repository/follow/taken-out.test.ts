import { join } from 'node:path';
import { expect, test } from 'vitest';
import { statusOf as changesIn } from '../../../support/clone-state.ts';
import { commitFile, git } from '../../../support/git.ts';
import { lineOf } from '../../../support/lines.ts';
import { startManager } from '../../../support/manager.ts';
import { isThere, lineNumber, textsOf } from '../../../support/repositories.ts';
import { temporaryFolder } from '../../../support/tmp.ts';
import { eventually } from '../../../support/wait.ts';

const FILE = 'messages/by-hand.jsonl';

test('what a person commits and stages to be taken out before it was followed does not come back', async () => {
  const managed = await startManager(await temporaryFolder());
  const clone = managed.clone();
  const look = async () => {
    await managed.manager.find('messages')?.refresh();
    await managed.manager.find('messages')?.refreshDetails();
  };
  await managed.add(lineNumber(1));
  await eventually(async () => (await changesIn(clone)).length === 0);

  const mine = lineOf({ text: 'Not for long' });
  await commitFile(clone, FILE, `${mine.raw}\n`, 'By hand');
  await git(clone, 'rm', '-q', FILE);
  await look();
  await managed.add(lineNumber(2));
  await look();
  expect(await changesIn(clone)).toEqual([`D  ${FILE}`]);
  expect(await isThere(join(clone, FILE))).toBe(false);

  await git(clone, 'commit', '-q', '-m', 'Without it');
  await look();
  expect((await textsOf(managed)).sort()).toEqual([lineNumber(1).text, lineNumber(2).text].sort());
  expect(await git(clone, 'log', '-1', '--format=%s')).toBe('Without it');
  expect(managed.troubles).toEqual([]);
});
