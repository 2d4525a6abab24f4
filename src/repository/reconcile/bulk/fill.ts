import type { TreeEntry } from '../../../git/tree.ts';
import { type Line, readLine } from '../../../journal/line.ts';
import type { Covered } from '../../../mirror/covered.ts';
import type { Database } from '../../../mirror/database.ts';
import { compareKeys, type Key } from '../../../mirror/entry.ts';
import type { StagedShards } from '../../../mirror/files/staged-shards.ts';
import type { Reading } from '../catch-up.ts';
import { journalsIn, type Part, partsOf, sizeOf } from './day-batches.ts';

/** The result of reading some journals. */
export interface FilledJournals {
  /** How many messages were read from them. */
  readonly messages: number;
  readonly problems: Covered['problems'];
  /** Lines that still have to be mirrored. */
  readonly others: readonly Line[];
  /** Journals that still have to be read line by line. */
  readonly left: readonly TreeEntry[];
}

/** The most that is held in memory of lines that are mirrored at the end. In characters. */
const MOST_OTHERS = 32 * 1024 * 1024;

/**
 * Reads journals that the mirror holds nothing of yet. Large parts are read in parallel, into those ranges of the
 * timeline that are still empty. All other journals are left over.
 */
export async function fill(reading: Reading, journals: readonly TreeEntry[]): Promise<FilledJournals> {
  const { clone, mirror, filler, signal } = reading;
  if (!filler || sizeOf(journals) < filler.worth) return nothingFilled(journals);
  const { parts, left } = partsOf(journals);
  const leave = (part: Part) => {
    for (const journal of journalsIn(part)) left.push(journal);
  };
  const [fitting, others]: [Part[], Line[]] = [[], []];
  for (const part of parts) {
    if (await isEmptyFor(mirror, part)) fitting.push(part);
    else leave(part);
  }
  const problems: Record<string, Covered['problems'][string]> = {};
  let [messages, characters] = [0, 0];
  // A thread gets copies, so it gets nothing else of how git runs here.
  const { directory, environment, settings } = clone.git;
  const data = {
    git: { directory, environment, settings },
    repository: clone.name,
    directory: mirror.directory,
  };
  await filler.fill(
    data,
    fitting,
    async (part, filled) => {
      if (!filled || characters > MOST_OTHERS) return leave(part);
      const { staged } = filled;
      if (staged && !(await mirror.adopt(clone.name, staged))) return leave(part);
      Object.assign(problems, filled.problems);
      for (const raw of filled.others) {
        others.push(readLine(raw));
        characters += raw.length;
      }
      messages += staged?.size ?? 0;
      if (staged && reading.isAnnounced()) await tell(reading, staged);
    },
    signal,
  );
  return { messages, problems, others, left };
}

/** The result if all journals still have to be read line by line. */
export const nothingFilled = (journals: readonly TreeEntry[]): FilledJournals => ({
  messages: 0,
  problems: {},
  others: [],
  left: journals,
});

/** Reports all messages of staged shards that are now in the mirror. */
async function tell({ mirror, onChanges }: Reading, { first, last }: StagedShards): Promise<void> {
  const before: Key = { time: last.time, id: AFTER_EVERY_ID };
  for await (const entries of mirror.walk({ before, since: first.time })) {
    const inside = entries.filter(({ key }) => compareKeys(key, first) >= 0 && compareKeys(key, last) <= 0);
    onChanges(inside.map((after) => ({ before: undefined, after })));
  }
}

function isEmptyFor(mirror: Database, part: Part): Promise<boolean> {
  const [first, last] = [part[0]?.day, part.at(-1)?.day];
  const [from, to] = [Date.parse(`${first}T00:00:00.000Z`), Date.parse(`${last}T23:59:59.999Z`)];
  const end: Key = { time: to, id: AFTER_EVERY_ID };
  return Number.isNaN(from) || Number.isNaN(to)
    ? Promise.resolve(false)
    : mirror.isFree({ time: from, id: '' }, end);
}

const AFTER_EVERY_ID = '~';
