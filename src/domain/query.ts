/** What a search asks for: every term must hold, and none of the excluded ones. */
export interface Term {
  readonly kind: 'text' | 'from' | 'in' | 'type' | 'tag' | 'before' | 'after';
  /** Case-folded, but for `before` and `after`, which are milliseconds since 1970. */
  readonly value: string | number;
  readonly exclude: boolean;
}

/** What decides whether a message is among the answers. */
export interface Filter {
  readonly repository?: string;
  readonly author?: string;
  readonly type?: string;
  readonly tag?: string;
  /** Milliseconds since 1970; `since` is inclusive, `until` exclusive. */
  readonly since?: number;
  readonly until?: number;
  readonly terms: readonly Term[];
}

/** Folds case so that a search finds a word however it is written; the same for text and for term. */
export const foldCase = (text: string): string =>
  // Most text is ASCII, which comes to the same in a third of the time.
  isAscii(text)
    ? text.toLowerCase()
    : // By way of capitals, so that `ß` meets `ss` and both small sigmas are one.
      text.normalize('NFC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are ASCII, too.
const ASCII = /^[\x00-\x7f]*$/;

export const isAscii = (text: string): boolean => ASCII.test(text);

const OPERATORS = new Set(['from', 'in', 'type', 'tag', 'before', 'after']);

/**
 * Reads a search as a person types it: words and `"quoted phrases"`, all required; `from:`, `in:`, `type:`,
 * `tag:`, `before:` and `after:` with a value that may be quoted; `-` before any of them excludes.
 * A date that is none is searched for as text, so that nothing that is typed is an error.
 */
export function parseSearch(search: string): Term[] {
  const terms: Term[] = [];
  for (const match of search.matchAll(/(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/giu)) {
    const [whole, minus, operator, phrase, word] = match;
    const term = toTerm(operator?.toLowerCase(), phrase ?? word ?? '', minus === '-', whole);
    if (term) terms.push(term);
  }
  return terms;
}

function toTerm(
  operator: string | undefined,
  value: string,
  exclude: boolean,
  whole: string,
): Term | undefined {
  const asText = (text: string): Term | undefined =>
    text === '' ? undefined : { kind: 'text', value: foldCase(text), exclude };
  if (operator === undefined) return asText(value);
  if (!OPERATORS.has(operator)) return asText(exclude ? whole.slice(1) : whole);
  if (value === '') return undefined;
  const kind = operator as Term['kind'];
  if (kind !== 'before' && kind !== 'after') {
    return { kind, value: foldCase(kind === 'tag' ? value.replace(/^#/, '') : value), exclude };
  }
  const instant = parseDay(value);
  return instant === undefined ? asText(exclude ? whole.slice(1) : whole) : { kind, value: instant, exclude };
}

/** A day, a month or a year (`2026-11-22`, `2026-11`, `2026`) or a full instant, as its first millisecond in UTC. */
function parseDay(value: string): number | undefined {
  if (!/^\d{4}(-\d{2}(-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?)?)?$/i.test(value)) return undefined;
  const instant = Date.parse(value.length > 10 && !/(Z|[+-]\d{2}:\d{2})$/i.test(value) ? `${value}Z` : value);
  return Number.isNaN(instant) || !isRealDay(value) ? undefined : instant;
}

/** A day that its month does not have would be taken for one of the next month. */
function isRealDay(value: string): boolean {
  const [year = 0, month = 1, day = 1] = value.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}
