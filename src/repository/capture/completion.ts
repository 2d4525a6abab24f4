import type { Line } from '../../journal/line.ts';
import type { Database } from '../../mirror/database.ts';
import { isIn } from '../../mirror/search/filter.ts';
import type { Captured } from './queue.ts';

/**
 * A message that is in several repositories has the same lines in each. If one of them lacks some, because it was
 * unreachable or on another device, they are copied to it verbatim, parents first.
 */
export async function completeLines(
  mirror: Database,
  repository: string,
  capture: (line: Line) => Promise<Captured>,
): Promise<void> {
  for (const id of mirror.partial()) {
    const entry = await mirror.read(id);
    if (!entry || !isIn(entry, repository)) continue;
    for (const line of entry.folded.lines) {
      if (entry.held.get(line.hash)?.commits.has(repository)) continue;
      if (!(await capture(line)).ok) return;
    }
  }
}
