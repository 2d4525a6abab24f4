import { setImmediate as turn } from 'node:timers/promises';
import type { Filter } from '../domain/query.ts';
import type { Database } from './database.ts';
import { compareKeys, type Entry, type Key } from './entry.ts';
import { matches } from './search/filter.ts';
import { likelyFor } from './search/json-prefilter.ts';
import { needsOf } from './search/ngram-filter.ts';

/** How many entries are examined before the event loop gets a turn. Most of them have to be parsed. */
const ENTRIES_A_TURN = 250;

/**
 * The messages that pass a filter, newest first.
 *
 * @param before only those older than this
 */
export async function* queryMirror(mirror: Database, filter: Filter, before?: Key): AsyncGenerator<Entry> {
  const { since } = filter;
  const needs = needsOf(filter);
  const hints = needs && { needs, isLikely: likelyFor(filter) };
  const range = { before: earlier(before, filter.until), since };
  for await (const entries of mirror.walk(hints ? { ...range, hints } : range)) {
    for (const [index, entry] of entries.entries()) {
      // A long search gives the event loop a turn between two shards, and within one.
      if (index % ENTRIES_A_TURN === 0) await turn();
      if (matches(entry, filter)) yield entry;
    }
  }
}

/** The earlier one of a key and a moment, if either is given. */
function earlier(key: Key | undefined, time: number | undefined): Key | undefined {
  const moment = time === undefined ? undefined : { time, id: '' };
  if (!key || !moment) return key ?? moment;
  return compareKeys(key, moment) < 0 ? key : moment;
}
