import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldCase } from '../../../../src/domain/fold-case.ts';
import { likelyFor } from '../../../../src/mirror/search/json-prefilter.ts';
import { termsOf } from '../../../support/terms.ts';

const isLikely = (search: string, json: string) => likelyFor({ terms: termsOf(search) })(json);

/** A text as a line of a journal has it, and as a shard has such a line. */
const writings = (text: string) => {
  const line = JSON.stringify({ v: 1, text });
  const escaped = line.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [line, escaped, JSON.stringify([line]), JSON.stringify([escaped])];
};

describe('a quick look at the JSON of a message', () => {
  test('never says no if the text holds the term', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom(...'ßİıŉǰſKﬁﬆσςΣ\u0301\u0338\n\t"\\/nt'.split(''), 'ẖ', 'é', 'e\u0301', 'SS', 'fi'),
    );
    const text = fc.array(unit, { maxLength: 8 }).map((units) => units.join(''));
    fc.assert(
      fc.property(text, text, text, (before, wanted, after) => {
        const said = before + wanted + after;
        const folded = foldCase(said);
        for (let from = 0; from < folded.length; from += 1) {
          for (const to of [from + 1, from + 3, folded.length]) {
            const terms = [[{ kind: 'text', value: folded.slice(from, to), exclude: false }]] as const;
            for (const json of writings(said)) expect(likelyFor({ terms })(json)).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('knows of each character what it is folded to', () => {
    for (let code = 0; code < 0x110000; code += 1) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const character = String.fromCodePoint(code);
      const terms = [[{ kind: 'text', value: foldCase(character), exclude: false }]] as const;
      if (!likelyFor({ terms })(JSON.stringify(character))) expect.unreachable(`U+${code.toString(16)}`);
    }
  });

  test('says no to most others, and nothing of what is not searched for', () => {
    expect(isLikely('tomorrow', '{"text":"today"}')).toBe(false);
    expect(isLikely('CAFÉS', '{"text":"café"}')).toBe(false);
    expect(isLikely('day missing', '{"text":"today"}')).toBe(false);
    for (const search of ['', '-today', 'from:ann', 'type:task', 'after:2026-01-01'])
      expect(isLikely(search, '{"text":"today"}'), search).toBe(true);
  });
});
