import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCase, parseSearch, type Term } from '../../../src/domain/query.ts';

/** A search as short words: `kind:value`, with `-` before what is excluded. */
const short = (search: string): string[] =>
  parseSearch(search).map(({ kind, value, exclude }) => `${exclude ? '-' : ''}${kind}:${value}`);

const at = (iso: string): number => Date.parse(iso);

describe('a search', () => {
  it.each<[string, string[]]>([
    ['', []],
    [' \t\n\u3000', []],
    ['hello', ['text:hello']],
    ['  Hello   World ', ['text:hello', 'text:world']],
    ['"quoted phrase"', ['text:quoted phrase']],
    ['a "b  c" d', ['text:a', 'text:b  c', 'text:d']],
    ['-draft', ['-text:draft']],
    ['-"not this"', ['-text:not this']],
    ['well-known', ['text:well-known']],
    ['a - b', ['text:a', 'text:-', 'text:b']],
    ['--x', ['-text:-x']],
    ['"unclosed phrase', ['text:unclosed phrase']],
    ['""', []],
    ['-""', []],
    ['5"', ['text:5"']],
    ['from:Ann', ['from:ann']],
    ['FROM:Ann', ['from:ann']],
    ['from:"Ann Lee"', ['from:ann lee']],
    ['-from:ann', ['-from:ann']],
    ['-from:"Ann Lee"', ['-from:ann lee']],
    ['in:Notes', ['in:notes']],
    ['type:TASK', ['type:task']],
    ['tag:Idea', ['tag:idea']],
    ['tag:#idea', ['tag:idea']],
    ['-tag:"#Idea"', ['-tag:idea']],
    ['#idea', ['text:#idea']],
    ['http://example.org:80/a', ['text:http://example.org:80/a']],
    ['note:this', ['text:note:this']],
    ['-note:this', ['-text:note:this']],
    ['note:"two words"', ['text:note:"two words"']],
    ['10:30', ['text:10:30']],
    [':smile:', ['text::smile:']],
    ['from:', ['text:from:']],
    ['from: ann', ['text:from:', 'text:ann']],
    ['from:""', []],
    ['from:a:b', ['from:a:b']],
    ['a AND b', ['text:a', 'text:and', 'text:b']],
  ])('%j means %j', (search, expected) => {
    expect(short(search)).toEqual(expected);
  });

  it.each<[string, number]>([
    ['2026-11-22', at('2026-11-22T00:00:00Z')],
    ['2026-11', at('2026-11-01T00:00:00Z')],
    ['2026', at('2026-01-01T00:00:00Z')],
    ['2026-11-22T10:30', at('2026-11-22T10:30:00Z')],
    ['2026-11-22T10:30:15.250', at('2026-11-22T10:30:15.250Z')],
    ['2026-11-22T10:30:00Z', at('2026-11-22T10:30:00Z')],
    ['2026-11-22t10:30:00z', at('2026-11-22T10:30:00Z')],
    ['2026-11-22T10:30:00+02:00', at('2026-11-22T08:30:00Z')],
    ['"2026-11-22"', at('2026-11-22T00:00:00Z')],
  ])('reads the date %s, in UTC where it names no zone', (date, value) => {
    const zone = process.env.TZ;
    process.env.TZ = 'Pacific/Auckland';
    try {
      for (const kind of ['before', 'after'] as const) {
        expect(parseSearch(`${kind}:${date}`)).toEqual([{ kind, value, exclude: false }]);
        expect(parseSearch(`-${kind}:${date}`)).toEqual([{ kind, value, exclude: true }]);
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it.each(['yesterday', '2026-13-01', '22.11.2026', '2026-11-22T99:99', '26', '1'])(
    'takes a date that is none for text: %s',
    (date) => {
      expect(short(`before:${date}`)).toEqual([`text:before:${date.toLowerCase()}`]);
      expect(short(`-after:${date}`)).toEqual([`-text:after:${date.toLowerCase()}`]);
    },
  );

  it('never throws, and makes only terms that can be looked for', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '-', ':', ' ', 'from:', 'before:', '#', 'tag:', '2026', '\\', '\n'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        for (const term of parseSearch(pieces.join(''))) {
          if (term.kind === 'before' || term.kind === 'after') expect(term.value).not.toBeNaN();
          else if (term.kind !== 'tag') expect(term.value).not.toBe('');
          expect(typeof term.value).toBe(/^(before|after)$/.test(term.kind) ? 'number' : 'string');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('finds each word in the text that it was taken from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const terms = parseSearch(`"${text.replaceAll('"', '')}"`);
        const folded = foldCase(text.replaceAll('"', ''));
        expect(terms.every(({ value }: Term) => folded.includes(String(value)))).toBe(true);
      }),
    );
  });

  it.each([
    '-'.repeat(50_000),
    '"'.repeat(50_001),
    'a:'.repeat(25_000),
    'a'.repeat(50_000),
    'a"'.repeat(25_000),
  ])('of 50,000 characters takes no time', (search) => {
    const start = performance.now();
    parseSearch(search);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('folding of case', () => {
  it.each([
    ['HELLO', 'hello'],
    ['Straße', 'STRASSE'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
    ['ПРИВЕТ', 'привет'],
    ['É', 'e\u0301'],
    ['ﬁn', 'FIN'],
    ['Ａ', 'ａ'],
    ['😀', '😀'],
  ])('makes %s and %s the same', (a, b) => {
    expect(foldCase(a)).toBe(foldCase(b));
  });

  it.each([
    ['e', 'é'],
    ['a', 'b'],
    ['o', 'ö'],
    ['1', '１'],
  ])('leaves %s and %s apart', (a, b) => {
    expect(foldCase(a)).not.toBe(foldCase(b));
  });

  it('folds plain letters alike, whatever stands beside them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(`${foldCase(text)}–`).toBe(foldCase(`${text}–`));
      }),
    );
  });
});
