import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../../../src/mirror/database.ts';
import { type Entry, withChanges } from '../../../src/mirror/entry.ts';
import { bareRepository, cloneOf, commitFile, git } from '../../support/git.ts';
import { lineAfter } from '../../support/lines.ts';
import { startManager } from '../../support/manager.ts';
import { put } from '../../support/mirror.ts';
import { lineNumber, pull, push, rawsIn, statusOf, textsOf } from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const FILES = 200;
const LINES_A_FILE = 5;

/** Pushes far more journal files than are read at once, each line with a message of its own. */
async function fill(work: string, first = 1000): Promise<void> {
  await mkdir(join(work, 'messages/import'), { recursive: true });
  for (let file = 0; file < FILES; file += 1) {
    const numbers = Array.from({ length: LINES_A_FILE }, (_, index) => first + file * LINES_A_FILE + index);
    const lines = numbers.map((number) => `${lineNumber(number).raw}\n`);
    await writeFile(join(work, `messages/import/${first}-${file}.jsonl`), lines.join(''));
  }
  await git(work, 'add', '.');
  await git(work, 'commit', '--quiet', '-m', 'An import');
  await git(work, 'push', '--quiet', 'origin', 'HEAD:main');
}

test('captures continue while a large pull is read, and both are complete after it', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const managed = await startManager(folder, [remote]);
  const work = await cloneOf(remote, join(folder, 'work'));
  await commitFile(work, 'messages/first.jsonl', `${lineNumber(1).raw}\n`, 'The first one');
  await git(work, 'push', '--quiet', 'origin', 'HEAD:main');
  await pull(managed);
  await fill(work);
  await git(work, 'rm', '--quiet', 'messages/first.jsonl');
  await git(work, 'commit', '--quiet', '-m', 'Without the first one');
  await git(work, 'push', '--quiet', 'origin', 'HEAD:main');

  let pulled = false;
  const pulling = pull(managed).finally(() => {
    pulled = true;
  });
  let captured = 0;
  while (!pulled) {
    await managed.add(lineNumber(10 + captured));
    captured += 1;
  }
  expect(await pulling).toMatchObject({ status: 'pulled', pulled: FILES * LINES_A_FILE + 1 });
  expect(captured).toBeGreaterThan(1);
  expect(await textsOf(managed)).toHaveLength(FILES * LINES_A_FILE + captured);
  // Each of them once, and the first one when it came and when it went.
  expect(managed.heard.filter(({ type }) => type === 'message')).toHaveLength(FILES * LINES_A_FILE + 2);
  expect(managed.mirror.covered(managed.manager.primary)).toMatchObject({
    branch: 'main',
    head: await git(managed.clone(), 'rev-parse', 'main'),
    problems: {},
  });
  expect(await push(managed)).toMatchObject({ status: 'pushed', pushed: captured });
  expect(await rawsIn(remote)).toHaveLength(FILES * LINES_A_FILE + captured);
  expect(managed.troubles).toEqual([]);

  const texts = await textsOf(managed);
  await managed.close();
  expect(await textsOf(await startManager(folder, [remote]))).toEqual(texts);
});

test('a second large pull, and a reset by hand in the middle of one, come out right', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const managed = await startManager(folder, [remote]);
  const work = await cloneOf(remote, join(folder, 'work'));
  await fill(work, 1000);
  await pull(managed);
  await fill(work, 10_000);
  const clone = managed.clone();
  const before = await git(clone, 'rev-parse', 'main');
  const pulling = pull(managed);
  while (managed.mirror.covered(managed.manager.primary)?.towards === undefined)
    await new Promise(setImmediate);
  await git(clone, 'update-ref', 'refs/heads/main', before);
  await managed.manager.find(managed.manager.primary)?.refresh();
  await pulling;
  expect(statusOf(managed)).toMatchObject({ state: 'rewritten' });
  expect(await textsOf(managed)).toHaveLength(FILES * LINES_A_FILE);
});

test('a message with lines in many files counts once', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const managed = await startManager(folder, [remote]);
  const work = await cloneOf(remote, join(folder, 'work'));
  await mkdir(join(work, 'messages'));
  let line = lineNumber(1);
  for (let file = 0; file < FILES; file += 1) {
    await writeFile(join(work, `messages/${file}.jsonl`), `${line.raw}\n`);
    line = lineAfter([line], { text: `text ${file}` });
  }
  await git(work, 'add', '.');
  await git(work, 'commit', '--quiet', '-m', 'One message');
  await git(work, 'push', '--quiet', 'origin', 'HEAD:main');
  expect(await pull(managed)).toMatchObject({ pulled: 1 });
});

test('lines that an interrupted reading left in the mirror are removed if the branch never got them', async () => {
  const folder = await temporaryFolder();
  const managed = await startManager(folder);
  await managed.add(lineNumber(1));
  const clone = managed.clone();
  await managed.close();

  const lost = await git(clone, 'commit-tree', '-p', 'main', '-m', 'Lost', 'main^{tree}');
  const mirror = await Database.open(join(folder, 'data/mirror'));
  const covered = mirror.covered('messages');
  if (!covered) throw new Error('The mirror knows nothing of the repository');
  mirror.cover('messages', { ...covered, towards: lost });
  await put(mirror, withChanges(undefined, 'messages', [{ line: lineNumber(2), commit: null }]) as Entry);
  await mirror.close();

  expect(await textsOf(await startManager(folder))).toEqual(['message 1']);
});
