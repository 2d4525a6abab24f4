import { foldCase } from '../../domain/fold-case.ts';
import { dayAfter, dayOf, fullDay, startOfDay } from './time.ts';

/** A line of the palette, as far as its words are concerned. */
export interface Candidate {
  readonly label: string;
  /** What else finds it. */
  readonly also?: string;
}

/**
 * How well a line fits what is typed; nothing if it does not. Each word has to be found: at the beginning of the line it
 * counts most, then at the beginning of a word, then inside one.
 */
export function scoreOf({ label, also = '' }: Candidate, typed: string): number | undefined {
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

/** The best of some lines, in order. */
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

/** Some messages in their order, but first those that hold all that is typed as whole words. */
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

/** Whether a text has a word that is not a part of a longer one. */
function hasWord(text: string, word: string): boolean {
  for (let from = text.indexOf(word); from !== -1; from = text.indexOf(word, from + 1)) {
    const before = [...text.slice(Math.max(0, from - 2), from)].at(-1) ?? '';
    const after = [...text.slice(from + word.length, from + word.length + 2)][0] ?? '';
    if (!LETTER.test(before) && !LETTER.test(after)) return true;
  }
  return false;
}

const LETTER = /[\p{L}\p{N}\p{M}_]/u;

/** Days that somebody may mean: `2026-11-22`, `today`, `yesterday`, `3 days ago`. */
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
