import { readAhead } from '../../../async/read-ahead.ts';
import type { BlobReader } from '../../../git/blobs.ts';
import type { Line } from '../../../journal/line.ts';
import { readJournal } from '../../../journal/split.ts';
import type { Covered } from '../../../mirror/covered.ts';
import { type Entry, withChanges } from '../../../mirror/entry.ts';
import { type StagedShards, StagedShardsWriter } from '../../../mirror/files/staged-shards.ts';
import { append } from '../append.ts';
import type { Part } from './day-batches.ts';

/** What was read from a part of the journals. */
export interface Filled {
  /** Its messages; `undefined` if there are none. */
  readonly staged: StagedShards | undefined;
  readonly problems: Covered['problems'];
  /** Lines that belong to messages of another day, such as later edits, byte for byte. */
  readonly others: readonly string[];
}

export interface Source {
  /** The repository's name. */
  readonly repository: string;
  readonly blobs: Pick<BlobReader, 'readClipped'>;
  /** The folder of the mirror. */
  readonly directory: string;
}

/** A part with more than this in lines for messages of other days is not worth staging. In characters. */
const MOST_OTHERS = 256 * 1024;

/** Reads a part of a repository's journals and stages its messages. `undefined` if that is not worth it. */
export async function fillPart(source: Source, part: Part, name: string): Promise<Filled | undefined> {
  const { repository, blobs, directory } = source;
  const writer = new StagedShardsWriter(directory, name);
  const problems: Record<string, Covered['problems'][string]> = {};
  const others: string[] = [];
  let characters = 0;
  const journals = part.flatMap(({ day, journals: ofDay }) => ofDay.map((journal) => ({ day, ...journal })));
  const read = async ({ day, path, id }: (typeof journals)[number]) => {
    return { day, path, bytes: await blobs.readClipped(id) };
  };
  // Another program may use the same id on two days.
  const earlier = new Set<string>();
  let today = '';
  let byId = new Map<string, Line[]>();
  for await (const { day, path, bytes } of readAhead(journals, read)) {
    if (day !== today) {
      await writer.add(entriesOf(byId, repository));
      for (const id of byId.keys()) earlier.add(id);
      [today, byId] = [day, new Map()];
    }
    const journal = readJournal(bytes ?? Buffer.alloc(0));
    if (journal.problems.length > 0) problems[path] = journal.problems;
    for (const line of journal.lines) {
      if (line.createdAt.startsWith(day) && !earlier.has(line.id)) {
        append(byId, line.id, line);
        continue;
      }
      others.push(line.raw);
      characters += line.raw.length;
    }
    if (characters > MOST_OTHERS) {
      await writer.abandon();
      return undefined;
    }
  }
  await writer.add(entriesOf(byId, repository));
  return { staged: await writer.end(), problems, others };
}

function entriesOf(byId: ReadonlyMap<string, readonly Line[]>, repository: string): Entry[] {
  return [...byId.values()].flatMap((lines) => {
    const found = lines.map((line) => ({ line, commit: null }));
    return withChanges(undefined, repository, found) ?? [];
  });
}
