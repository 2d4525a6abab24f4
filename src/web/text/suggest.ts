/** What a search could name, as far as this page has seen it. */
export interface Vocabulary {
  readonly from: readonly string[];
  readonly in: readonly string[];
  readonly type: readonly string[];
  readonly tag: readonly string[];
}

export interface Suggestion {
  /** The whole search with it, and where the caret stands then. */
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
  after: 'on or after a day, such as 2026-11-22',
  before: 'before a day',
} as const;
type Operator = keyof typeof HINTS;
const OPERATORS = Object.keys(HINTS) as Operator[];
const MOST = 8;

/** How the term that the caret stands in could go on; nothing where it is a word like any other. */
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
    return OPERATORS.filter((name) => name.startsWith(typed.toLowerCase())).map((name) =>
      put(`${minus}${name}:`, `${minus}${name}:`, HINTS[name]),
    );
  }
  const name = OPERATORS.find((one) => one === operator.toLowerCase());
  if (name === undefined) return [];
  return valuesOf(name, typed, vocabulary).map((value) => {
    const words = `${minus}${name}:${/\s/.test(value) ? `"${value}"` : value}`;
    return put(`${words} `, words, '');
  });
}

/** The term that a text ends with; one in quotes goes on over white space. */
function termBefore(text: string): string {
  const last = [...text.matchAll(/\S*?"[^"]*(?:"|$)\S*|\S+/g)].at(-1);
  return last && last.index + last[0].length === text.length ? last[0] : '';
}

function valuesOf(operator: Operator, typed: string, vocabulary: Vocabulary): readonly string[] {
  if (operator === 'before' || operator === 'after') return [];
  const wanted = typed.toLowerCase();
  return vocabulary[operator]
    .filter(
      (value) =>
        value.toLowerCase().includes(wanted) && !value.includes('"') && value.toLowerCase() !== wanted,
    )
    .slice(0, MOST);
}

/** The terms of a search that are no words: each as it was typed. */
export function operatorsIn(search: string): readonly string[] {
  return search.match(/(?<=^|\s)-?(?:from|in|type|tag|before|after):(?:"[^"]*"?|[^\s"]\S*)/gi) ?? [];
}

export function withoutTerm(search: string, term: string): string {
  return search.replace(term, '').replace(/\s+/g, ' ').trim();
}

/** Whether a search ends with an operator that names nothing yet. */
export const isUnfinished = (search: string): boolean =>
  /(?:^|\s)-?(?:from|in|type|tag|before|after):"?$/i.test(search);
