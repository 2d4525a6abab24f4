import type { ProblemDocument } from '../contract/problem.ts';
import { VERBS } from './verbs.ts';

/** The option for each field and parameter of the API, as it is typed. */
const OPTIONS: ReadonlyMap<string, string> = new Map(
  VERBS.flatMap(({ options }) =>
    options.flatMap(({ name, fields = [name] }) => fields.map((field) => [field, `--${name}`] as const)),
  ),
);

/** `Give "zone"`, `with "confirm": true`: how the API says what to send. */
const ADVICE = /\b(give|with|leave out) "(\w+)"(?:: true)?/gi;

/** Why a request was refused, with the options of the command in place of the API's fields. */
export function wordsFor({ detail, errors = [] }: Pick<ProblemDocument, 'detail' | 'errors'>): string {
  let words = detail;
  const others: string[] = [];
  for (const error of errors) {
    const own = inOptions(error.field, error.detail);
    if (detail.includes(error.detail)) words = words.replace(error.detail, () => own);
    // A single error is in the detail, perhaps in other words.
    else if (errors.length > 1) others.push(own);
  }
  const advised = words
    .replace(ADVICE, (whole, verb: string, field: string) =>
      OPTIONS.has(field) ? `${verb} ${OPTIONS.get(field)}` : whole,
    )
    .replace(/^The request is not valid: /, '');
  return [advised, ...others].join('\n  ');
}

/** An error begins with the name of its field. */
const inOptions = (field: string, detail: string): string =>
  detail.startsWith(field) ? `${OPTIONS.get(field) ?? field}${detail.slice(field.length)}` : detail;

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
