import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { bareRepository, cloneOf, commitFile, git } from '../support/git.ts';
import { takenAway, textsOnBranch } from '../support/judge-branch.ts';
import { temporaryFolder } from '../support/tmp.ts';

const JOURNAL = 'messages/2026-11/here-abc123.2026-11-22.jsonl';
const line = (id: string, text: string) => `${JSON.stringify({ v: 1, id, text })}\n`;
const byUs = 'A message\n\nMessage-Id: a\nDevice: here-abc123\n';

let clone: string;

beforeEach(async () => {
  const folder = await temporaryFolder();
  clone = await cloneOf(await bareRepository(join(folder, 'remote.git')), join(folder, 'clone'));
});

describe('the judge of a branch', () => {
  test('finds nothing on a branch without a commit', async () => {
    expect(await textsOnBranch(clone)).toEqual(new Map());
    expect(await takenAway(clone)).toEqual([]);
  });

  test('reads every text below messages/, and passes over odd lines and other folders', async () => {
    await commitFile(clone, JOURNAL, `${line('a', 'one')}\nnot a line\n[1]\n${line('a', 'two')}`, byUs);
    await commitFile(clone, 'Messages/x.jsonl', line('a', 'three'), byUs);
    expect(await textsOnBranch(clone)).toEqual(new Map([['a', new Set(['one', 'two'])]]));
  });

  test('says nothing about commits that append, and about what a person takes away', async () => {
    await commitFile(clone, JOURNAL, line('a', 'one'), byUs);
    await commitFile(clone, JOURNAL, `${line('a', 'one')}${line('b', 'two')}`, byUs);
    await commitFile(clone, JOURNAL, line('b', 'two'), 'I tidied up');
    expect(await takenAway(clone)).toEqual([]);
  });

  test('finds the commit of ours that replaces a file, and one that removes it', async () => {
    await commitFile(clone, JOURNAL, '\n', 'Somebody else');
    const replaced = await commitFile(clone, JOURNAL, line('a', 'one'), byUs);
    await git(clone, 'rm', '--quiet', JOURNAL);
    await git(clone, 'commit', '--quiet', '-m', byUs);
    const removed = await git(clone, 'rev-parse', 'HEAD');
    expect(await takenAway(clone)).toEqual([
      expect.stringContaining(`Commit ${removed} does more than append to ${JOURNAL}`),
      expect.stringContaining(`Commit ${replaced} does more than append to ${JOURNAL}`),
    ]);
  });

  test('finds a merge of ours that drops a line of one side', async () => {
    await commitFile(clone, JOURNAL, line('a', 'one'), byUs);
    await git(clone, 'switch', '--quiet', '--create', 'side');
    await commitFile(clone, JOURNAL, `${line('a', 'one')}${line('b', 'two')}`, byUs);
    await git(clone, 'switch', '--quiet', 'main');
    await commitFile(clone, 'mine.txt', 'mine', 'A file of my own');
    await git(clone, 'merge', '--quiet', '--strategy', 'ours', '-m', byUs, 'side');
    expect(await takenAway(clone)).toEqual([expect.stringMatching(/ merges and drops lines of messages\//)]);
    await appendFile(join(clone, JOURNAL), line('b', 'two'));
    await git(clone, 'commit', '--quiet', '--all', '--amend', '-m', byUs);
    expect(await takenAway(clone)).toEqual([]);
  });
});
