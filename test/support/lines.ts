import {
  isUnreadable,
  type Line,
  parentName,
  parseLine,
  type Revision,
  toLine,
} from '../../src/journal/line.ts';
import { type Entry, makeEntry } from '../../src/mirror/entry.ts';

/** A UUID that can be told by its number. */
export const idOf = (number: number): string =>
  `0192f0c1-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

/** A time that can be told by its number of milliseconds. */
export const timeAt = (milliseconds: number): string =>
  new Date(Date.UTC(2026, 10, 22, 10) + milliseconds).toISOString();

/** A first revision with fields of one's own. */
export function lineOf(fields: Partial<Revision> = {}): Line {
  return toLine({
    id: idOf(1),
    revision: 1,
    parents: [],
    author: 'Ann',
    type: 'text',
    text: 'Hello',
    createdAt: timeAt(0),
    others: [],
    ...fields,
  });
}

/** A line that replaces others of the same message. */
export function lineAfter(parents: readonly Line[], fields: Partial<Revision> = {}): Line {
  const [first] = parents as [Line];
  return lineOf({
    id: first.id,
    revision: Math.max(...parents.map((line) => line.revision)) + 1,
    parents: parents.map((line) => parentName(line.hash)),
    createdAt: first.createdAt,
    updatedAt: timeAt(60_000),
    ...fields,
  });
}

/** Reads a line that has to be readable. */
export function readable(bytes: string | Buffer): Line {
  const line = parseLine(Buffer.from(bytes));
  if (isUnreadable(line)) throw new Error(`The line was expected to be readable, but it ${line.reason}`);
  return line;
}

/** A message as the mirror keeps it, of lines that all stand in the same repositories. */
export function entryOf(
  lines: readonly Line[],
  commits: Record<string, string | null> = { home: 'c' },
): Entry {
  const held = lines.map((line) => [line.hash, { line, commits: new Map(Object.entries(commits)) }] as const);
  const entry = makeEntry(new Map(held));
  if (!entry) throw new Error('An entry needs a line');
  return entry;
}
