import { parseSearch, type Terms } from '../../src/domain/query.ts';
import { type Clocks, UTC } from '../../src/domain/zone.ts';

/** The terms of a search that can be read. */
export function termsOf(search: string, now?: Date, clocks: Clocks = UTC): Terms {
  const terms = parseSearch(search, now, clocks);
  if (!terms.ok) throw new Error(terms.failure.detail);
  return terms.value;
}
