import { expect, test } from 'vitest';
import {
  isUnfinished,
  operatorsIn,
  suggest,
  unknownOperators,
  withoutTerm,
} from '../../../src/web/text/suggest.ts';

const vocabulary = {
  from: ['Ann', 'Cy Twombly'],
  in: ['journal'],
  type: ['text', 'task'],
  tag: ['food'],
  has: [],
  is: [],
};
const labels = (search: string, caret = search.length) =>
  suggest(search, caret, vocabulary).map(({ label }) => label);

test.each([
  ['fr', ['from:']],
  ['lunch t', ['type:', 'tag:']],
  ['from:', ['from:Ann', 'from:"Cy Twombly"']],
  ['from:"Cy T', ['from:"Cy Twombly"']],
  ['-type:ta', ['-type:task']],
  ['#fo', ['tag:food']],
  ['before:2026', []],
  ['http:x', []],
  ['lunch', []],
  ['tag:food', []],
  ['from:"Cy Twombly" -tag:', ['-tag:food']],
  ['from:"Cy Twombly" ', ['from:', 'in:', 'type:', 'tag:', 'after:', 'before:']],
])('%j can go on as %j', (search, offered) => {
  expect(labels(search)).toEqual(offered);
});

test('the suggestion replaces the word at the caret, and the rest stays', () => {
  expect(suggest('a fr b', 4, vocabulary)[0]).toMatchObject({ search: 'a from: b', caret: 7 });
  expect(suggest('from:tw', 7, vocabulary)[0]).toMatchObject({ search: 'from:"Cy Twombly" ', caret: 18 });
});

test('operators are recognised among words, and removed', () => {
  const search = 'lunch from:"Cy Twombly" -tag:x a:b after:2026';
  expect(operatorsIn(search)).toEqual(['from:"Cy Twombly"', '-tag:x', 'after:2026']);
  expect(withoutTerm(search, '-tag:x')).toBe('lunch from:"Cy Twombly" a:b after:2026');
});

test('the OR that joined a term goes with it, and no other one', () => {
  const search = 'is:open OR is:pinned OR tea cake';
  expect(withoutTerm(search, 'is:open')).toBe('is:pinned OR tea cake');
  expect(withoutTerm(search, 'is:pinned')).toBe('is:open OR tea cake');
  expect(withoutTerm('cake is:open', 'is:open')).toBe('cake');
});

test('days are offered for a date', () => {
  expect(labels('after:')).toContain('after:"1 week ago"');
  expect(labels('-before:y')).toContain('-before:yesterday');
});

test('an operator that names nothing yet is not searched for', () => {
  expect(['from:', 'a -tag:', 'in:"'].map(isUnfinished)).toEqual([true, true, true]);
  expect(['from:x', 'from: x', 'http:', ''].map(isUnfinished)).toEqual([false, false, false, false]);
});

test('what a server can search for beyond that is offered if it can', () => {
  const more = { ...vocabulary, has: ['link'], is: ['open', 'pinned'] };
  expect(suggest('i', 1, more).map(({ label }) => label)).toEqual(['in:', 'is:']);
  expect(suggest('is:', 3, more).map(({ label }) => label)).toEqual(['is:open', 'is:pinned']);
  expect(labels('is:')).toEqual([]);
});

test('an unknown operator is pointed at, and text that only looks like one is not', () => {
  expect(unknownOperators('form:Ann -befor:2026 lunch')).toEqual(['form', 'befor']);
  expect(unknownOperators('from:Ann is:open "a:b" https://example.org 10:30 note: this a:b')).toEqual([]);
});
