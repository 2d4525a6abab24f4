import { foldCase } from '../../domain/fold-case.ts';
import { dayAfter, dayOf, fullDay, startOfDay } from './time.ts';

/** The text of a line in the palette. */
export interface Candidate {
  readonly label: string;
  /** Further words that find it. */
  readonly also?: string;
}

/**
 * How well a line matches what is typed; `undefined` if it does not. Every word must be found: a match at the
 * beginning of the line scores highest, then one at the beginning of a word, then one inside a word.
 */
function scoreOf({ label, also = '' }: Candidate, typed: string): number | undefined {
  const text = `${label} ${also}`.toLowerCase();
  let sum = 0;
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at === -1) return undefined;
    const isBeginning = at > 0 && /[\s#/.-]/.test(text.charAt(at - 1));
    sum += at === 0 ? 0 : isBeginning ? 1 : 2;
  }
  return sum;
}

/** The best matches, best first. */
export function bestFits<One extends Candidate>(
  all: readonly One[],
  typed: string,
  most: number,
): readonly One[] {
  return all
    .flatMap((one) => {
      const score = scoreOf(one, typed);
      return score === undefined ? [] : [{ one, score }];
    })
    .sort((a, b) => a.score - b.score)
    .slice(0, most)
    .map(({ one }) => one);
}

/** Messages in their order, but those that contain everything typed as whole words come first. */
export function wholeWordsFirst<One extends { readonly text: string }>(
  all: readonly One[],
  typed: string,
): readonly One[] {
  const words = foldCase(typed).split(/\s+/).filter(Boolean);
  const isWhole = ({ text }: One) => {
    const folded = foldCase(text);
    return words.every((word) => hasWord(folded, word));
  };
  const whole = new Set(all.filter(isWhole));
  return [...whole, ...all.filter((one) => !whole.has(one))];
}

/** Whether a text contains a word that is not part of a longer one. */
function hasWord(text: string, word: string): boolean {
  for (let from = text.indexOf(word); from !== -1; from = text.indexOf(word, from + 1)) {
    const before = [...text.slice(Math.max(0, from - 2), from)].at(-1) ?? '';
    const after = [...text.slice(from + word.length, from + word.length + 2)][0] ?? '';
    if (!LETTER.test(before) && !LETTER.test(after)) return true;
  }
  return false;
}

const LETTER = /[\p{L}\p{N}\p{M}_]/u;

/** Days that may be meant: `2026-11-22`, `today`, `yesterday`, `3 days ago`. */
export function daysFor(
  typed: string,
  now: number,
): readonly { readonly day: string; readonly label: string }[] {
  const wanted = typed.trim().toLowerCase();
  const today = dayOf(now);
  const named = [
    { day: today, label: 'Today' },
    { day: dayAfter(today, -1), label: 'Yesterday' },
    { day: dayAfter(today, -7), label: 'A week ago' },
  ].filter(({ label }) => wanted !== '' && label.toLowerCase().startsWith(wanted));
  const [, number, unit] = /^(\d{1,4}) (day|week|month|year)s? ago$/.exec(wanted) ?? [];
  const ago = number ? dayAfter(today, -Number(number) * (LENGTHS[unit as keyof typeof LENGTHS] ?? 1)) : '';
  const exact = startOfDay(wanted) ? wanted : ago;
  return exact === '' ? named : [{ day: exact, label: fullDay(exact) }];
}

const LENGTHS = { day: 1, week: 7, month: 30, year: 365 } as const;
