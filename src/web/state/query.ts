import { createStore } from './store.ts';

/** What is shown: every message, or those that hold each condition given. The address bar says the same. */
export interface Query {
  readonly q: string;
  readonly repository: string;
  readonly author: string;
  readonly type: string;
  readonly tag: string;
}

export const EVERYTHING: Query = { q: '', repository: '', author: '', type: '', tag: '' };

const KEYS = Object.keys(EVERYTHING) as (keyof Query)[];

export function parseQuery(search: string): Query {
  const given = new URLSearchParams(search);
  return Object.fromEntries(KEYS.map((key) => [key, given.get(key) ?? ''])) as unknown as Query;
}

/** The conditions as a query string without its `?`, those that are empty left out. */
export function formatQuery(query: Query, more: Readonly<Record<string, string>> = {}): string {
  const given = KEYS.filter((key) => query[key].trim() !== '').map((key) => [key, query[key]]);
  return new URLSearchParams([...given, ...Object.entries(more)]).toString();
}

/** The page's own address for a query, for links that can be opened in another tab. */
export function addressOf(query: Partial<Query>): string {
  const search = formatQuery({ ...EVERYTHING, ...query });
  return search === '' ? '/' : `/?${search}`;
}

export const isEverything = (query: Query): boolean => KEYS.every((key) => query[key].trim() === '');

export const query = createStore<Query, Query>(
  (_, next) => next,
  parseQuery(globalThis.location?.search ?? ''),
);
