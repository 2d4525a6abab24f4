/** The values that a search could use, as far as this page has seen them. */
export interface Vocabulary {
  readonly from: readonly string[];
  readonly in: readonly string[];
  readonly type: readonly string[];
  readonly tag: readonly string[];
  /** What a message can have or be, as far as the server can search for it. */
  readonly has: readonly string[];
  readonly is: readonly string[];
}

export interface Suggestion {
  /** The complete search with the suggestion, and the caret position afterwards. */
  readonly search: string;
  readonly caret: number;
  readonly label: string;
  readonly hint: string;
}

const HINTS = {
  from: 'written by somebody',
  in: 'in a repository',
  type: 'text, markdown, code, link or task',
  tag: 'with a tag',
  has: 'with a file or a link',
  is: 'pinned, open, reply or deleted',
  after: 'on or after a day, such as 2026-11-22 or yesterday',
  before: 'before a day',
} as const;
type Operator = keyof typeof HINTS;
type DateOperator = 'before' | 'after';
const isDate = (name: Operator): name is DateOperator => name === 'before' || name === 'after';
/** Operators that are only suggested if they have values. */
const OPTIONAL: ReadonlySet<Operator> = new Set(['has', 'is']);
const OPERATORS = Object.keys(HINTS) as Operator[];
const DATES = ['today', 'yesterday', '1 week ago', '1 month ago', '1 year ago'];
const MOST = 8;

/** Completions for the term at the caret; none if it is an ordinary word. */
export function suggest(search: string, caret: number, vocabulary: Vocabulary): readonly Suggestion[] {
  const term = termBefore(search.slice(0, caret));
  const [, minus = '', operator, typed = ''] = /^(-?)(?:([a-z]+):)?"?(.*)$/is.exec(term) ?? [];
  const put = (words: string, label: string, hint: string): Suggestion => {
    const before = search.slice(0, caret - term.length) + words;
    return { search: before + search.slice(caret), caret: before.length, label, hint };
  };
  if (operator === undefined) {
    if (typed.startsWith('#')) {
      return valuesOf('tag', typed.slice(1), vocabulary).map((tag) =>
        put(`${minus}tag:${tag} `, `tag:${tag}`, ''),
      );
    }
    const offered = OPERATORS.filter(
      (name) => isDate(name) || vocabulary[name].length > 0 || !OPTIONAL.has(name),
    );
    return offered
      .filter((name) => name.startsWith(typed.toLowerCase()))
      .map((name) => put(`${minus}${name}:`, `${minus}${name}:`, HINTS[name]));
  }
  const name = OPERATORS.find((one) => one === operator.toLowerCase());
  if (name === undefined) return [];
  return valuesOf(name, typed, vocabulary).map((value) => {
    const words = `${minus}${name}:${/\s/.test(value) ? `"${value}"` : value}`;
    return put(`${words} `, words, '');
  });
}

/** The term at the end of a text. A quoted one may contain white space. */
function termBefore(text: string): string {
  const last = [...text.matchAll(/\S*?"[^"]*(?:"|$)\S*|\S+/g)].at(-1);
  return last && last.index + last[0].length === text.length ? last[0] : '';
}

function valuesOf(operator: Operator, typed: string, vocabulary: Vocabulary): readonly string[] {
  const wanted = typed.toLowerCase();
  return (isDate(operator) ? DATES : vocabulary[operator])
    .filter(
      (value) =>
        value.toLowerCase().includes(wanted) && !value.includes('"') && value.toLowerCase() !== wanted,
    )
    .slice(0, MOST);
}

/** The operators of a search, as they were typed. */
export function operatorsIn(search: string): readonly string[] {
  return search.match(/(?<=^|\s)-?(?:from|in|type|tag|has|is|before|after):(?:"[^"]*"?|[^\s"]\S*)/gi) ?? [];
}

/** A search without one of its terms, and without the `OR` that joined it to another one. */
export function withoutTerm(search: string, term: string): string {
  const [before = '', ...rest] = search.split(term);
  const after = rest.join(term);
  const isJoined = /\sOR\s+$/.test(before);
  const left = isJoined ? before.replace(/\sOR\s+$/, ' ') : before;
  const right = isJoined ? after : after.replace(/^\s+OR\s/, ' ');
  return `${left}${right}`.replace(/\s+/g, ' ').trim();
}

/** Whether a search ends with an operator without a value. */
export const isUnfinished = (search: string): boolean =>
  /(?:^|\s)-?(?:from|in|type|tag|has|is|before|after):"?$/i.test(search);

/** Words of a search that look like operators but are not. They are searched for as text. */
export function unknownOperators(search: string): readonly string[] {
  const unquoted = search.replace(/"[^"]*"?/g, ' ');
  return [...unquoted.matchAll(/(?<=^|\s)-?([a-z]{2,20}):(?!\/)\S/gi)]
    .map(([, name = '']) => name.toLowerCase())
    .filter((name) => !(OPERATORS as readonly string[]).includes(name));
}
