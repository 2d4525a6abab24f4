import { LONGEST_INTERVAL, MOST_SEARCHES, SEARCH_LIMITS, type SharedSettings } from '../domain/settings.ts';
import { readConfig, writeConfig } from '../git/config.ts';
import type { GitContext } from '../git/run.ts';

const INTERVAL = 'gitpost.syncInterval';
const SEARCHES = 'gitpost.searches';

/** A value is passed to git as one argument, and Linux allows 128 KiB for one. */
const MOST_BYTES = 120_000;

/**
 * The shared settings in a clone's git config. A value that could not have been set through gitpost counts as not
 * set.
 */
export async function readShared(git: GitContext): Promise<SharedSettings> {
  return {
    syncInterval: intervalOf(await readConfig(git, INTERVAL)),
    searches: searchesOf(await readConfig(git, SEARCHES)),
  };
}

export async function writeShared(git: GitContext, change: Partial<SharedSettings>): Promise<void> {
  if (change.searches !== undefined) await writeConfig(git, SEARCHES, encodeSearches(change.searches));
  if (change.syncInterval !== undefined) await writeConfig(git, INTERVAL, String(change.syncInterval));
}

/** Whether searches fit into a single value. */
export const fits = (searches: SharedSettings['searches']): boolean =>
  Buffer.byteLength(encodeSearches(searches)) <= MOST_BYTES;

const encodeSearches = (searches: SharedSettings['searches']): string =>
  JSON.stringify(searches.map(({ name, q }) => ({ name, q })));

function intervalOf(value: string | null): number {
  if (value === null || !/^\d{1,5}$/.test(value)) return 0;
  const seconds = Number(value);
  return seconds <= LONGEST_INTERVAL ? seconds : 0;
}

function searchesOf(value: string | null): SharedSettings['searches'] {
  const found: unknown = parseJson(value ?? '[]');
  if (!Array.isArray(found)) return [];
  return found.flatMap(toSearch).slice(0, MOST_SEARCHES);
}

function toSearch(found: unknown): SharedSettings['searches'] {
  const { name, q } = Object(found) as Record<string, unknown>;
  const isText = (text: unknown, most: number): text is string =>
    typeof text === 'string' && text !== '' && [...text].length <= most;
  return isText(name, SEARCH_LIMITS.name) && isText(q, SEARCH_LIMITS.q) ? [{ name, q }] : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
