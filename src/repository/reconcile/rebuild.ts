import { readAhead } from '../../async/read-ahead.ts';
import { listJournals, type TreeEntry } from '../../git/tree.ts';
import type { Line } from '../../journal/line.ts';
import { oldestFirst } from '../../journal/path.ts';
import { readInTurns } from '../../journal/split.ts';
import type { Database } from '../../mirror/database.ts';
import { fill, nothingFilled } from './bulk/fill.ts';
import { coveredAt, type Reading, uncommitted } from './catch-up.ts';
import type { Problems } from './differences.ts';
import { mirrorLines } from './mirror-lines.ts';

/** Reads everything on the branch. Returns how many messages changed. The commits of the lines are found later. */
export async function rebuild(reading: Reading, tip: string | null): Promise<number> {
  const { clone, mirror } = reading;
  // If the mirror holds nothing of this repository, it cannot hold too much, so there is no need to compare
  // afterwards.
  const isNew = mirror.size === 0 || (!mirror.covered(clone.name) && mirror.countIn(clone.name) === 0);
  const present = isNew ? undefined : new Set<string>();
  let changed = 0;
  const mirrored = async (added: readonly Line[], gone: readonly Line[] = []) => {
    await mirror.room();
    const changes = await mirrorLines(mirror, clone.name, added.map(uncommitted), gone);
    changed += changes.length;
    reading.onChanges(changes);
  };
  const all = tip === null ? [] : await listJournals(clone.git, tip);
  const { messages, others, left, ...rest } = present ? nothingFilled(all) : await fill(reading, all);
  const problems: Record<string, Problems[string]> = { ...rest.problems };
  const read = async ({ path, id }: TreeEntry) => {
    const bytes = await clone.blobs.readClipped(id);
    return { path, journal: await readInTurns(bytes ?? Buffer.alloc(0)) };
  };
  for await (const { path, journal } of readAhead(oldestFirst(left), read)) {
    if (journal.problems.length > 0) problems[path] = journal.problems;
    for (const line of journal.lines) present?.add(line.hash);
    await mirrored(journal.lines);
  }
  await mirrored(others);
  if (present) await mirrored([], await linesBeyond(mirror, clone.name, present));
  mirror.cover(clone.name, coveredAt({ clone, mirror }, tip, problems));
  if (messages + changed > 0 || (present && present.size > 0)) reading.onUnattributed();
  return messages + changed;
}

/** The lines that the mirror holds of a repository but that are not on its branch. */
async function linesBeyond(mirror: Database, name: string, present: ReadonlySet<string>): Promise<Line[]> {
  const beyond: Line[] = [];
  for await (const entries of mirror.walk()) {
    for (const { held } of entries) {
      for (const { line, commits } of held.values()) {
        if (commits.has(name) && !present.has(line.hash)) beyond.push(line);
      }
    }
  }
  return beyond;
}
