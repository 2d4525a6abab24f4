import type { TagCount } from '../contract/tags.ts';
import type { Database } from '../mirror/database.ts';

/** How many tags are returned. Nobody reads more, and others can push messages full of them. */
const MOST_TAGS = 10_000;
/** How many tags are counted. The newest messages are counted first. */
const MOST_COUNTED = 500_000;

/** The tags of current messages and how many messages have each, most used first. */
export async function countTags(mirror: Database, repository: string | undefined): Promise<TagCount[]> {
  const counts = new Map<string, number>();
  for await (const { places, tags, tagRows } of mirror.tallies(Number.NEGATIVE_INFINITY)) {
    for (let at = 0; at < tagRows.length; at += 3) {
      const names = places[tagRows[at + 1] as number] ?? [];
      if (repository !== undefined && !names.includes(repository)) continue;
      const tag = tags[tagRows[at] as number] ?? '';
      const count = counts.get(tag);
      if (count === undefined && counts.size >= MOST_COUNTED) continue;
      counts.set(tag, (count ?? 0) + (tagRows[at + 2] as number));
    }
    // The event loop gets a turn between two parts.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return [...counts]
    .map(([tag, messages]) => ({ tag, messages }))
    .sort((a, b) => b.messages - a.messages || (a.tag < b.tag ? -1 : 1))
    .slice(0, MOST_TAGS);
}
