import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type PatchCommit, readPatches } from '../../../src/git/patches.ts';
import { contextOf } from '../../support/context.ts';
import { commitFile, git } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';

async function repository(): Promise<string> {
  const clone = await temporaryFolder();
  await git(clone, 'init', '--quiet', '-b', 'main');
  return clone;
}

/** Each commit with the lines that it brought (`+`) and took (`-`). */
async function read(clone: string) {
  const commits: Array<PatchCommit & { lines: string[] }> = [];
  const note = (sign: string) => (line: Buffer) =>
    void commits.at(-1)?.lines.push(sign + line.toString('latin1'));
  const commit = (one: PatchCommit) => void commits.push({ ...one, lines: [] });
  const reader = { commit, added: note('+'), removed: note('-') };
  await readPatches(contextOf(clone), 'main', reader, new AbortController().signal);
  return commits;
}

test('lists the lines that each commit added and removed, also the first, and nothing of other files', async () => {
  const clone = await repository();
  const first = await commitFile(clone, 'messages/a.jsonl', 'one\ntwo\n', 'first');
  await commitFile(clone, 'notes.txt', 'no journal\n', 'notes');
  await commitFile(clone, 'messages/notes.txt', 'no journal either\n', 'notes');
  const last = await commitFile(clone, 'messages/a.jsonl', 'one\nthree\r\n', 'last');
  const commits = await read(clone);
  expect(commits.map(({ commit }) => commit).filter((id) => [first, last].includes(id))).toEqual([
    first,
    last,
  ]);
  expect(commits.flatMap(({ lines }) => lines)).toEqual(['+one', '+two', '-two', '+three\r']);
});

test('reads the trailers, whatever the text of the message holds', async () => {
  const clone = await repository();
  const message = 'Message-Id: forged\n\nMessage-Id: A-1\nMessage-Id: b-2\nDevice: here';
  await commitFile(clone, 'messages/a.jsonl', 'one\n', message);
  await commitFile(clone, 'messages/a.jsonl', 'one\ntwo\n', 'a person');
  expect(await read(clone)).toMatchObject([
    { ids: ['a-1', 'b-2'], ours: true, merge: false },
    { ids: [], ours: false },
  ]);
});

test('takes no line for more than a line, and finds those of files that end without one', async () => {
  const clone = await repository();
  const odd = [
    'diff --git a/x b/x.jsonl',
    '@@ -1 +1,9 @@',
    '-- a',
    '++ b',
    '\\ No newline',
    '\0\u0001 nul',
    ' x',
    '',
  ];
  await commitFile(clone, 'messages/a.jsonl', odd.join('\n'), 'odd');
  await commitFile(clone, 'messages/a.jsonl', `${odd.join('\n')}torn`, 'torn');
  await commitFile(clone, 'messages/a.jsonl', `${odd.join('\n')}torn\nlast\n`, 'last');
  const [first, second, third] = await read(clone);
  expect(first?.lines).toEqual(odd.slice(0, -1).map((line) => `+${line}`));
  expect(second?.lines).toEqual(['+torn']);
  expect(third?.lines).toEqual(['-torn', '+torn', '+last']);
});

test('is the same whatever the settings and attributes of a repository say', async () => {
  const clone = await repository();
  await writeFile(join(clone, '.gitattributes'), '*.jsonl -diff -text binary diff=odd\n');
  const settings = {
    'diff.noprefix': 'true',
    'diff.external': 'false',
    'diff.odd.textconv': 'rev',
    'diff.odd.command': 'false',
    'diff.context': '9',
    'diff.interHunkContext': '9',
    'diff.renames': 'copies',
    'log.follow': 'true',
    'log.showRoot': 'false',
    'color.diff': 'always',
    'core.quotePath': 'true',
  };
  for (const [key, value] of Object.entries(settings)) await git(clone, 'config', key, value);
  await git(clone, 'add', '.');
  const lines = Array.from({ length: 9 }, (_, number) => `line ${number}`);
  await commitFile(clone, 'messages/ä "x"\t.jsonl', `${lines.join('\n')}\n`, 'first');
  const changed = lines.with(0, 'changed').with(4, 'changed');
  await commitFile(clone, 'messages/ä "x"\t.jsonl', `${changed.join('\n')}\n`, 'second');
  await git(clone, 'mv', 'messages/ä "x"\t.jsonl', 'messages/b.jsonl');
  await git(clone, 'commit', '--quiet', '-m', 'moved');
  const [first, second, moved] = await read(clone);
  expect(first?.lines).toEqual(lines.map((line) => `+${line}`));
  expect(second?.lines).toEqual(['-line 0', '+changed', '-line 4', '+changed']);
  expect(moved?.lines).toHaveLength(18);
});

test('lists for a merge what is new to its first parent, after both sides', async () => {
  const clone = await repository();
  const base = await commitFile(clone, 'messages/a.jsonl', 'base\n', 'base');
  await git(clone, 'checkout', '--quiet', '-b', 'side');
  const side = await commitFile(clone, 'messages/b.jsonl', 'side\n', 'side');
  await git(clone, 'checkout', '--quiet', 'main');
  const main = await commitFile(clone, 'messages/c.jsonl', 'main\n', 'main');
  await git(clone, 'merge', '--quiet', '-m', 'both', 'side');
  const commits = await read(clone);
  expect(commits[0]?.commit).toBe(base);
  expect(
    commits
      .slice(1, 3)
      .map(({ commit }) => commit)
      .sort(),
  ).toEqual([side, main].sort());
  expect(commits[3]).toMatchObject({ merge: true, lines: ['+side'] });
});

test('joins a line that is longer than what is read at once', async () => {
  const clone = await repository();
  const long = 'x'.repeat(1_000_000);
  await commitFile(clone, 'messages/a.jsonl', `${long}\nshort\n`, 'long');
  expect((await read(clone))[0]?.lines).toEqual([`+${long}`, '+short']);
});

test('ends with an exception if git fails or if it is stopped', async () => {
  const clone = await repository();
  await mkdir(dirname(join(clone, 'messages/a.jsonl')), { recursive: true });
  await symlink('elsewhere', join(clone, 'messages/a.jsonl'));
  await expect(read(clone)).rejects.toThrow(/git log ended with 128/);
  await git(clone, 'add', '.');
  await git(clone, 'commit', '--quiet', '-m', 'a link');
  const ignore = () => undefined;
  const reader = { commit: ignore, added: ignore, removed: ignore };
  await expect(readPatches(contextOf(clone), 'main', reader, AbortSignal.abort())).rejects.toThrow();
});
