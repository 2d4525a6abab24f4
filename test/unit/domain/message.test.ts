import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lengthOf, tagsOf } from '../../../src/domain/message.ts';

describe('the tags of a text', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['no tag', []],
    ['#idea', ['idea']],
    ['Hello #idea', ['idea']],
    ['#Idea and #IDEA', ['idea']],
    ['#b #a #b', ['b', 'a']],
    ['#a\n#b\t#c\u3000#d\u00a0#e\u2028#f', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['#a#b', ['a']],
    ['##a', []],
    ['# a', []],
    ['#', []],
    ['a#b', []],
    ['(#a)', []],
    ['"#a"', []],
    ['https://example.org/#part', []],
    ['#2026', []],
    ['#2026-goals', ['2026-goals']],
    ['#to-do', ['to-do']],
    ['#snake_case', ['snake_case']],
    ['#-', []],
    ['#_', []],
    ['#done.', ['done']],
    ['#done, #next!', ['done', 'next']],
    ["#ann's", ['ann']],
    ['#C++', ['c']],
    ['#Grüße #日本 #идея', ['grüße', '日本', 'идея']],
    ['#١٢٣', []],
    ['#😀', []],
    ['#a😀', ['a']],
    ['```\n#include <a>\n```', ['include']],
    ['\ud83d#a', []],
  ])('%j: %j', (text, expected) => {
    expect(tagsOf(text)).toEqual(expected);
  });

  test('are those that a reader finds character by character', () => {
    const unit = fc.constantFrom('#', 'a', 'B', '1', '_', '-', ' ', '\n', '.', 'é', '😀', '\u00a0');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
        expect(tagsOf(text)).toEqual(naiveTags(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the length of a text', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 2],
    ['😀', 1],
    ['👨‍👩‍👧', 5],
    ['\ud83d', 1],
    ['\ude00\ud83d', 2],
    ['a\r\nb', 4],
  ])('of %j is %i code points', (text, expected) => {
    expect(lengthOf(text)).toBe(expected);
  });
});

/** The words of the contract, one after the other. */
function naiveTags(text: string): string[] {
  const characters = [...text];
  const found: string[] = [];
  characters.forEach((character, index) => {
    const before = characters[index - 1];
    if (character !== '#' || (before !== undefined && before.trim() !== '')) return;
    let tag = '';
    for (const next of characters.slice(index + 1)) {
      if (!/[a-z0-9_é-]/i.test(next)) break;
      tag += next;
    }
    if (/[a-zé]/i.test(tag) && !found.includes(tag.toLowerCase())) found.push(tag.toLowerCase());
  });
  return found;
}
