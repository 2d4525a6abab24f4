import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Folded, fold } from '../../../src/journal/fold.ts';
import { checkReadable, deletedLine, editedLine } from '../../../src/journal/revisions.ts';
import { MAX_LINE_BYTES, whyUnreadable } from '../../../src/journal/split.ts';
import { lineOf, readable, timeAt } from '../../support/lines.ts';

const NOW = timeAt(60_000);

/** A message that many have edited without knowing of each other, as it folds. */
function foldedOf(heads: number): Folded {
  const line = lineOf();
  const hashOf = (number: number) => number.toString(16).padStart(16, '0').padEnd(64, '0');
  const lines = Array.from({ length: heads }, (_, number) => ({ ...line, hash: hashOf(number) }));
  return { current: line, heads: lines, lines };
}

describe('a message with many versions that nobody has chosen between', () => {
  test('is edited and deleted by a line that names all of them', () => {
    const folded = foldedOf(130_000);
    for (const line of [editedLine(folded, { text: 'settled' }, NOW), deletedLine(folded, NOW)]) {
      expect(checkReadable(line).ok).toBe(true);
      expect(new Set(readable(line.raw).parents).size).toBe(130_000);
    }
  });

  test('is refused with words once their names are longer than any line that is read', () => {
    const line = editedLine(foldedOf(230_000), { text: 'settled' }, NOW);
    expect(checkReadable(line)).toMatchObject({
      ok: false,
      failure: { code: 'unwritable', detail: expect.stringMatching(/230000 conflicting versions/) },
    });
  });
});

describe('the number of a revision', () => {
  const highest = Number.MAX_SAFE_INTEGER;

  test.each([highest, highest + 1, 1e300])('has no next one after %d', (revision) => {
    const line = readable(JSON.stringify({ ...JSON.parse(lineOf().raw), revision }));
    expect(line.revision).toBe(revision);
    for (const next of [editedLine(fold([line]), { text: 'x' }, NOW), deletedLine(fold([line]), NOW)])
      expect(checkReadable(next)).toMatchObject({ ok: false, failure: { code: 'unwritable' } });
  });

  test('may be the highest that counts exactly', () => {
    const line = editedLine(fold([lineOf({ revision: highest - 1 })]), { text: 'x' }, NOW);
    expect(line.revision).toBe(highest);
    expect(checkReadable(line).ok).toBe(true);
  });
});

describe('what another program added to a message', () => {
  test('makes an edit and a delete too long, to the byte', () => {
    const overhead = Buffer.byteLength(
      editedLine(fold([lineOf({ others: [['x', '""']] })]), { text: 'x' }, NOW).raw,
    );
    for (const [length, isTaken] of [
      [MAX_LINE_BYTES - overhead, true],
      [MAX_LINE_BYTES - overhead + 1, false],
    ] as const) {
      const before = lineOf({ others: [['x', `"${'x'.repeat(length)}"`]] });
      expect(whyUnreadable(before)).toBeUndefined();
      const line = editedLine(fold([before]), { text: 'x' }, NOW);
      expect(checkReadable(line).ok).toBe(isTaken);
      expect(whyUnreadable(line) === undefined).toBe(isTaken);
    }
  });

  test('never makes a line that is taken and reads as something else', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '1', 'v ', 'V'));
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), fc.string(), (added, text) => {
        const before = readable(JSON.stringify({ ...added, ...JSON.parse(lineOf().raw) }));
        const line = editedLine(fold([before]), { text }, NOW);
        expect(checkReadable(line).ok).toBe(true);
        expect(readable(line.raw)).toMatchObject({ hash: line.hash, text, revision: 2, others: line.others });
      }),
    );
  });
});
