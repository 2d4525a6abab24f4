import type { Stats, StatsQuestion } from '../contract/stats.ts';
import type { Database } from '../mirror/database.ts';
import { QUARTER_MS, type Tally } from '../mirror/search/tally.ts';

const MOST_AUTHORS = 100;
const DAY_MS = 86_400_000;

/** Counts messages by day, author and repository. Their texts are not read again once a part has been counted. */
export async function countMessages(mirror: Database, question: StatsQuestion): Promise<Stats> {
  const { since, until, zone } = question;
  const counts = { days: new Map(), authors: new Map(), repositories: new Map() };
  const dayOf = daysIn(zone);
  let messages = 0;
  // In any zone, a day begins less than a day before or after the UTC day. Its own messages are recognised by their
  // day.
  const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since) - DAY_MS;
  const to = until === undefined ? undefined : Date.parse(until) + DAY_MS;
  for await (const tally of mirror.tallies(from, to)) {
    messages += addTo(counts, tally, question, dayOf);
    // The event loop gets a turn between two parts.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    zone,
    messages,
    days: [...counts.days].map(([day, count]) => ({ day, messages: count })).sort(byDay),
    authors: [...counts.authors]
      .map(([author, count]) => ({ author, messages: count }))
      .sort((a, b) => b.messages - a.messages || compare(a.author, b.author))
      .slice(0, MOST_AUTHORS),
    repositories: [...counts.repositories]
      .map(([repository, count]) => ({ repository, messages: count }))
      .sort((a, b) => b.messages - a.messages || compare(a.repository, b.repository)),
  };
}

interface Counts {
  readonly days: Map<string, number>;
  readonly authors: Map<string, number>;
  readonly repositories: Map<string, number>;
}

function addTo(
  counts: Counts,
  { authors, places, rows }: Tally,
  { repository, since, until }: StatsQuestion,
  dayOf: (quarter: number) => string,
): number {
  let sum = 0;
  for (let at = 0; at < rows.length; at += 4) {
    const names = places[rows[at + 2] as number] ?? [];
    if (repository !== undefined && !names.includes(repository)) continue;
    const day = dayOf(rows[at] as number);
    if ((since !== undefined && day < since) || (until !== undefined && day >= until)) continue;
    const author = authors[rows[at + 1] as number] ?? '';
    const count = rows[at + 3] as number;
    sum += count;
    add(counts.days, day, count);
    add(counts.authors, author, count);
    for (const name of names) add(counts.repositories, name, count);
  }
  return sum;
}

/**
 * Returns the day of a quarter of an hour in a zone. Results are cached, since each is needed many times. Days
 * outside the years 0000 to 9999 count as the first or last day of that range, as in the names of journals.
 */
export function daysIn(zone: string): (quarter: number) => string {
  const known = new Map<number, string>();
  // This locale writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (quarter) => {
    const day = known.get(quarter) ?? dayIn(format, quarter * QUARTER_MS);
    known.set(quarter, day);
    return day;
  };
}

const [FIRST_DAY, LAST_DAY] = ['0000-01-01', '9999-12-31'];
const FIRST_MS = Date.parse(FIRST_DAY);

/** The calendar repeats every 400 years. */
const [CYCLE_YEARS, CYCLE_MS] = [400, 146_097 * DAY_MS];

function dayIn(format: Intl.DateTimeFormat, time: number): string {
  if (time < FIRST_MS - DAY_MS) return FIRST_DAY;
  // The format has no year 0, and shows earlier years without a sign.
  const shift = time < FIRST_MS + CYCLE_MS ? 1 : 0;
  const [year = '', month, day] = format.format(time + shift * CYCLE_MS).split('-');
  const number = Number(year) - shift * CYCLE_YEARS;
  if (number < 0) return FIRST_DAY;
  return number > 9999 ? LAST_DAY : `${String(number).padStart(4, '0')}-${month}-${day}`;
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byDay = (a: { readonly day: string }, b: { readonly day: string }): number => compare(a.day, b.day);
