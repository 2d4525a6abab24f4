import { tagsOf } from '../../domain/message.ts';
import { type Filter, foldCase, type Term } from '../../domain/query.ts';
import type { Entry } from '../entry.ts';

/** Whether a current message, which a deleted one is not, passes a filter. */
export function matches(entry: Entry, filter: Filter): boolean {
  const { time } = entry.key;
  if (filter.since !== undefined && time < filter.since) return false;
  if (filter.until !== undefined && time >= filter.until) return false;
  const { current } = entry.folded;
  if (current.deletedAt !== undefined) return false;
  if (filter.author !== undefined && current.author !== filter.author) return false;
  if (filter.type !== undefined && current.type !== filter.type) return false;
  if (filter.repository !== undefined && !isIn(entry, filter.repository)) return false;
  if (filter.tag !== undefined && !tagsOf(current.text, current.tags).includes(filter.tag)) return false;
  return filter.terms.length === 0 || matchesTerms(entry, filter.terms);
}

/** Whether any line of a message is in a repository. */
export function isIn(entry: Entry, repository: string): boolean {
  for (const { commits } of entry.held.values()) if (commits.has(repository)) return true;
  return false;
}

function matchesTerms(entry: Entry, terms: readonly Term[]): boolean {
  const text = foldCase(entry.folded.current.text);
  return terms.every((term) => matchesTerm(entry, text, term) !== term.exclude);
}

function matchesTerm(entry: Entry, text: string, { kind, value }: Term): boolean {
  const { current } = entry.folded;
  if (typeof value === 'number') return kind === 'before' ? entry.key.time < value : entry.key.time >= value;
  switch (kind) {
    case 'from':
      return foldCase(current.author) === value;
    case 'type':
      return foldCase(current.type) === value;
    case 'tag':
      return tagsOf(current.text, current.tags).some((tag) => foldCase(tag) === value);
    case 'in':
      return repositoriesOf(entry).some((name) => foldCase(name) === value);
    default:
      return text.includes(value);
  }
}

/** The names of all repositories that hold any line of a message. */
export function repositoriesOf(entry: Entry): string[] {
  const [first] = entry.held.values();
  // Nearly all messages have one line.
  if (first && entry.held.size === 1) return [...first.commits.keys()];
  return [...new Set([...entry.held.values()].flatMap(({ commits }) => [...commits.keys()]))];
}

/** The repositories that a message counts in: those that hold it, unless it is deleted. */
export const shownIn = (entry: Entry | undefined): string[] =>
  entry === undefined || entry.folded.current.deletedAt !== undefined ? [] : repositoriesOf(entry);

/** Whether a repository that holds a message lacks any of its lines. */
export function isPartial(entry: Entry): boolean {
  if (entry.held.size === 1) return false;
  const all = repositoriesOf(entry).length;
  for (const { commits } of entry.held.values()) if (commits.size < all) return true;
  return false;
}
