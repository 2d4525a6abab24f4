import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Folded, fold } from '../../../src/journal/fold.ts';
import { type Line, parentName } from '../../../src/journal/line.ts';
import { editedLine } from '../../../src/journal/revisions.ts';
import { type Entry, withChanges } from '../../../src/mirror/entry.ts';
import { lineAfter, lineOf, readable, timeAt } from '../../support/lines.ts';

describe('a message', () => {
  test('of one line is that line', () => {
    const line = lineOf();
    expect(fold([line])).toEqual({ current: line, heads: [line], lines: [line] });
  });

  test('is its newest revision, with the history oldest first', () => {
    const first = lineOf();
    const second = lineAfter([first], { text: 'Hello all', updatedAt: timeAt(1) });
    const third = lineAfter([second], { text: 'Hello you', updatedAt: timeAt(2) });
    const folded = fold([third, first, second]);
    expect(folded.current).toBe(third);
    expect(folded.heads).toEqual([third]);
    expect(folded.lines).toEqual([first, second, third]);
  });

  test('counts a line once, however often it is in the journals', () => {
    const first = lineOf();
    const second = lineAfter([first]);
    const again = readable(second.raw);
    const folded = fold([second, first, again, first, again]);
    expect(folded.heads.map(({ hash }) => hash)).toEqual([second.hash]);
    expect(folded.lines.map(({ hash }) => hash)).toEqual([first.hash, second.hash]);
  });

  test('goes by parents, not by revision numbers or times', () => {
    const first = lineOf({ revision: 9, createdAt: timeAt(5000) });
    const second = lineAfter([first], { revision: 2, updatedAt: timeAt(1) });
    expect(fold([first, second]).current).toBe(second);
    expect(fold([first, second]).heads).toEqual([second]);
  });

  test('may have a chain of any length, in any order, since others write lines too', () => {
    const lines = [lineOf({ revision: 50_000 })];
    // Numbers that fall put every child before its parent.
    for (let revision = 49_999; revision > 0; revision -= 1)
      lines.push(lineAfter(lines.slice(-1), { revision }));
    expect(fold(lines).lines.map(({ hash }) => hash)).toEqual(lines.map(({ hash }) => hash));
    expect(fold(lines).heads).toEqual(lines.slice(-1));
  });

  test('is without a line that it replaced and that is nowhere', () => {
    const lost = lineOf();
    const second = lineAfter([lost]);
    expect(fold([second])).toEqual({ current: second, heads: [second], lines: [second] });
  });

  test('can not be made of nothing', () => {
    expect(() => fold([])).toThrow();
  });

  test('that was deleted is its delete, and comes back by an undelete', () => {
    const first = lineOf();
    const gone = lineAfter([first], { text: '', updatedAt: timeAt(1), deletedAt: timeAt(1) });
    expect(fold([gone, first]).current).toBe(gone);
    const back = lineAfter([gone], { text: 'Hello', updatedAt: timeAt(2) });
    expect(fold([back, gone, first]).current).toBe(back);
  });
});

describe('of several heads', () => {
  const first = lineOf();
  const edit = (fields: Parameters<typeof lineOf>[0]) => lineAfter([first], fields);
  const remove = (time: string) => edit({ text: '', updatedAt: time, deletedAt: time });

  test.each<[string, Line, Line]>([
    ['the later one wins', edit({ updatedAt: timeAt(2) }), edit({ updatedAt: timeAt(1), text: 'zzz' })],
    ['one that is no delete beats a later delete', edit({ updatedAt: timeAt(1) }), remove(timeAt(999_999))],
    ['of two deletes the later wins', remove(timeAt(3)), remove(timeAt(2))],
    [
      'of the same time the greater line by bytes wins',
      edit({ text: 'b', updatedAt: timeAt(1) }),
      edit({ text: 'a', updatedAt: timeAt(1) }),
    ],
    [
      'bytes count, not numbers: the end of a line is greater than a digit',
      edit({ others: [['x', '1']] }),
      edit({ others: [['x', '10']] }),
    ],
    [
      'bytes count, not UTF-16: an astral character is greater than a fullwidth one',
      edit({ text: '😀' }),
      edit({ text: '～' }),
    ],
    [
      'bytes count, not UTF-16: U+10000 is greater than U+FFFD',
      edit({ text: '𐀀' }),
      edit({ text: '\ufffd' }),
    ],
    ['bytes count, not alphabets', edit({ text: 'Z\u0308' }), edit({ text: 'A' })],
    ['bytes count, not letters: `a` is greater than `Z`', edit({ text: 'a' }), edit({ text: 'Z' })],
    [
      'a revision without `updatedAt` counts by its `createdAt`',
      readable(edit({ text: 'x', createdAt: timeAt(9_999_999) }).raw.replace(/,"updatedAt":"[^"]*"/, '')),
      edit({ updatedAt: timeAt(1) }),
    ],
    [
      'times are compared as moments, not as text',
      readable(edit({}).raw.replace(/"updatedAt":"[^"]*"/, '"updatedAt":"2026-11-22T01:00:00-23:00"')),
      readable(edit({}).raw.replace(/"updatedAt":"[^"]*"/, '"updatedAt":"2026-11-22T23:00:00.000Z"')),
    ],
  ])('%s', (_, winner, loser) => {
    for (const lines of [
      [first, winner, loser],
      [loser, winner, first],
      [winner, loser, first],
    ]) {
      const folded = fold(lines);
      expect(folded.current.raw).toBe(winner.raw);
      expect(folded.heads.map(({ raw }) => raw)).toEqual([winner.raw, loser.raw]);
    }
  });

  test('the rest stays in the history, and a revision that names all of them settles it', () => {
    const [left, right] = [edit({ text: 'left' }), edit({ text: 'right' })];
    const conflicted = fold([first, left, right]);
    expect(conflicted.heads).toHaveLength(2);
    const settled = lineAfter(conflicted.heads, { text: 'both', updatedAt: timeAt(90_000) });
    const folded = fold([right, settled, left, first]);
    expect(folded.heads).toEqual([settled]);
    expect(new Set(folded.lines)).toEqual(new Set([first, left, right, settled]));
  });

  test('a revision that names only one of them settles nothing', () => {
    const [left, right] = [edit({ text: 'left' }), edit({ text: 'right' })];
    const next = lineAfter([left], { text: 'next', updatedAt: timeAt(90_000) });
    expect(fold([right, next, left, first]).heads).toEqual([next, right]);
  });

  test('two first revisions of one id are heads both', () => {
    const other = lineOf({ text: 'Another with this id', createdAt: timeAt(1) });
    expect(fold([first, other]).heads).toEqual([other, first]);
  });
});

describe('the lines of a message', () => {
  test('come parents first, even if another program counted its revisions differently', () => {
    const first = lineOf({ revision: 5 });
    const second = lineAfter([first], { revision: 2 });
    const third = lineAfter([second], { revision: 2, updatedAt: timeAt(1) });
    expect(fold([third, second, first]).lines).toEqual([first, second, third]);
  });
});

describe('any history of several devices', () => {
  test('folds to what the rules say', () => {
    fc.assert(
      fc.property(anyHistory(), (lines) => {
        const folded = fold(lines);
        const expected = naiveFold(lines);
        expect(folded.heads.map(({ raw }) => raw)).toEqual(expected.heads);
        expect(folded.current.raw).toBe(expected.heads[0]);
        expect(new Set(folded.lines.map(({ raw }) => raw))).toEqual(new Set(lines.map(({ raw }) => raw)));
        expect(folded.lines).toHaveLength(expected.count);
      }),
      { numRuns: 400 },
    );
  });

  test('folds to the same in any order, with any duplicates, from any partition', () => {
    const withOrder = anyHistory().chain((lines) =>
      fc.record({
        lines: fc.constant(lines),
        order: fc.array(fc.nat(), { minLength: lines.length, maxLength: lines.length }),
        again: fc.array(fc.nat(lines.length - 1), { maxLength: 8 }),
        repositories: fc.integer({ min: 1, max: 4 }),
        places: fc.array(fc.nat(3), { minLength: lines.length, maxLength: lines.length }),
      }),
    );
    fc.assert(
      fc.property(withOrder, ({ lines, order, again, repositories, places }) => {
        const expected = summary(fold(lines));
        const shuffled = lines.map((line, index) => ({ line, key: order[index] ?? 0 }));
        shuffled.sort((a, b) => a.key - b.key);
        const duplicates = again.map((index) => readable((lines[index] as Line).raw));
        expect(summary(fold([...shuffled.map(({ line }) => line), ...duplicates]))).toEqual(expected);
        // Each line in some of the repositories, which are read one after the other, whichever comes first.
        const parts = Array.from({ length: repositories }, (_, part) =>
          lines.filter((_line, index) => (places[index] ?? 0) % repositories === part),
        );
        expect(summary(fold([...parts.toReversed().flat(), ...duplicates]))).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  test('has each parent before the lines that replace it', () => {
    fc.assert(
      fc.property(anyHistory(), (lines) => {
        const order = fold(lines).lines.map(({ hash }) => hash);
        for (const line of lines) {
          for (const parent of order.filter((hash) => line.parents.includes(parentName(hash)))) {
            expect(order.indexOf(parent)).toBeLessThan(order.indexOf(line.hash));
          }
        }
      }),
    );
  });

  test('has one head once somebody who has all lines has settled it', () => {
    fc.assert(
      fc.property(anyHistory(), fc.boolean(), (lines, deletes) => {
        const time = timeAt(-1_000_000);
        const settled = lineAfter(fold(lines).heads, {
          text: deletes ? '' : 'settled',
          updatedAt: time,
          ...(deletes ? { deletedAt: time } : {}),
        });
        expect(fold([settled, ...lines]).heads).toEqual([settled]);
      }),
    );
  });
});

describe('two lines that `parents` call by one name, which somebody may search for', () => {
  /** Lines as they are, but for a hash whose beginning is one of three: no test can search for real ones. */
  const alike = fc
    .uniqueArray(
      fc.record({ text: fc.string(), begins: fc.nat(2), replaces: fc.option(fc.nat(2)), at: fc.nat(2) }),
      // Lines of the same bytes have the same hash.
      { minLength: 1, maxLength: 8, selector: ({ text }) => text },
    )
    .map((made) =>
      made.map(({ text, begins, replaces, at }): Line => {
        const name = (digit: number) => String(digit).repeat(16);
        const parents = replaces === null ? [] : [name(replaces)];
        const line = lineOf({ text, parents, revision: 1 + parents.length, createdAt: timeAt(at) });
        return { ...line, hash: name(begins) + line.hash.slice(16) };
      }),
    );

  test('are both kept, and everyone with the same lines sees the same message', () => {
    const orders = alike.chain((lines) =>
      fc.tuple(
        fc.constant(lines),
        fc.shuffledSubarray([...lines, ...lines], { minLength: 2 * lines.length }),
      ),
    );
    fc.assert(
      fc.property(orders, ([lines, shuffled]) => {
        const folded = fold(lines);
        expect(summary(fold(shuffled))).toEqual(summary(folded));
        expect(new Set(folded.lines.map(({ hash }) => hash))).toEqual(new Set(lines.map(({ hash }) => hash)));
      }),
      { numRuns: 400 },
    );
  });

  test('are kept both by the mirror, whichever comes first', () => {
    const orders = alike.chain((lines) =>
      fc.tuple(fc.constant(lines), fc.shuffledSubarray([...lines], { minLength: lines.length })),
    );
    fc.assert(
      fc.property(orders, ([lines, shuffled]) => {
        const read = (all: readonly Line[]) =>
          all.reduce<Entry | undefined>(
            (entry, line) => withChanges(entry, 'home', [{ line, commit: null }]),
            undefined,
          );
        expect(summary((read(shuffled) as Entry).folded)).toEqual(summary(fold(lines)));
      }),
      { numRuns: 200 },
    );
  });

  test('are named once by the revision that replaces both', () => {
    const [one, other] = [lineOf({ text: 'a' }), lineOf({ text: 'b' })];
    const twin = { ...other, hash: parentName(one.hash) + other.hash.slice(16) };
    const next = editedLine(fold([one, twin]), { text: 'c' }, timeAt(1));
    expect(next.parents).toEqual([parentName(one.hash)]);
    expect(fold([twin, next, one]).heads).toEqual([next]);
  });

  test('and replace each other still leave a message', () => {
    const [one, other] = [lineOf({ text: 'a' }), lineOf({ text: 'b' })];
    const circle = [
      { ...one, parents: [parentName(other.hash)] },
      { ...other, parents: [parentName(one.hash)] },
    ];
    expect(fold(circle).heads.map(({ text }) => text)).toEqual(['b', 'a']);
    expect(fold(circle).lines).toHaveLength(2);
  });
});

const summary = ({ current, heads, lines }: Folded) => ({
  current: current.raw,
  heads: heads.map(({ raw }) => raw),
  lines: lines.map(({ raw }) => raw),
});

/** The rules as the contract has them, written without a thought for speed. */
function naiveFold(lines: readonly Line[]): { heads: string[]; count: number } {
  const raws = [...new Set(lines.map(({ raw }) => raw))];
  const parsed = raws.map((raw) => ({ raw, value: JSON.parse(raw) as Record<string, string>, hash: '' }));
  for (const one of parsed) one.hash = lines.find(({ raw }) => raw === one.raw)?.hash ?? '';
  const heads = parsed.filter(
    (one) =>
      !parsed.some((other) => other !== one && (other.value.parents ?? '').includes(parentName(one.hash))),
  );
  const beats = (a: (typeof heads)[number], b: (typeof heads)[number]): boolean => {
    const [deletedA, deletedB] = ['deletedAt' in a.value, 'deletedAt' in b.value];
    if (deletedA !== deletedB) return deletedB;
    const [timeA, timeB] = [a, b].map(({ value }) => value.updatedAt ?? value.createdAt ?? '');
    if (timeA !== timeB) return (timeA as string) > (timeB as string);
    const [bytesA, bytesB] = [new TextEncoder().encode(a.raw), new TextEncoder().encode(b.raw)];
    for (let at = 0; ; at += 1) {
      const [left, right] = [bytesA[at], bytesB[at]];
      if (left !== right) return (left ?? -1) > (right ?? -1);
    }
  };
  const sorted: typeof heads = [];
  for (const head of heads) {
    const at = sorted.findIndex((other) => beats(head, other));
    sorted.splice(at === -1 ? sorted.length : at, 0, head);
  }
  return { heads: sorted.map(({ raw }) => raw), count: raws.length };
}

interface Step {
  readonly device: number;
  readonly kind: 'edit' | 'delete' | 'undelete';
  readonly text: string;
  /** How far the device's clock goes wrong. */
  readonly clock: number;
  /** Which of all lines the device hears of before: not always in the order of their making. */
  readonly hears: readonly boolean[];
}

/** What several devices make of one message, each going by the lines that it knows, with clocks that are wrong. */
function anyHistory(): fc.Arbitrary<Line[]> {
  const step = fc.record({
    device: fc.nat(2),
    kind: fc.constantFrom('edit' as const, 'edit' as const, 'delete' as const, 'undelete' as const),
    text: fc.constantFrom('a', 'b', '😀', '～', '\ufffd', '𐀀'),
    clock: fc.integer({ min: -3, max: 3 }),
    hears: fc.array(fc.boolean(), { maxLength: 10 }),
  });
  return fc.array(step, { maxLength: 9 }).map(play);
}

function play(steps: readonly Step[]): Line[] {
  const first = lineOf();
  const all = [first];
  const known = [new Set([first]), new Set([first]), new Set([first])];
  for (const { device, kind, text, clock, hears } of steps) {
    const own = known[device] as Set<Line>;
    for (const [index, line] of all.entries()) if (hears[index]) own.add(line);
    const raws = naiveFold([...own]).heads;
    const heads = raws.map((raw) => [...own].find((line) => line.raw === raw) as Line);
    const isDeleted = heads[0]?.deletedAt !== undefined;
    if (isDeleted !== (kind === 'undelete')) continue;
    const updatedAt = timeAt(10 + clock);
    const line = lineAfter(
      heads,
      kind === 'delete' ? { text: '', updatedAt, deletedAt: updatedAt } : { text, updatedAt },
    );
    own.add(line);
    all.push(line);
  }
  return all;
}
