import { expect, test } from 'vitest';
import {
  continueLine,
  indent,
  isInFence,
  type Selected,
  type TextEdit,
  toggleMarks,
  toLink,
} from '../../../src/web/text/markdown-edit.ts';

/** A text with its selection between `[` and `]`, or a caret at `|`. */
function parse(marked: string): Selected {
  const caret = marked.indexOf('|');
  if (caret !== -1) return { text: marked.replace('|', ''), start: caret, end: caret };
  const start = marked.indexOf('<');
  return { text: marked.replace(/[<>]/g, ''), start, end: marked.indexOf('>') - 1 };
}

function apply({ text }: Selected, { from, to, insert, select }: TextEdit): string {
  const next = text.slice(0, from) + insert + text.slice(to);
  const [start, end] = select;
  if (start === end) return `${next.slice(0, start)}|${next.slice(start)}`;
  return `${next.slice(0, start)}<${next.slice(start, end)}>${next.slice(end)}`;
}

test.each([
  ['a <b> c', '**', 'a **<b>** c'],
  ['a **<b>** c', '**', 'a <b> c'],
  ['a | c', '*', 'a *|* c'],
  ['a **<b>** c', '*', 'a ***<b>*** c'],
  ['a *<b>* c', '*', 'a <b> c'],
])('marks around %j with %s', (before, mark, after) => {
  const selected = parse(before);
  expect(apply(selected, toggleMarks(selected, mark))).toBe(after);
});

test('a link of words, with and without an address', () => {
  const words = parse('see <this> now');
  expect(apply(words, toLink(words))).toBe('see [this](|) now');
  expect(apply(words, toLink(words, 'https://a.b/'))).toBe('see [this](https://a.b/)| now');
  const nothing = parse('see |');
  expect(apply(nothing, toLink(nothing))).toBe('see [|]()');
});

test.each([
  ['- one|', '- one\n- |'],
  ['  * one|', '  * one\n  * |'],
  ['9. one|', '9. one\n10. |'],
  ['2) one|', '2) one\n3) |'],
  ['- [x] one|', '- [x] one\n- [ ] |'],
  ['> one|', '> one\n> |'],
  ['- on|e', '- on\n- |e'],
  ['- one\n- |', '- one\n|'],
  ['- one\n- [ ] |\nmore', '- one\n|\nmore'],
])('a new line after %j', (before, after) => {
  const selected = parse(before);
  expect(apply(selected, continueLine(selected) as TextEdit)).toBe(after);
});

test.each(['one|', '-one|', '- <one>', '|- one', '```\n- one|'])('no list continues after %j', (before) => {
  expect(continueLine(parse(before))).toBeUndefined();
});

test('code is indented line by line, and back', () => {
  const caret = parse('a|');
  expect(apply(caret, indent(caret, false) as TextEdit)).toBe('a  |');
  const lines = parse('x\n<a\nb>');
  expect(apply(lines, indent(lines, false) as TextEdit)).toBe('x\n  <a\n  b>');
  const back = parse('  a\n\t<b>');
  expect(apply(back, indent(back, true) as TextEdit)).toBe('  a\n<b>');
  expect(indent(parse('a|'), true)).toBeUndefined();
});

test('a fence is open until it is closed by one of its kind', () => {
  expect(isInFence('```\nx', 5)).toBe(true);
  expect(isInFence('```\nx\n```\ny', 11)).toBe(false);
  expect(isInFence('```\n~~~\ny', 9)).toBe(true);
  expect(isInFence('x', 1)).toBe(false);
});
