import { foldCase } from '../../domain/fold-case.ts';
import { tagsOf } from '../../domain/message.ts';
import { asksForDeleted, type Filter, type Term, type Terms } from '../../domain/query.ts';
import type { Line } from '../../journal/line.ts';
import { type Entry, isDeleted } from '../entry.ts';
import { holds, shownLine } from './facts.ts';

/** Whether a message passes a filter. If deleted messages are wanted, they are judged by what they said. */
export function matches(entry: Entry, filter: Filter): boolean {
  const { time } = entry.key;
  if (filter.since !== undefined && time < filter.since) return false;
  if (filter.until !== undefined && time >= filter.until) return false;
  if (isDeleted(entry) && !asksForDeleted(filter)) return false;
  const content = shownLine(entry);
  if (filter.author !== undefined && content.author !== filter.author) return false;
  if (filter.type !== undefined && content.type !== filter.type) return false;
  if (filter.repository !== undefined && !isIn(entry, filter.repository)) return false;
  if (filter.tag !== undefined && !tagsOf(content.text, content.tags).includes(filter.tag)) return false;
  return filter.terms.length === 0 || matchesTerms(entry, content, filter.terms);
}

/** Whether a repository holds any line of a message. */
export function isIn(entry: Entry, repository: string): boolean {
  for (const { commits } of entry.held.values()) if (commits.has(repository)) return true;
  return false;
}

function matchesTerms(entry: Entry, content: Line, terms: Terms): boolean {
  const text = foldCase(content.text);
  return terms.every((group) =>
    group.some((term) => matchesTerm(entry, content, text, term) !== term.exclude),
  );
}

function matchesTerm(entry: Entry, content: Line, text: string, { kind, value }: Term): boolean {
  switch (kind) {
    case 'before':
      return entry.key.time < value;
    case 'after':
      return entry.key.time >= value;
    case 'fact':
      return holds(value, entry, content, text);
    case 'from':
      return foldCase(content.author) === value;
    case 'type':
      return foldCase(content.type) === value;
    case 'tag':
      return tagsOf(content.text, content.tags).some((tag) => foldCase(tag) === value);
    case 'in':
      return repositoriesOf(entry).some((name) => foldCase(name) === value);
    default:
      return text.includes(value);
  }
}

/** The names of all repositories that hold any line of a message. */
export function repositoriesOf(entry: Entry): string[] {
  const [first] = entry.held.values();
  // Nearly all messages have only one line.
  if (first && entry.held.size === 1) return [...first.commits.keys()];
  return [...new Set([...entry.held.values()].flatMap(({ commits }) => [...commits.keys()]))];
}

/** The repositories that a message is counted in: those that hold it, unless it is deleted. */
export const shownIn = (entry: Entry | undefined): string[] =>
  entry === undefined || isDeleted(entry) ? [] : repositoriesOf(entry);

/** Whether a repository that holds a message lacks any of its lines. */
export function isPartial(entry: Entry): boolean {
  if (entry.held.size === 1) return false;
  const all = repositoriesOf(entry).length;
  for (const { commits } of entry.held.values()) if (commits.size < all) return true;
  return false;
}
