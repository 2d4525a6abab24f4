import type { Database } from '../database.ts';
import type { Entry } from '../entry.ts';
import { needsOfHash } from './ngram-filter.ts';

/** Whether a message names a file in any of its revisions and is not deleted. */
export const isNaming = ({ folded }: Entry, sha256: string): boolean =>
  folded.current.deletedAt === undefined &&
  folded.lines.some(({ attachments }) => attachments?.some((one) => one.sha256 === sha256));

/** How many messages are examined before the event loop gets a turn. */
const ENTRIES_A_TURN = 250;

/** The newest message that names a file and is not deleted. */
export async function findNaming(mirror: Pick<Database, 'walk'>, sha256: string): Promise<Entry | undefined> {
  const hints = { needs: needsOfHash(sha256), isLikely: (json: string) => json.includes(sha256) };
  for await (const entries of mirror.walk({ hints })) {
    for (const [index, entry] of entries.entries()) {
      if (index % ENTRIES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      if (isNaming(entry, sha256)) return entry;
    }
  }
  return undefined;
}
