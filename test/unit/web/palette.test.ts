import { expect, test } from 'vitest';
import { EMOJI } from '../../../src/web/reading/emoji.ts';
import { begunAt, bestOf } from '../../../src/web/text/complete.ts';
import { bestFits, daysFor, wholeWordsFirst } from '../../../src/web/text/palette.ts';

test('what begins with the words comes first, and each word has to be there', () => {
  const all = ['Keyboard shortcuts', 'Push', 'A push of all', '#pushed', 'Upushed'].map((label) => ({
    label,
  }));
  expect(bestFits(all, 'push', 9).map(({ label }) => label)).toEqual([
    'Push',
    'A push of all',
    '#pushed',
    'Upushed',
  ]);
  expect(bestFits(all, 'all push', 9).map(({ label }) => label)).toEqual(['A push of all']);
  expect(bestFits(all, 'nothing', 9)).toEqual([]);
});

test('messages with whole words come before those with parts of longer ones', () => {
  const first = (typed: string, ...texts: readonly string[]) =>
    wholeWordsFirst(
      texts.map((text) => ({ text })),
      typed,
    ).map(({ text }) => text);
  expect(first('cake', 'cupcakes', 'A Cake!', 'pancake', 'cake')).toEqual([
    'A Cake!',
    'cake',
    'cupcakes',
    'pancake',
  ]);
  // Every word counts.
  expect(first('tea cake', 'teacake', 'tea, cupcake', 'cake and tea')).toEqual([
    'cake and tea',
    'teacake',
    'tea, cupcake',
  ]);
  expect(first('straße', 'STRASSENBAHN', 'die Strasse')).toEqual(['die Strasse', 'STRASSENBAHN']);
  expect(first('é', 'être é', 'été')).toEqual(['être é', 'été']);
  expect(first('😀', 'x😀y', '😀 x')).toEqual(['😀 x', 'x😀y']);
});

test('a day can be named in several ways', () => {
  const now = Date.parse('2026-11-29T12:00:00Z');
  expect(daysFor('2026-11-22', now)).toMatchObject([{ day: '2026-11-22' }]);
  expect(daysFor('yest', now)).toMatchObject([{ day: '2026-11-28', label: 'Yesterday' }]);
  expect(daysFor('2 weeks ago', now)).toMatchObject([{ day: '2026-11-15' }]);
  expect(daysFor('', now)).toEqual([]);
  expect(daysFor('soup', now)).toEqual([]);
});

test('a tag and an emoji are begun with their sign, not with what only looks like it', () => {
  expect(begunAt('see #har', 8)).toEqual({ kind: 'tag', typed: 'har', from: 4 });
  expect(begunAt(':roc', 4)).toEqual({ kind: 'emoji', typed: 'roc', from: 0 });
  for (const none of ['#', ':', ': )', 'at 10:30', 'a#b', 'https://', 'see #har ']) {
    expect(begunAt(none, none.length)).toBeUndefined();
  }
});

test('words that begin with what is typed come before those that hold it', () => {
  expect(bestOf(['harbour', 'lighthouse-harbour', 'ha', 'boat'], 'ha')).toEqual([
    'harbour',
    'lighthouse-harbour',
  ]);
});

test('each name leads to an emoji', () => {
  expect(EMOJI.get('rocket')).toBe('🚀');
  expect(EMOJI.size).toBeGreaterThan(300);
  for (const [name, emoji] of EMOJI) expect([name, /[^\p{ASCII}]/u.test(emoji)]).toEqual([name, true]);
});
