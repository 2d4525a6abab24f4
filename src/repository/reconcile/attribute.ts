import type { Clone } from '../../clone/clone.ts';
import { logTrailers, type TrailerCommit } from '../../git/log.ts';
import { resolve } from '../../git/refs.ts';
import type { Line } from '../../journal/line.ts';
import type { Database } from '../../mirror/database.ts';
import type { FoundLine } from '../../mirror/entry.ts';
import { findCommits, secondOf } from './find-commits.ts';
import { noteCommits } from './mirror-lines.ts';

/** The most lines held in memory at once. */
const LINES_AT_ONCE = 100_000;

/**
 * Finds the commits of all lines of a clone that came without one, after a rebuild or a large pull. Messages do not
 * change. The history is read once, in ranges, and contents are only read if the trailers leave something open.
 */
export async function attribute(clone: Clone, mirror: Database, signal: AbortSignal): Promise<void> {
  const tip = await resolve(clone.git, clone.tip ?? '');
  if (tip === null) return;
  const doubtful = new Set<string>();
  for await (const commits of logTrailers(clone.git, [tip])) {
    if (signal.aborted) return;
    await mirror.room();
    for (const commit of commits) await noteCapture(mirror, clone.name, commit, doubtful);
    await new Promise((wake) => setImmediate(wake));
  }
  for (;;) {
    const open = await openLines(mirror, clone.name, doubtful);
    const commits = signal.aborted ? new Map<string, string>() : await findCommits(clone, [tip], open);
    if (commits.size === 0) return;
    const found = open.flatMap((line): FoundLine[] => {
      const commit = commits.get(line.hash);
      return commit === undefined ? [] : [{ line, commit }];
    });
    await noteCommits(mirror, clone.name, found);
    for (const hash of commits.keys()) doubtful.delete(hash);
  }
}

/**
 * A commit that names one message is taken for the one that brought the line with the same time, unless there is a
 * doubt.
 */
async function noteCapture(
  mirror: Database,
  name: string,
  { commit, time, ids }: TrailerCommit,
  doubtful: Set<string>,
): Promise<void> {
  const [id] = ids;
  const entry = id === undefined || ids.length > 1 ? undefined : await mirror.read(id);
  const lines = [...(entry?.held.values() ?? [])]
    .filter(({ line, commits }) => commits.has(name) && secondOf(line) === time)
    .sort((a, b) => a.line.revision - b.line.revision);
  if (lines.some(({ commits }) => commits.get(name) === commit)) return;
  const next = lines.find(({ commits }) => commits.get(name) === null);
  const isClear = new Set(lines.map(({ line }) => line.revision)).size === lines.length;
  if (next && isClear) await noteCommits(mirror, name, [{ line: next.line, commit }]);
  else for (const { line } of lines) doubtful.add(line.hash);
}

/** Lines whose commit is unknown or doubtful. */
async function openLines(mirror: Database, name: string, doubtful: ReadonlySet<string>): Promise<Line[]> {
  const open: Line[] = [];
  for await (const entries of mirror.walk()) {
    for (const { held } of entries) {
      for (const { line, commits } of held.values()) {
        const isOpen = commits.get(name) === null || (commits.has(name) && doubtful.has(line.hash));
        if (isOpen) open.push(line);
      }
    }
    if (open.length >= LINES_AT_ONCE) return open;
  }
  return open;
}
