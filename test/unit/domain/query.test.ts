import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldCase } from '../../../src/domain/fold-case.ts';
import { parseSearch, type Term } from '../../../src/domain/query.ts';
import { clocksOf } from '../../../src/domain/zone.ts';
import { termsOf } from '../../support/terms.ts';

const shortTerm = ({ kind, value, exclude }: Term): string => `${exclude ? '-' : ''}${kind}:${value}`;

/** A search as short words: `kind:value`, with `-` before what is excluded and `|` between alternatives. */
const short = (search: string): string[] => termsOf(search).map((group) => group.map(shortTerm).join(' | '));

const at = (iso: string): number => Date.parse(iso);

describe('a search', () => {
  test.each<[string, string[]]>([
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
    ['has:attachment HAS:Link', ['fact:attachment', 'fact:link']],
    ['is:pinned -is:open is:"reply"', ['fact:pinned', '-fact:open', 'fact:reply']],
    ['is:deleted', ['fact:deleted']],
    ['is:', ['text:is:']],
    ['is:""', []],
    ['a OR b', ['text:a | text:b']],
    ['a OR b c', ['text:a | text:b', 'text:c']],
    ['a b OR c OR -d e', ['text:a', 'text:b | text:c | -text:d', 'text:e']],
    ['from:ann OR tag:x', ['from:ann | tag:x']],
    ['a or b', ['text:a', 'text:or', 'text:b']],
    ['a "OR" b', ['text:a', 'text:or', 'text:b']],
    ['a -OR b', ['text:a', '-text:or', 'text:b']],
    ['OR', ['text:or']],
    ['OR a', ['text:or', 'text:a']],
    ['a OR', ['text:a']],
    ['a OR OR b', ['text:a | text:b']],
    ['a OR "" b', ['text:a', 'text:b']],
    ['ORANGE a', ['text:orange', 'text:a']],
  ])('%j means %j', (search, expected) => {
    expect(short(search)).toEqual(expected);
  });

  test.each<[string, number]>([
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
        expect(termsOf(`${kind}:${date}`)).toEqual([[{ kind, value, exclude: false }]]);
        expect(termsOf(`-${kind}:${date}`)).toEqual([[{ kind, value, exclude: true }]]);
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test.each<[string, string]>([
    ['today', '2026-03-31T00:00Z'],
    ['Yesterday', '2026-03-30T00:00Z'],
    ['tomorrow', '2026-04-01T00:00Z'],
    ['"2 weeks ago"', '2026-03-17T00:00Z'],
    ['"1 day ago"', '2026-03-30T00:00Z'],
    ['"a  month ago"', '2026-02-28T00:00Z'],
    ['"13 months ago"', '2025-02-28T00:00Z'],
    ['"2 Years Ago"', '2024-03-31T00:00Z'],
    ['"an hour ago"', '2026-03-31T14:09:26.535Z'],
    ['"90 minutes ago"', '2026-03-31T13:39:26.535Z'],
  ])('reads %s from what time it is', (date, expected) => {
    const now = new Date('2026-03-31T15:09:26.535Z');
    expect(termsOf(`after:${date}`, now)).toEqual([[{ kind: 'after', value: at(expected), exclude: false }]]);
  });

  test.each<[string, string, string]>([
    ['2026-11-22', 'Europe/Berlin', '2026-11-21T23:00Z'],
    ['2026-07-01', 'Europe/Berlin', '2026-06-30T22:00Z'],
    ['2026-07', 'America/New_York', '2026-07-01T04:00Z'],
    ['2026', 'Pacific/Auckland', '2025-12-31T11:00Z'],
    ['2026-11-22T10:30', 'Europe/Berlin', '2026-11-22T09:30Z'],
    ['2026-11-22T10:30Z', 'Europe/Berlin', '2026-11-22T10:30Z'],
    ['2026-11-22T10:30+05:30', 'Europe/Berlin', '2026-11-22T05:00Z'],
    // It is the first of April there already.
    ['today', 'Asia/Tokyo', '2026-03-31T15:00Z'],
    ['yesterday', 'Asia/Tokyo', '2026-03-30T15:00Z'],
    // The clocks were set forward in between.
    ['"1 week ago"', 'Europe/Berlin', '2026-03-23T23:00Z'],
    ['"1 month ago"', 'Asia/Tokyo', '2026-02-28T15:00Z'],
    ['"an hour ago"', 'Asia/Tokyo', '2026-03-31T15:09:26.535Z'],
    // Midnight is left out on this day.
    ['2026-04-24', 'Africa/Cairo', '2026-04-23T22:00Z'],
  ])('reads the date %s in %s', (date, zone, expected) => {
    const now = new Date('2026-03-31T16:09:26.535Z');
    expect(termsOf(`after:${date}`, now, clocksOf(zone))).toEqual([
      [{ kind: 'after', value: at(expected), exclude: false }],
    ]);
  });

  test.each([
    'before:soon',
    'after:2026-13-01',
    '-before:22.11.2026',
    'before:2026-11-22T99:99',
    'after:26',
    'after:ago',
    'after:"999999 years ago"',
    'after:"2 moons ago"',
    'is:lost',
    '-has:money',
    'a OR is:lost',
  ])('is refused for a value that cannot be read, and names it: %s', (search) => {
    const parsed = parseSearch(`cat ${search}`);
    const named = search.replace(/^(a OR )?-?/, '');
    expect(parsed).toMatchObject({ ok: false, failure: { code: 'invalid', errors: [{ field: 'q' }] } });
    if (!parsed.ok) expect(parsed.failure.detail).toContain(named);
  });

  test('names every value that cannot be read, but no more than the start of a long one', () => {
    const parsed = parseSearch(`is:lost after:soon has:${'x'.repeat(900)}`);
    if (parsed.ok) return expect.unreachable();
    expect(parsed.failure.detail).toMatch(/is:lost.*after:soon.*has:x/);
    expect(parsed.failure.detail.length).toBeLessThan(600);
  });

  test('never throws, and makes only terms that can be looked for', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '"',
        '-',
        ':',
        ' ',
        'from:',
        'before:',
        '#',
        'tag:',
        'is:',
        'has:',
        ' OR ',
        'open',
        '2026',
        '\\',
        '\n',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const parsed = parseSearch(pieces.join(''));
        for (const term of parsed.ok ? parsed.value.flat() : []) {
          if (term.kind === 'before' || term.kind === 'after') expect(term.value).not.toBeNaN();
          else if (term.kind !== 'tag') expect(term.value).not.toBe('');
          expect(typeof term.value).toBe(/^(before|after)$/.test(term.kind) ? 'number' : 'string');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('finds each word in the text that it was taken from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const terms = termsOf(`"${text.replaceAll('"', '')}"`);
        const folded = foldCase(text.replaceAll('"', ''));
        expect(terms.flat().every(({ value }) => folded.includes(String(value)))).toBe(true);
      }),
    );
  });

  test.each([
    '-'.repeat(50_000),
    '"'.repeat(50_001),
    'a:'.repeat(25_000),
    'a'.repeat(50_000),
    'a"'.repeat(25_000),
  ])('of 50,000 characters takes no time', (search) => {
    const start = performance.now();
    parseSearch(search);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('folding of case', () => {
  test.each([
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

  test.each([
    ['e', 'é'],
    ['a', 'b'],
    ['o', 'ö'],
    ['1', '１'],
  ])('leaves %s and %s apart', (a, b) => {
    expect(foldCase(a)).not.toBe(foldCase(b));
  });

  test('folds plain letters alike, whatever is next to them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(`${foldCase(text)}–`).toBe(foldCase(`${text}–`));
      }),
    );
  });
});
