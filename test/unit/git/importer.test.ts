import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BlobReader } from '../../../src/git/blobs.ts';
import { Importer, type NewCommit, NotAppended } from '../../../src/git/importer.ts';
import type { GitContext } from '../../../src/git/run.ts';
import { contextOf } from '../../support/context.ts';
import { commitFile, git, gitBytes } from '../../support/git.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const PERSON = { name: 'Ann', email: 'ann@example.org' };
const PATH = 'messages/2026-11/ann-x1y2z3.2026-11-22.jsonl';

const commitOf = (content: string, kept: number, path = PATH): NewCommit => ({
  ...{ author: PERSON, time: 0, message: 'm\n', path, kept },
  content: Buffer.from(content),
});

async function repository(format = 'sha1'): Promise<string> {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet', '-b', 'main', `--object-format=${format}`);
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'start');
  return folder;
}

function importerIn(context: GitContext): Importer {
  const blobs = new BlobReader(context);
  const importer = new Importer(context, PERSON, blobs);
  onTestFinished(async () => {
    await importer.close();
    blobs.close();
  });
  return importer;
}

const head = (folder: string) => git(folder, 'rev-parse', 'HEAD');

describe.each(['sha1', 'sha256'])('in a clone with %s', (format) => {
  test('commits that append are made, whatever the parent has', async () => {
    const folder = await repository(format);
    const importer = importerIn(contextOf(folder));
    const first = await importer.write(await head(folder), [commitOf('a\n', 0), commitOf('a\nb\n', 2)]);
    const second = await importer.write(first.at(-1) as string, [
      commitOf('a\nb\nc\n', 4),
      commitOf('x\n', 0, `${PATH}x`),
      commitOf('a\nb\nc\nd\n', 6),
    ]);
    expect(await git(folder, 'show', `${second[2]}:${PATH}`)).toBe('a\nb\nc\nd');
    expect(await git(folder, 'show', `${second[2]}:${PATH}x`)).toBe('x');
  });

  test.each([
    ['that takes the file for a new one', [commitOf('new\n', 0)]],
    ['that knows an older state of it', [commitOf('old\nnew\n', 4)]],
    ['that knows other bytes of the same length', [commitOf('old\nOTHER\nnew\n', 10)]],
    ['that makes the file shorter', [commitOf('old\n', 4)]],
    ['after one that appends', [commitOf('old\nlines\n1\n', 10), commitOf('old\nlines\n2\n', 10)]],
    ['after one that appends to another file', [commitOf('a\n', 0, `${PATH}x`), commitOf('new\n', 0)]],
  ])('a commit is refused %s', async (_, commits) => {
    const folder = await repository(format);
    await commitFile(folder, PATH, 'old\nlines\n', 'before');
    const importer = importerIn(contextOf(folder));
    await expect(importer.write(await head(folder), commits)).rejects.toThrow(NotAppended);
    expect(await importer.write(await head(folder), [commitOf('old\nlines\nmore\n', 10)])).toHaveLength(1);
  });
});

test('a commit is refused if something else has the name of the file', async () => {
  const folder = await repository();
  await commitFile(folder, `${PATH}/inside`, 'a\n', 'a folder');
  await expect(importerIn(contextOf(folder)).write(await head(folder), [commitOf('a\n', 0)])).rejects.toThrow(
    NotAppended,
  );
});

test('a commit is refused if git would put the file into a folder in upper case', async () => {
  const folder = await repository();
  await commitFile(folder, 'Messages/notes.md', 'mine', 'a folder of mine');
  const context = contextOf(folder);
  const folding = { ...context, settings: [...context.settings, 'core.ignorecase=true'] };
  const writing = importerIn(folding).write(await head(folder), [commitOf('a\n', 0)]);
  await expect(writing).rejects.toThrow(/would not have been in the file messages\/2026/);
});

test('nothing that is committed is ever lost, whatever somebody believes of the files', async () => {
  const folder = await repository();
  const importer = importerIn(contextOf(folder));
  const start = await head(folder);
  const step = fc.record({ file: fc.nat(2), text: fc.string(), kept: fc.nat(3), isRight: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 5 }),
      async (batches) => {
        let tip = start;
        const files = new Map<string, Buffer>();
        for (const batch of batches) {
          const meanwhile = new Map(files);
          const commits = batch.map(({ file, text, kept, isRight }): NewCommit => {
            const path = `messages/${file}.jsonl`;
            const before = meanwhile.get(path) ?? Buffer.alloc(0);
            const content = isRight ? Buffer.concat([before, Buffer.from(text)]) : Buffer.from(text);
            meanwhile.set(path, content);
            const length = isRight ? before.length : Math.min(kept, content.length);
            return { ...commitOf('', length, path), content };
          });
          const ids = await importer.write(tip, commits).catch((error: unknown) => {
            expect(error).toBeInstanceOf(NotAppended);
            return [];
          });
          if (ids.length === 0) continue;
          tip = ids.at(-1) as string;
          for (const [path, content] of meanwhile) {
            const before = files.get(path) ?? Buffer.alloc(0);
            expect(content.subarray(0, before.length)).toEqual(before);
            expect(await gitBytes(folder, 'cat-file', 'blob', `${tip}:${path}`)).toEqual(content);
            files.set(path, content);
          }
        }
      },
    ),
    { numRuns: 15 },
  );
});
