import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeLines } from '../../../src/journal/merge.ts';

const bytes = (...lines: string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));
const NONE = Buffer.alloc(0);

describe('two versions of a journal', () => {
  test.each<[string, Buffer, Buffer, Buffer, Buffer]>([
    ['both appended', bytes('a'), bytes('a', 'b'), bytes('a', 'c'), bytes('a', 'b', 'c')],
    ['both appended the same', bytes('a'), bytes('a', 'b'), bytes('a', 'b'), bytes('a', 'b')],
    ['one appended', bytes('a'), bytes('a'), bytes('a', 'b'), bytes('a', 'b')],
    ['one took a line out', bytes('a', 'b', 'c'), bytes('a', 'c'), bytes('a', 'b', 'c'), bytes('a', 'c')],
    ['one took out, one appended', bytes('a', 'b'), bytes('b'), bytes('a', 'b', 'c'), bytes('b', 'c')],
    ['both took the same out', bytes('a', 'b'), bytes('a'), bytes('a'), bytes('a')],
    [
      'one changed a line, one appended',
      bytes('a', 'b'),
      bytes('x', 'b'),
      bytes('a', 'b', 'c'),
      bytes('x', 'b', 'c'),
    ],
    ['no common base', NONE, bytes('a', 'b'), bytes('b', 'c'), bytes('a', 'b', 'c')],
    ['one took everything out', bytes('a'), NONE, bytes('a', 'b'), bytes('b')],
    ['a last line without LF', bytes('a'), Buffer.from('a\nb'), Buffer.from('a\nc'), bytes('a', 'b', 'c')],
    ['CR at line ends', bytes('a'), bytes('a', 'b\r'), bytes('a', 'b'), bytes('a', 'b\r', 'b')],
    ['nothing anywhere', NONE, NONE, NONE, NONE],
  ])('%s', (_, base, first, second, expected) => {
    expect(mergeLines(base, first, second).toString()).toBe(expected.toString());
  });

  test('are merged byte for byte, whatever their lines hold', () => {
    const odd = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]);
    const merged = mergeLines(NONE, Buffer.concat([odd, Buffer.from('\n')]), bytes('é😀'));
    expect(merged).toEqual(Buffer.concat([odd, Buffer.from('\n'), Buffer.from('é😀\n')]));
  });

  test('lose what neither side has and gain nothing of their own', () => {
    fc.assert(
      fc.property(journal(), journal(), journal(), (base, first, second) => {
        const merged = linesOf(mergeLines(...buffers(base, first, second)));
        const had = new Set(base);
        for (const line of new Set([...base, ...first, ...second])) {
          const [left, right] = [first.includes(line), second.includes(line)];
          // What either added stays, and so does what neither took out; what one of them took out goes.
          const expected = had.has(line) ? left && right : left || right;
          expect([line, merged.includes(line)]).toEqual([line, expected]);
        }
        expect(merged.every((line) => first.includes(line) || second.includes(line))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('give the same lines whichever side is called ours', () => {
    fc.assert(
      fc.property(journal(), journal(), journal(), (base, first, second) => {
        const one = linesOf(mergeLines(...buffers(base, first, second)));
        const other = linesOf(mergeLines(...buffers(base, second, first)));
        expect(new Set(one)).toEqual(new Set(other));
      }),
    );
  });

  test('have no line twice that none of them has twice', () => {
    fc.assert(
      fc.property(journal(), journal(), journal(), (base, first, second) => {
        const once = (lines: string[]) => [...new Set(lines)];
        const merged = linesOf(mergeLines(...buffers(once(base), once(first), once(second))));
        expect(merged).toEqual(once(merged));
      }),
    );
  });

  test('keep the order of the lines that a side has', () => {
    fc.assert(
      fc.property(journal(), journal(), (base, added) => {
        const second = [...base, ...added.map((line) => `new ${line}`)];
        expect(linesOf(mergeLines(...buffers(base, base, second)))).toEqual([
          ...base,
          ...second.slice(base.length),
        ]);
      }),
    );
  });

  test('merged again with what came of it are unchanged', () => {
    fc.assert(
      fc.property(journal(), journal(), journal(), (base, first, second) => {
        const merged = mergeLines(...buffers(base, first, second));
        expect(mergeLines(bytes(...first), bytes(...first), merged)).toEqual(merged);
        expect(mergeLines(merged, merged, merged)).toEqual(merged);
      }),
    );
  });
});

const journal = (): fc.Arbitrary<string[]> =>
  fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '\r', 'é'), { maxLength: 8 });

const buffers = (...all: [string[], string[], string[]]) =>
  all.map((lines) => bytes(...lines)) as [Buffer, Buffer, Buffer];

const linesOf = (merged: Buffer): string[] => merged.toString().split('\n').slice(0, -1);
