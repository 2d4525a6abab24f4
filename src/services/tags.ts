import type { TagCount } from '../contract/tags.ts';
import type { Database } from '../mirror/database.ts';

/** All tags of current messages with how many have them, the most used first. */
export async function countTags(mirror: Database, repository: string | undefined): Promise<TagCount[]> {
  const counts = new Map<string, number>();
  for await (const { places, tags, tagRows } of mirror.tallies(Number.NEGATIVE_INFINITY)) {
    for (let at = 0; at < tagRows.length; at += 3) {
      const names = places[tagRows[at + 1] as number] ?? [];
      if (repository !== undefined && !names.includes(repository)) continue;
      const tag = tags[tagRows[at] as number] ?? '';
      counts.set(tag, (counts.get(tag) ?? 0) + (tagRows[at + 2] as number));
    }
    // Everybody else has their turn between two parts.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return [...counts]
    .map(([tag, messages]) => ({ tag, messages }))
    .sort((a, b) => b.messages - a.messages || (a.tag < b.tag ? -1 : 1));
}
