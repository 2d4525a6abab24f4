import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BlobReader } from '../../../../src/git/blobs.ts';
import { commitTextOf, trailersOf } from '../../../../src/journal/commit.ts';
import type { Line } from '../../../../src/journal/line.ts';
import { findCommits } from '../../../../src/repository/reconcile/find-commits.ts';
import { contextOf } from '../../../support/context.ts';
import { commitFile, git, gitFailure } from '../../../support/git.ts';
import { idOf, lineAfter, lineOf, timeAt } from '../../../support/lines.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

const DEVICE = 'ann-x1y2z3';
const FILE = 'messages/2026-11/ann-x1y2z3.2026-11-22.jsonl';

async function repository(): Promise<string> {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet', '-b', 'main');
  await commitFile(folder, 'README.md', '# Notes\n', 'start');
  return folder;
}

const text = (...lines: readonly Line[]): string => lines.map(({ raw }) => `${raw}\n`).join('');

/** Commits a file as a capture would, in the words of one of its lines; `held` are all that it holds then. */
async function capture(folder: string, line: Line, held: readonly Line[], file = FILE): Promise<string> {
  const { author, time, message } = commitTextOf(line, DEVICE);
  await commitFile(folder, file, text(...held), message.trimEnd());
  const date = `${time} +0000`;
  await git(
    folder,
    'commit',
    '--quiet',
    '--amend',
    '--no-edit',
    `--date=${date}`,
    `--author=${author} <a@b>`,
  );
  return git(folder, 'rev-parse', 'HEAD');
}

async function find(folder: string, wanted: readonly Line[], range = ['main']) {
  const context = contextOf(folder);
  const blobs = new BlobReader(context);
  onTestFinished(() => blobs.close());
  return findCommits({ git: context, blobs }, range, wanted);
}

/** Raw git as the judge: the commits that hold a line while none of their ancestors does. */
async function firstWith(folder: string, line: Line): Promise<string[]> {
  const commits = (await git(folder, 'rev-list', '--topo-order', '--reverse', 'main')).split('\n');
  const holding = new Set<string>();
  for (const commit of commits) {
    const files = (await git(folder, 'ls-tree', '-r', '--name-only', commit, '--', 'messages')).split('\n');
    for (const file of files.filter((name) => name.endsWith('.jsonl'))) {
      const content = await git(folder, 'cat-file', 'blob', `${commit}:${file}`);
      if (content.split('\n').includes(line.raw)) holding.add(commit);
    }
  }
  const first: string[] = [];
  for (const commit of holding) {
    const ancestors = (await git(folder, 'rev-list', `${commit}^@`)).split('\n');
    if (!ancestors.some((ancestor) => holding.has(ancestor))) first.push(commit);
  }
  return first;
}

async function expectFound(folder: string, lines: readonly Line[], range?: string[]): Promise<void> {
  const found = await find(folder, lines, range);
  for (const line of lines) {
    expect(await firstWith(folder, line), line.raw).toContain(found.get(line.hash));
  }
}

describe('lines that were captured', () => {
  test('are each in the commit that names them', async () => {
    const folder = await repository();
    const lines = [1, 2, 3].map((number) => lineOf({ id: idOf(number), createdAt: timeAt(number * 1000) }));
    const commits: string[] = [];
    for (const [index, line] of lines.entries())
      commits.push(await capture(folder, line, lines.slice(0, index + 1)));
    const found = await find(folder, lines);
    expect(lines.map(({ hash }) => found.get(hash))).toEqual(commits);
    await expectFound(folder, lines);
  });

  test('are found for each revision of a message, also within one second', async () => {
    const folder = await repository();
    const first = lineOf();
    const second = lineAfter([first], { text: 'two', updatedAt: timeAt(100) });
    const third = lineAfter([second], { text: '', updatedAt: timeAt(200), deletedAt: timeAt(200) });
    const commits = [
      await capture(folder, first, [first]),
      await capture(folder, second, [first, second]),
      await capture(folder, third, [first, second, third]),
    ];
    const found = await find(folder, [third, first, second]);
    expect([first, second, third].map(({ hash }) => found.get(hash))).toEqual(commits);
    // One of them alone, of which the trailers can't tell the others.
    expect((await find(folder, [second])).get(second.hash)).toBe(commits[1]);
  });

  test('are found if two devices changed one message in one second', async () => {
    const folder = await repository();
    const first = lineOf();
    await capture(folder, first, [first]);
    const [left, right] = ['left', 'right'].map((word) => lineAfter([first], { text: word })) as [Line, Line];
    await git(folder, 'checkout', '--quiet', '-b', 'side');
    await capture(folder, right, [right], 'messages/2026-11/bob-a1b2c3.2026-11-22.jsonl');
    await git(folder, 'checkout', '--quiet', 'main');
    await capture(folder, left, [first, left]);
    await git(folder, 'merge', '--quiet', '--no-edit', 'side');
    await expectFound(folder, [first, left, right]);
  });

  test('are found if one of two devices changed it twice in that second', async () => {
    const folder = await repository();
    const first = lineOf();
    await capture(folder, first, [first]);
    await git(folder, 'checkout', '--quiet', '-b', 'side');
    const theirs = lineAfter([first], { text: 'theirs' });
    await git(folder, 'checkout', '--quiet', 'main');
    const edit = lineAfter([first], { text: 'mine', updatedAt: timeAt(-60_000) });
    const again = lineAfter([edit], { text: 'mine again' });
    const last = lineAfter([again], { text: 'mine at last' });
    await capture(folder, edit, [first, edit]);
    await capture(folder, again, [first, edit, again]);
    await capture(folder, last, [first, edit, again, last]);
    await git(folder, 'checkout', '--quiet', 'side');
    await capture(folder, theirs, [theirs], 'messages/2026-11/bob-a1b2c3.2026-11-22.jsonl');
    await git(folder, 'checkout', '--quiet', 'main');
    await git(folder, 'merge', '--quiet', '--no-edit', 'side');
    await expectFound(folder, [first, edit, again, last, theirs]);
  });

  test('before 1970 are found by the time that their commit could take', async () => {
    const folder = await repository();
    const old = lineOf({ createdAt: '1969-07-20T20:17:40.000Z' });
    const commit = await capture(folder, old, [old]);
    expect((await find(folder, [old])).get(old.hash)).toBe(commit);
  });

  test('are found in a range alone', async () => {
    const folder = await repository();
    const [one, two] = [1, 2].map((number) => lineOf({ id: idOf(number) })) as [Line, Line];
    const base = await capture(folder, one, [one]);
    const next = await capture(folder, two, [one, two]);
    const found = await find(folder, [one, two], ['main', `^${base}`]);
    expect([...found]).toEqual([[two.hash, next]]);
  });
});

describe('lines that no trailer names', () => {
  test('are in the commit that brought them, several in one', async () => {
    const folder = await repository();
    const lines = [1, 2, 3].map((number) => lineOf({ id: idOf(number) }));
    await commitFile(
      folder,
      'messages/other.jsonl',
      text(...lines.slice(0, 2)),
      'two lines of another program',
    );
    await commitFile(folder, 'messages/other.jsonl', text(...lines), 'one more');
    await expectFound(folder, lines);
    expect((await find(folder, lines)).size).toBe(3);
  });

  test('are found if one commit names several messages', async () => {
    const folder = await repository();
    const lines = [1, 2].map((number) => lineOf({ id: idOf(number) }));
    const message = `Lines of another program\n\n${trailersOf(
      lines.map(({ id }) => id),
      DEVICE,
    )}`;
    await commitFile(folder, 'messages/other.jsonl', text(...lines), message);
    await expectFound(folder, lines);
  });

  test('are found among bytes that are no lines', async () => {
    const folder = await repository();
    const line = lineOf();
    await commitFile(folder, 'messages/other.jsonl', Buffer.from([0xff, 0x00, 0x0a]), 'garbage');
    const bytes = Buffer.concat([Buffer.from([0xff, 0x00, 0x0a]), Buffer.from(text(line))]);
    const commit = await commitFile(folder, 'messages/other.jsonl', bytes, 'and a line');
    expect((await find(folder, [line])).get(line.hash)).toBe(commit);
  });

  test('are found in a file with a name that git would quote', async () => {
    const folder = await repository();
    const line = lineOf();
    const file = 'messages/ä "b"\t*[x].jsonl';
    const commit = await commitFile(folder, file, text(line), 'odd name');
    expect((await find(folder, [line])).get(line.hash)).toBe(commit);
  });

  test('are found in the merge that brought them, if no side had them', async () => {
    const folder = await repository();
    await git(folder, 'checkout', '--quiet', '-b', 'side');
    await commitFile(folder, 'a.txt', 'a\n', 'side');
    await git(folder, 'checkout', '--quiet', 'main');
    await commitFile(folder, 'b.txt', 'b\n', 'main');
    await git(folder, 'merge', '--quiet', '--no-commit', '--no-ff', 'side');
    const line = lineOf();
    const merge = await commitAll(folder, 'messages/other.jsonl', text(line));
    expect((await find(folder, [line])).get(line.hash)).toBe(merge);
  });

  test('that no commit of the range brought are left out', async () => {
    const folder = await repository();
    expect((await find(folder, [lineOf()])).size).toBe(0);
    expect((await find(folder, [])).size).toBe(0);
  });

  test('are found in many files at once', async () => {
    const folder = await repository();
    const context = contextOf(folder);
    const blobs = new BlobReader(context);
    onTestFinished(() => blobs.close());
    const lines = Array.from({ length: 150 }, (_, number) => lineOf({ id: idOf(number) }));
    for (const [index, line] of lines.entries()) await writeIn(folder, `messages/${index}.jsonl`, text(line));
    await git(folder, 'add', '.');
    await git(folder, 'commit', '--quiet', '-m', 'all');
    const commit = await git(folder, 'rev-parse', 'HEAD');
    const found = await findCommits({ git: context, blobs }, ['main'], lines);
    expect(new Set(found.values())).toEqual(new Set([commit]));
    expect(found.size).toBe(150);
  });
});

describe('the first commit counts', () => {
  test('if a line was taken out and came back', async () => {
    const folder = await repository();
    const line = lineOf();
    const first = await commitFile(folder, 'messages/other.jsonl', text(line), 'in');
    await commitFile(folder, 'messages/other.jsonl', '', 'out');
    await commitFile(folder, 'messages/other.jsonl', text(line), 'in again');
    expect((await find(folder, [line])).get(line.hash)).toBe(first);
  });

  test('if a capture was reverted and the revert reverted', async () => {
    const folder = await repository();
    const line = lineOf();
    const first = await capture(folder, line, [line]);
    await git(folder, 'revert', '--no-edit', 'HEAD');
    await git(folder, 'revert', '--no-edit', 'HEAD');
    expect((await find(folder, [line])).get(line.hash)).toBe(first);
  });

  test('if a capture was picked onto the branch twice', async () => {
    const folder = await repository();
    const line = lineOf();
    await git(folder, 'checkout', '--quiet', '-b', 'side');
    await capture(folder, line, [line]);
    await git(folder, 'checkout', '--quiet', 'main');
    await commitFile(folder, 'b.txt', 'b\n', 'main');
    await git(folder, 'cherry-pick', 'side');
    await git(folder, 'merge', '--quiet', '--no-edit', 'side');
    await expectFound(folder, [line]);
  });

  test('if a line moved to another file', async () => {
    const folder = await repository();
    const line = lineOf();
    const first = await commitFile(folder, 'messages/a.jsonl', text(line), 'in a file');
    await git(folder, 'mv', 'messages/a.jsonl', 'messages/b.jsonl');
    await git(folder, 'commit', '--quiet', '-m', 'in another');
    expect(await firstWith(folder, line)).toEqual([first]);
    expect((await find(folder, [line])).get(line.hash)).toBe(first);
  });

  test('if a commit names a message that it did not bring', async () => {
    const folder = await repository();
    const line = lineOf();
    const { time, message } = commitTextOf(line, DEVICE);
    await git(folder, 'commit', '--quiet', '--allow-empty', '-m', message, `--date=${time} +0000`);
    const first = await commitFile(folder, 'messages/other.jsonl', text(line), 'by hand');
    expect((await find(folder, [line])).get(line.hash)).toBe(first);
  });

  test('if captures were squashed into one', async () => {
    const folder = await repository();
    const base = await git(folder, 'rev-parse', 'HEAD');
    const lines = [1, 2, 3].map((number) => lineOf({ id: idOf(number), createdAt: timeAt(number * 10_000) }));
    for (const [index, line] of lines.entries()) await capture(folder, line, lines.slice(0, index + 1));
    const last = await git(folder, 'log', '-1', '--format=%B');
    const date = await git(folder, 'log', '-1', '--format=%at +0000');
    await git(folder, 'reset', '--quiet', '--soft', base);
    await git(folder, 'commit', '--quiet', '-m', last, `--date=${date}`);
    await expectFound(folder, lines);
  });

  test('if two branches brought it, whichever was merged into which', async () => {
    const folder = await repository();
    const [one, two] = [1, 2].map((number) => lineOf({ id: idOf(number) })) as [Line, Line];
    await git(folder, 'checkout', '--quiet', '-b', 'side');
    await commitFile(folder, 'messages/other.jsonl', text(one, two), 'both');
    await git(folder, 'checkout', '--quiet', 'main');
    await commitFile(folder, 'messages/other.jsonl', text(one), 'one');
    await gitFailure(folder, 'merge', 'side');
    await commitAll(folder, 'messages/other.jsonl', text(one, two));
    await expectFound(folder, [one, two]);
  });
});

async function writeIn(folder: string, file: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), content);
}

/** Finishes a merge with one more file in it. */
async function commitAll(folder: string, file: string, content: string): Promise<string> {
  await writeIn(folder, file, content);
  await git(folder, 'add', '--', file);
  await git(folder, 'commit', '--quiet', '--no-edit');
  return git(folder, 'rev-parse', 'HEAD');
}
