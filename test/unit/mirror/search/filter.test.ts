import { describe, expect, test } from 'vitest';
import type { Filter } from '../../../../src/domain/query.ts';
import { makeEntry } from '../../../../src/mirror/entry.ts';
import { isIn, matches, repositoriesOf } from '../../../../src/mirror/search/filter.ts';
import { entryOf, lineAfter, lineOf, timeAt } from '../../../support/lines.ts';
import { termsOf } from '../../../support/terms.ts';

const first = lineOf({
  author: 'Ann',
  type: 'markdown',
  text: 'Hello **World** #Idea, straße',
  createdAt: timeAt(0),
});
const entry = entryOf([first], { Notes: 'c1', work: null });
const time = Date.parse(timeAt(0));

const passes = (filter: Partial<Filter>): boolean => matches(entry, { terms: [], ...filter });

describe('a filter', () => {
  test.each<[Partial<Filter>, boolean]>([
    [{}, true],
    [{ repository: 'Notes' }, true],
    [{ repository: 'work' }, true],
    [{ repository: 'notes' }, false],
    [{ repository: 'other' }, false],
    [{ author: 'Ann' }, true],
    [{ author: 'ann' }, false],
    [{ author: 'An' }, false],
    [{ type: 'markdown' }, true],
    [{ type: 'text' }, false],
    [{ tag: 'idea' }, true],
    [{ tag: 'ide' }, false],
    [{ since: time }, true],
    [{ since: time + 1 }, false],
    [{ until: time }, false],
    [{ until: time + 1 }, true],
    [
      { since: time, until: time + 1, author: 'Ann', tag: 'idea', repository: 'Notes', type: 'markdown' },
      true,
    ],
    [{ since: time, until: time + 1, author: 'Ann', tag: 'idea', repository: 'Notes', type: 'task' }, false],
  ])('%j: %s', (filter, expected) => {
    expect(passes(filter)).toBe(expected);
  });
});

describe('a search', () => {
  test.each<[string, boolean]>([
    ['', true],
    ['hello', true],
    ['WORLD hello', true],
    ['ell orl', true],
    ['hello nowhere', false],
    ['"hello **world"', true],
    ['"world hello"', false],
    ['-nowhere', true],
    ['-hello', false],
    ['hello -world', false],
    ['STRASSE', true],
    ['from:ann', true],
    ['from:ANN', true],
    ['from:an', false],
    ['-from:ann', false],
    ['-from:bob', true],
    ['in:notes', true],
    ['in:WORK', true],
    ['in:other', false],
    ['-in:notes', false],
    ['type:Markdown', true],
    ['type:text', false],
    ['tag:idea', true],
    ['tag:#IDEA', true],
    ['tag:id', false],
    ['-tag:idea', false],
    ['after:2026-11-22', true],
    ['after:2026-11-23', false],
    ['before:2026-11-22', false],
    ['before:2026-11-23', true],
    ['-before:2026-11-22', true],
    ['-after:2026-11-22', false],
    [`after:${timeAt(0)}`, true],
    [`before:${timeAt(0)}`, false],
    ['hello from:ann in:notes tag:idea after:2026 -draft', true],
    ['hello from:ann in:notes tag:idea after:2026 -world', false],
  ])('%j: %s', (search, expected) => {
    expect(passes({ terms: termsOf(search) })).toBe(expected);
  });
});

describe('a deleted message', () => {
  const gone = lineAfter([first], { text: '', updatedAt: timeAt(1), deletedAt: timeAt(1) });

  test('passes no filter, and does again once it came back', () => {
    expect(matches(entryOf([first, gone]), { terms: [] })).toBe(false);
    expect(matches(entryOf([first, gone, lineAfter([gone], { updatedAt: timeAt(2) })]), { terms: [] })).toBe(
      true,
    );
  });
});

describe('the current revision', () => {
  test('is what is searched, not the history', () => {
    const edited = entryOf([first, lineAfter([first], { text: 'Bye', author: 'Bob' })]);
    expect(matches(edited, { terms: termsOf('bye from:bob') })).toBe(true);
    expect(matches(edited, { terms: termsOf('hello') })).toBe(false);
    expect(matches(edited, { author: 'Ann', terms: [] })).toBe(false);
  });
});

describe('the repositories of a message', () => {
  test('are all that hold any line of it', () => {
    const second = lineAfter([first]);
    const held = new Map([
      [first.hash, { line: first, commits: new Map([['a', 'c1']]) }],
      [second.hash, { line: second, commits: new Map([['b', null]]) }],
    ]);
    const split = makeEntry(held);
    if (!split) throw new Error('An entry of two lines');
    expect(repositoriesOf(split)).toEqual(['a', 'b']);
    expect(['a', 'b', 'c'].map((name) => isIn(split, name))).toEqual([true, true, false]);
  });
});
