import { foldCase } from './fold-case.ts';
import { parseMoment } from './moment.ts';
import { fail, ok, type Result } from './result.ts';
import { UTC } from './zone.ts';

/** The values of `has:` and `is:`. */
export const FACTS = {
  has: ['attachment', 'link'],
  is: ['pinned', 'open', 'reply', 'deleted'],
} as const;

/** Something that is true of a message or not. */
export type Fact = (typeof FACTS)[keyof typeof FACTS][number];

/** One condition of a search. */
export type Term = (
  | { readonly kind: 'text' | 'from' | 'in' | 'type' | 'tag'; readonly value: string }
  | { readonly kind: 'fact'; readonly value: Fact }
  | { readonly kind: 'before' | 'after'; readonly value: number }
) & { readonly exclude: boolean };

/**
 * The conditions of a search: in each group, at least one term must match. Texts are case-folded, times are
 * milliseconds since 1970.
 */
export type Terms = readonly (readonly Term[])[];

/** What decides whether a message is found. */
export interface Filter {
  readonly repository?: string;
  readonly author?: string;
  readonly type?: string;
  readonly tag?: string;
  /** Milliseconds since 1970. `since` is inclusive, `until` exclusive. */
  readonly since?: number;
  readonly until?: number;
  readonly terms: Terms;
}

/** Whether a search asks for deleted messages. No other search finds them. */
export const asksForDeleted = ({ terms }: Filter): boolean =>
  terms.some((group) => group.some((term) => term.value === 'deleted' && isFact(term)));

const isFact = ({ kind, exclude }: Term): boolean => kind === 'fact' && !exclude;

/** The term that an operator makes of its value, or why the value is wrong. */
type Made = Pick<Term, 'kind' | 'value'> | { readonly wrong: string };

/**
 * Parses a search as a person types it: words and `"quoted phrases"`, all required; operators with a value that may
 * be quoted; `-` before any of them excludes; `OR` between two of them accepts either, and binds tighter than terms
 * that are simply written next to each other. An unknown operator is searched for as text. A value that cannot be
 * read is refused.
 *
 * @param clocks determine when days begin
 */
export function parseSearch(search: string, now = new Date(), clocks = UTC): Result<Terms> {
  const groups: Term[][] = [];
  const wrong: string[] = [];
  let isJoining = false;
  for (const [whole, minus, operator, phrase, word] of search.matchAll(TERM)) {
    if (whole === 'OR' && groups.length > 0) {
      isJoining = true;
      continue;
    }
    const exclude = minus === '-';
    const made = read(
      operator?.toLowerCase(),
      phrase ?? word ?? '',
      exclude ? whole.slice(1) : whole,
      (value) => parseMoment(value, now, clocks),
    );
    const last = isJoining ? groups.at(-1) : undefined;
    isJoining = false;
    if (made === undefined) continue;
    if ('wrong' in made) {
      wrong.push(made.wrong);
      continue;
    }
    const term = { ...made, exclude } as Term;
    if (last) last.push(term);
    else groups.push([term]);
  }
  return wrong.length === 0 ? ok(groups) : unreadable(wrong);
}

const TERM = /(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/giu;

type ReadMoment = (value: string) => number | undefined;

function read(
  operator: string | undefined,
  value: string,
  whole: string,
  readMoment: ReadMoment,
): Made | undefined {
  const text = operator === undefined ? value : whole;
  switch (operator) {
    case 'from':
    case 'in':
    case 'type':
      return value === '' ? undefined : { kind: operator, value: foldCase(value) };
    case 'tag':
      return value === '' ? undefined : { kind: operator, value: foldCase(value.replace(/^#/, '')) };
    case 'has':
    case 'is':
      return value === '' ? undefined : factOf(operator, value.toLowerCase());
    case 'before':
    case 'after':
      return value === '' ? undefined : momentOf(operator, value, readMoment);
    default:
      return text === '' ? undefined : { kind: 'text', value: foldCase(text) };
  }
}

function factOf(operator: keyof typeof FACTS, value: string): Made {
  const known: readonly Fact[] = FACTS[operator];
  const fact = known.find((one) => one === value);
  if (fact !== undefined) return { kind: 'fact', value: fact };
  return {
    wrong: `${operator}:${quoted(value)} is not known: write ${known.map((one) => `${operator}:${one}`).join(', ')}`,
  };
}

function momentOf(kind: 'before' | 'after', value: string, readMoment: ReadMoment): Made {
  const moment = readMoment(value);
  if (moment !== undefined) return { kind, value: moment };
  return {
    wrong: `${kind}:${quoted(value)} is not a date: write 2026-11-22, 2026-11, 2026, today, yesterday or "2 weeks ago"`,
  };
}

/** How much of an unreadable value is repeated. */
const MOST_REPEATED = 80;

function quoted(value: string): string {
  const start = [...value].slice(0, MOST_REPEATED).join('');
  const shown = start === value ? value : `${start}…`;
  return /\s/.test(shown) ? `"${shown}"` : shown;
}

function unreadable(wrong: readonly string[]) {
  const [detail] = wrong;
  const words = [...new Set(wrong)].join('. ');
  return fail('invalid', `The search cannot be read. ${words}.`, {
    errors: [{ field: 'q', detail: `q: ${detail}` }],
  });
}
