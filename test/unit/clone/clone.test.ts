import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Held } from '../../../src/async/mutex.ts';
import { Clone } from '../../../src/clone/clone.ts';
import { addedLines, linesAt, readChange, removedLines } from '../../../src/clone/journal-lines.ts';
import { diffJournals } from '../../../src/git/tree.ts';
import { contextOf } from '../../support/context.ts';
import { commitFile, git } from '../../support/git.ts';
import { idOf, lineOf } from '../../support/lines.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const FILE = 'messages/2026-11/ann-x1y2z3.2026-11-22.jsonl';
const one = lineOf({ id: idOf(1) });
const two = lineOf({ id: idOf(2) });
const three = lineOf({ id: idOf(3) });

async function emptyClone(): Promise<Clone> {
  const folder = join(await temporaryFolder(), 'clone');
  await git('.', 'init', '--quiet', '-b', 'main', folder);
  const clone = new Clone('clone', contextOf(folder), { name: 'Ann', email: 'ann@example.org' });
  onTestFinished(async () => {
    await clone.importer.close();
    await clone.blobs.close();
  });
  return clone;
}

test('what concerns the branch cannot be changed without the token of the mutex', async () => {
  const clone = await emptyClone();
  // @ts-expect-error: no token
  const withoutToken = () => clone.movedTo('a'.repeat(40), false);
  // @ts-expect-error: nobody but the mutex makes one
  const madeUp: Held = {};
  expect([typeof withoutToken, typeof madeUp]).toEqual(['function', 'object']);
  await clone.mutex.run(async (held) => clone.movedTo(held, 'a'.repeat(40), true));
  expect([clone.tip, clone.isUnsafe]).toEqual(['a'.repeat(40), true]);
});

test('captured commits are the new tip and not pushed, and lines continue in the same segments', async () => {
  const clone = await emptyClone();
  await clone.mutex.run(async (held) => {
    clone.configured(held, { device: 'ann-x1y2z3' });
    const segments = await clone.segmentsOn(held, null);
    clone.captured(held, ['b', 'c'], []);
    expect(await clone.segmentsOn(held, 'c')).toBe(segments);
    clone.movedTo(held, 'd', false);
    expect(await clone.segmentsOn(held, null)).not.toBe(segments);
  });
  expect([clone.tip, [...clone.unpushed]]).toEqual(['d', ['b', 'c']]);
});

test('a new device id starts new segments, a new setting of another kind does not', async () => {
  const clone = await emptyClone();
  await clone.mutex.run(async (held) => {
    const segments = await clone.segmentsOn(held, null);
    clone.configured(held, { contacted: true });
    expect(await clone.segmentsOn(held, null)).toBe(segments);
    clone.configured(held, { device: 'ben-a1b2c3' });
    expect(await clone.segmentsOn(held, null)).not.toBe(segments);
  });
});

test('lines that a change added are separate from those it removed', async () => {
  const clone = await emptyClone();
  const folder = clone.git.directory;
  const before = await commitFile(folder, FILE, `${one.raw}\n${two.raw}\n`, 'two lines');
  const after = await commitFile(folder, FILE, `${two.raw}\n${three.raw}\n`, 'one out, one in');
  const [change] = await diffJournals(clone.git, before, after);
  if (!change) throw new Error('no change');
  const hashes = (lines: readonly { readonly hash: string }[]) => lines.map(({ hash }) => hash);
  expect(hashes(await addedLines(clone, change))).toEqual([three.hash]);
  expect(hashes(await removedLines(clone, change))).toEqual([one.hash]);
  expect((await readChange(clone, change)).isAppended).toBe(false);
  expect([...(await linesAt(clone, after)).keys()].sort()).toEqual([two.hash, three.hash].sort());
});

test('problems in an appended part have the line numbers of the whole file', async () => {
  const clone = await emptyClone();
  const folder = clone.git.directory;
  const before = await commitFile(folder, FILE, `${one.raw}\n`, 'one line');
  const after = await commitFile(folder, FILE, `${one.raw}\nnot a line\n`, 'a bad one');
  const [change] = await diffJournals(clone.git, before, after);
  if (!change) throw new Error('no change');
  const { isAppended, added, problems } = await readChange(clone, change);
  expect([isAppended, added, problems.map(({ line }) => line)]).toEqual([true, [], [2]]);
});
