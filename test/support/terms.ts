import { parseSearch, type Terms } from '../../src/domain/query.ts';

/** The terms of a search that can be read. */
export function termsOf(search: string, now?: Date): Terms {
  const terms = parseSearch(search, now);
  if (!terms.ok) throw new Error(terms.failure.detail);
  return terms.value;
}
