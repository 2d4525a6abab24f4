import { tagsOf } from '../../domain/message.ts';
import type { Entry } from '../entry.ts';
import { shownIn } from './filter.ts';

/** A quarter of an hour in milliseconds. In every time zone in use today, days begin at a full quarter. */
export const QUARTER_MS = 15 * 60_000;

/** The counts of current messages in a part of the timeline, without their texts. */
export interface Tally {
  readonly authors: readonly string[];
  /** Each set of repositories that a message is in. */
  readonly places: readonly (readonly string[])[];
  /** One row per quarter of an hour since 1970, author, place (by their index) and count: four numbers each. */
  readonly rows: readonly number[];
  readonly tags: readonly string[];
  /** One row per tag, place (by their index) and count: three numbers each. */
  readonly tagRows: readonly number[];
}

export function tallyOf(entries: readonly Entry[]): Tally {
  const [authors, places, tags] = [new Numbers(), new Numbers(), new Numbers()];
  const [rows, tagRows] = [new Rows(), new Rows()];
  for (const entry of entries) {
    const names = shownIn(entry);
    if (names.length === 0) continue;
    const { current } = entry.folded;
    const quarter = Math.floor(entry.key.time / QUARTER_MS);
    // Names of repositories contain no white space.
    const place = places.of(names.sort().join(' '));
    rows.add(quarter, authors.of(current.author), place);
    for (const tag of tagsOf(current.text, current.tags)) tagRows.add(tags.of(tag), place);
  }
  return {
    authors: authors.names(),
    places: places.names().map((names) => names.split(' ')),
    rows: rows.flat(),
    tags: tags.names(),
    tagRows: tagRows.flat(),
  };
}

/** Numbers names in the order in which they appear. */
class Numbers {
  readonly #known = new Map<string, number>();

  of(name: string): number {
    const number = this.#known.get(name) ?? this.#known.size;
    this.#known.set(name, number);
    return number;
  }

  names(): string[] {
    return [...this.#known.keys()];
  }
}

/** Counts how often each row of numbers appears. */
class Rows {
  readonly #counts = new Map<string, number[]>();

  add(...numbers: readonly number[]): void {
    const key = numbers.join(' ');
    const row = this.#counts.get(key);
    if (row) row[row.length - 1] = (row.at(-1) as number) + 1;
    else this.#counts.set(key, [...numbers, 1]);
  }

  flat(): number[] {
    return [...this.#counts.values()].flat();
  }
}
