import { at } from '../api/place.ts';
import { dayAfter, startOfDay } from '../text/time.ts';
import { createStore } from './store.ts';

/** What is shown: all messages, or those that meet every given condition. It matches the address bar. */
export interface Query {
  readonly q: string;
  readonly repository: string;
  readonly author: string;
  readonly type: string;
  readonly tag: string;
  /** A day in the reader's time zone, such as `2026-11-22`. */
  readonly day: string;
  /** A moment as an ISO time, or the id of a commit: everything is shown as it was then. Empty for the present. */
  readonly asOf: string;
  /** The reader's place: a day such as `2026-11-22`, the id of a message, or empty for the newest. */
  readonly at: string;
}

export const EVERYTHING: Query = {
  q: '',
  repository: '',
  author: '',
  type: '',
  tag: '',
  day: '',
  asOf: '',
  at: '',
};

const KEYS = Object.keys(EVERYTHING) as (keyof Query)[];
const CONDITIONS = KEYS.filter((key) => key !== 'at');
/** The conditions that have the same names in the API. */
const FIELDS = CONDITIONS.filter((key) => key !== 'day');

export function parseQuery(search: string): Query {
  const given = new URLSearchParams(search);
  return Object.fromEntries(KEYS.map((key) => [key, given.get(key) ?? ''])) as unknown as Query;
}

/** The conditions as a query string without its `?`. Empty ones are left out. */
export function formatQuery(query: Query, more: Readonly<Record<string, string>> = {}): string {
  const all = {
    ...Object.fromEntries(given(query, FIELDS)),
    ...zoneFor(query.q),
    ...spanOf(query.day),
    ...more,
  };
  return new URLSearchParams(all).toString();
}

/** The reader's time zone, if a search names days, which then begin in that zone. */
function zoneFor(q: string): Readonly<Record<string, string>> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone && /(?:before|after):/i.test(q) ? { zone } : {};
}

/** The beginning and end of a day; empty if it is not a valid day, so everything is requested. */
function spanOf(day: string): Readonly<Record<string, string>> {
  const [since, until] = [startOfDay(day), startOfDay(dayAfter(day, 1))];
  return since && until ? { since, until } : {};
}

/** The page's own address for a query, for links that can be opened in another tab. */
export function addressOf(query: Partial<Query>): string {
  const search = new URLSearchParams(given({ ...EVERYTHING, ...query }, KEYS)).toString();
  return at(search === '' ? '/' : `/?${search}`);
}

const given = (query: Query, keys: readonly (keyof Query)[]) =>
  keys.filter((key) => query[key].trim() !== '').map((key) => [key, query[key]]);

/** Whether nothing is filtered out: all messages, now or in the past. */
export const isWhole = (query: Query): boolean => isEverything({ ...query, asOf: '' });

/** Whether a message is shown as it was, so it cannot be changed. */
export const isFixed = ({ deletedAt }: { readonly deletedAt?: string }): boolean =>
  deletedAt !== undefined || query.get().asOf !== '';

export const isEverything = (query: Query): boolean => CONDITIONS.every((key) => query[key].trim() === '');

export const query = createStore<Query, Query>(
  (_, next) => next,
  parseQuery(globalThis.location?.search ?? ''),
);

/** The conditions as one search that can be saved: fields become operators. */
export function asSearch({ q, repository, author, type, tag }: Query): string {
  const fields = { in: repository, from: author, type, tag };
  const terms = Object.entries(fields)
    .filter(([, value]) => value !== '' && !value.includes('"'))
    .map(([name, value]) => `${name}:${/\s/.test(value) ? `"${value}"` : value}`);
  return [...terms, q.trim()].filter((term) => term !== '').join(' ');
}
