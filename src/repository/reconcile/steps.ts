import { listJournals, type TreeEntry } from '../../git/tree.ts';
import type { Line } from '../../journal/line.ts';
import { oldestFirst } from '../../journal/path.ts';
import { isIn } from '../../mirror/search/filter.ts';
import { fill } from './bulk/fill.ts';
import { coveredAt, type Reading, uncommitted, type Way } from './catch-up.ts';
import { readDifference, withoutMoved } from './differences.ts';
import { mirrorLines } from './mirror-lines.ts';

const FILES_A_STEP = 32;

/**
 * Reads a long range in steps and lets captures take their turn between them. It needs no lock, since a capture only
 * adds lines, both to the branch and to the mirror. Returns how many messages changed.
 */
export async function catchUpInSteps(reading: Reading, way: Way): Promise<number> {
  const { clone, mirror, signal } = reading;
  const { name } = clone;
  const removed: Line[] = [];
  // A message with lines in several files changes in several steps.
  const changed = new Set<string>();
  const filled = await fill(reading, await allNew(way, reading));
  const mirrored = async (added: readonly Line[], gone: readonly Line[] = []) => {
    await mirror.room();
    const changes = await mirrorLines(mirror, name, added.map(uncommitted), gone);
    for (const { before, after } of changes) {
      const isCounted = filled.messages > 0 && before && isIn(before, name);
      if (!isCounted) changed.add((after ?? before)?.id ?? '');
    }
    reading.onChanges(changes);
  };
  let problems = { ...way.covered.problems, ...filled.problems };
  const all = oldestFirst(filled.messages > 0 ? filled.left.map(asNew) : way.changes);
  for (let index = 0; index < all.length; index += FILES_A_STEP) {
    if (signal.aborted) return changed.size;
    const difference = await readDifference(clone, all.slice(index, index + FILES_A_STEP), problems);
    problems = difference.problems;
    for (const line of difference.removed) removed.push(line);
    await mirrored(difference.added);
  }
  if (signal.aborted) return changed.size;
  await mirrored(filled.others);
  if (removed.length > 0) await mirrored([], await withoutMoved(clone, way.tip, removed));
  const { towards } = mirror.covered(name) ?? {};
  // If this is missing, the mirror was rebuilt in the meantime, from everything on the branch.
  if (towards !== undefined) mirror.cover(name, coveredAt({ clone, mirror }, towards, problems));
  reading.onUnattributed();
  return filled.messages + changed.size;
}

/** The journals of the range, if all of them are new; otherwise none. */
const allNew = async ({ base, tip }: Way, { clone }: Reading): Promise<TreeEntry[]> =>
  base === null && tip !== null ? listJournals(clone.git, tip) : [];

const asNew = ({ path, id }: TreeEntry) => ({ path, before: null, after: id });
