import { parse } from 'yaml';
import { listOf, type Members, membersOf, textOf } from '../../values.ts';

/** A note without its front matter, and the values in it. */
export interface FrontMatter {
  readonly values: Members;
  readonly body: string;
  /** Whether there is front matter that cannot be read. It is then part of the body. */
  readonly isBroken: boolean;
}

/** Longer front matter is treated as text. */
const MOST_CHARACTERS = 64 * 1024;
const MOST_ALIASES = 20;

/** Separates YAML between two lines of `---` from the beginning of a note. */
export function frontMatterOf(note: string): FrontMatter {
  const whole = { values: {}, body: note, isBroken: false };
  if (!/^---[\t ]{0,10}\n/.test(note)) return whole;
  const start = note.indexOf('\n') + 1;
  const end = /^(?:---|\.\.\.)[\t ]{0,10}(?:\n|$(?![\s\S]))/m.exec(
    note.slice(start, start + MOST_CHARACTERS),
  );
  if (!end) return whole;
  try {
    const values: unknown = parse(note.slice(start, start + end.index), {
      maxAliasCount: MOST_ALIASES,
      logLevel: 'error',
    });
    // Without a key, it was a horizontal rule.
    if (typeof values !== 'object')
      return values === null ? { ...whole, body: after(note, start, end) } : whole;
    return { values: lowerCased(membersOf(values)), body: after(note, start, end), isBroken: false };
  } catch {
    return { ...whole, isBroken: true };
  }
}

const after = (note: string, start: number, end: RegExpExecArray): string =>
  note.slice(start + end.index + end[0].length).replace(/^\n{1,10}/, '');

const lowerCased = (values: Members): Members =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]));

const DATES = [
  'date',
  'created',
  'created_at',
  'createdat',
  'date created',
  'creation_date',
  'creation date',
];

/** When the note was written, according to its front matter. */
export const dateIn = (values: Members): string =>
  DATES.map((key) => values[key])
    .map((value) => (typeof value === 'number' ? String(value) : textOf(value).trim()))
    .find((value) => value !== '') ?? '';

/** Tags: a list, or a text in which they are separated by commas or spaces. */
export function tagsIn({ tags, tag, keywords }: Members): string[] {
  const names = [tags, tag, keywords].flatMap((value) =>
    Array.isArray(value) ? listOf(value).map((one) => String(one ?? '')) : textOf(value).split(/[,\s]{1,20}/),
  );
  return names.map((name) => name.trim().replace(/^#/, '')).filter((name) => name !== '');
}

export const authorIn = ({ author, authors }: Members): string =>
  [author, ...listOf(authors), authors].map(textOf).find((name) => name.trim() !== '') ?? '';
