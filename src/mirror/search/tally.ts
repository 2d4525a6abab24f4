import type { Entry } from '../entry.ts';
import { shownIn } from './filter.ts';

/** A quarter of an hour in milliseconds: days begin at one in every zone of today. */
export const QUARTER_MS = 15 * 60_000;

/** How many current messages a part of the timeline holds, without what they say. */
export interface Tally {
  readonly authors: readonly string[];
  /** Each set of repositories that a message is in. */
  readonly places: readonly (readonly string[])[];
  /** One row a quarter of an hour since 1970, author, place (by their index) and how many: four numbers in a run. */
  readonly rows: readonly number[];
}

export function tallyOf(entries: readonly Entry[]): Tally {
  const authors = new Map<string, number>();
  const places = new Map<string, number>();
  const counts = new Map<string, number[]>();
  for (const entry of entries) {
    const names = shownIn(entry);
    if (names.length === 0) continue;
    const quarter = Math.floor(entry.key.time / QUARTER_MS);
    const author = numberOf(authors, entry.folded.current.author);
    // Names of repositories hold no white space.
    const place = numberOf(places, names.sort().join(' '));
    const key = `${quarter} ${author} ${place}`;
    const row = counts.get(key);
    if (row) row[3] = (row[3] as number) + 1;
    else counts.set(key, [quarter, author, place, 1]);
  }
  return {
    authors: [...authors.keys()],
    places: [...places.keys()].map((names) => names.split(' ')),
    rows: [...counts.values()].flat(),
  };
}

function numberOf(known: Map<string, number>, name: string): number {
  const number = known.get(name) ?? known.size;
  known.set(name, number);
  return number;
}
