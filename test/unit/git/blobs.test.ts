import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clippedLines } from '../../../src/git/blob-sinks.ts';
import { BlobReader, BlobTooLarge } from '../../../src/git/blobs.ts';
import { contextOf, contextWithout } from '../../support/context.ts';
import { bareRepository, commitFile, git } from '../../support/git.ts';
import { commitPieces, makeBlob, makeTree } from '../../support/hostile.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const LINE = 6;
const FILE = 40;

/** What is kept of a file, said at once and slowly. */
function clipped(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const kept = lines.map((line) => line.slice(0, LINE + 1)).join('\n');
  return Buffer.from(kept.slice(0, FILE + 1), 'latin1');
}

describe('the lines of a blob', () => {
  test('are cut alike, in whatever pieces they come', () => {
    const piece = fc
      .array(fc.constantFrom('\n', 'a', 'ÿ', '{'), { maxLength: LINE })
      .map((letters) => Buffer.from(letters.join(''), 'latin1'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const sink = clippedLines(LINE, FILE);
        for (const one of pieces) sink.take(one);
        expect(sink.content()).toEqual(clipped(Buffer.concat(pieces)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a reader', () => {
  test('answers overlapping reads in order, whatever is asked for', async () => {
    const repository = await bareRepository(join(await temporaryFolder(), 'r.git'));
    const contents = ['', '\n', 'missing\n', 'a blob 5\nblob', 'x'.repeat(200_000), '\0\n\xff'];
    const ids = await Promise.all(contents.map((content) => makeBlob(repository, content)));
    const tree = await makeTree(repository, [`100644 blob ${ids[1]}\tfile`]);
    const reader = new BlobReader({ ...contextWithout(), directory: repository });
    const names = [...ids, tree, 'nothing', 'a\nb', 'HEAD:x', '', `${tree}:file`, '0'.repeat(40)];
    const expected = [...contents, null, null, null, null, null, '\n', null];
    for (const read of [reader.read, reader.readClipped]) {
      const order = [...names, ...names].reverse();
      const answers = await Promise.all(order.map((name) => read.call(reader, name)));
      const wanted = [...expected, ...expected].reverse();
      expect(answers.map((answer) => answer?.toString() ?? null)).toEqual(wanted);
    }
    reader.close();
  });

  test('tells how large an object is and which parents a commit has, and asks for no more', async () => {
    const folder = await temporaryFolder();
    await git(folder, 'init', '--quiet', '-b', 'main');
    const first = await commitFile(folder, 'a', 'four', 'first\n\nparent of nothing\nauthor of nothing');
    const second = await commitFile(folder, 'a', 'fours', 'second');
    await git(folder, 'checkout', '--quiet', '-b', 'other', first);
    const beside = await commitFile(folder, 'b', '', 'beside');
    await git(folder, 'merge', '--quiet', '-m', 'both', 'main');
    const reader = new BlobReader(contextOf(folder));
    onTestFinished(() => reader.close());
    const [blob = '', empty = ''] = await Promise.all(
      ['main:a', 'other:b'].map((name) => git(folder, 'rev-parse', name)),
    );
    const asked = [
      reader.sizeOf(blob),
      reader.sizeOf(empty),
      reader.sizeOf('0'.repeat(40)),
      reader.parentsOf(first),
      reader.commitOf('refs/heads/main'),
      reader.parentsOf(second),
      reader.parentsOf('other'),
      reader.parentsOf(blob),
      reader.parentsOf('nothing'),
    ];
    const both = [beside, second];
    expect(await Promise.all(asked)).toEqual([5, 0, null, [], second, [first], both, null, null]);
  });

  test('never reads a giant blob whole, and continues', async () => {
    const repository = await bareRepository(join(await temporaryFolder(), 'r.git'));
    await commitPieces(repository, 'giant', ['a\n', { letters: 65 * 1024 * 1024 }, '\nb\n']);
    const reader = new BlobReader({ ...contextWithout(), directory: repository });
    const [whole, cut, next] = await Promise.allSettled([
      reader.read('main:giant'),
      reader.readClipped('main:giant'),
      reader.read('main:nothing'),
    ]);
    expect(whole).toMatchObject({ status: 'rejected', reason: expect.any(BlobTooLarge) });
    expect(cut.status === 'fulfilled' && cut.value?.length).toBe(2 + 4 * 1024 * 1024 + 1 + 3);
    expect(next).toEqual({ status: 'fulfilled', value: null });
    reader.close();
  });
});

describe('a ref', () => {
  test('is read where it is now, whoever moved it and however it is kept', async () => {
    const folder = await temporaryFolder();
    await git(folder, 'init', '--quiet', '-b', 'main');
    const reader = new BlobReader(contextOf(folder));
    onTestFinished(() => reader.close());
    expect(await reader.commitOf('refs/heads/main')).toBeNull();
    const first = await commitFile(folder, 'a', '1', 'first');
    expect(await reader.commitOf('refs/heads/main')).toBe(first);
    await git(folder, 'pack-refs', '--all');
    expect(await reader.commitOf('refs/heads/main')).toBe(first);
    const second = await commitFile(folder, 'a', '2', 'second');
    await git(folder, 'gc', '--quiet', '--prune=now');
    expect(await reader.commitOf('refs/heads/main')).toBe(second);
    expect(await reader.commitOf(first)).toBe(first);
    await git(folder, 'update-ref', '-d', 'refs/heads/main');
    expect(await reader.commitOf('refs/heads/main')).toBeNull();
    // What is no commit is none.
    expect(await reader.commitOf(`${first}^{tree}`)).toBeNull();
    expect(await reader.commitOf('two\nlines')).toBeNull();
  });
});
