import { readAhead } from '../../async/read-ahead.ts';
import type { Clone } from '../../clone/clone.ts';
import { hashesOf, linesAt, readChange } from '../../clone/journal-lines.ts';
import { run } from '../../git/run.ts';
import type { JournalChange } from '../../git/tree.ts';
import type { Line } from '../../journal/line.ts';
import { JOURNAL_FOLDER } from '../../journal/path.ts';
import { readInTurns } from '../../journal/split.ts';
import type { Covered } from '../../mirror/covered.ts';

export type Problems = Covered['problems'];

/** The lines that changed journal files gained and lost. */
export interface Difference {
  readonly added: readonly Line[];
  readonly removed: readonly Line[];
  readonly problems: Problems;
}

/**
 * Reads what changed in some journal files. `known` are the problems of all files so far, and the result has those of
 * all files, too.
 */
export async function readDifference(
  clone: Clone,
  changes: readonly JournalChange[],
  known: Problems,
): Promise<Difference> {
  const added = new Map<string, Line>();
  const removed = new Map<string, Line>();
  const problems: Record<string, Problems[string]> = { ...known };
  const read = async (change: JournalChange) => ({ change, difference: await readChange(clone, change) });
  for await (const { change, difference } of readAhead(changes, read)) {
    for (const line of difference.added) added.set(line.hash, line);
    for (const line of difference.removed) removed.set(line.hash, line);
    const all = difference.isAppended
      ? [...(known[change.path] ?? []), ...difference.problems]
      : difference.problems;
    if (all.length > 0) problems[change.path] = all;
    else delete problems[change.path];
  }
  for (const hash of added.keys()) removed.delete(hash);
  return { added: [...added.values()], removed: [...removed.values()], problems };
}

/** A line that one file lost may still be in another, so lost lines are looked for in all journals. */
export async function withoutMoved(
  clone: Clone,
  tip: string | null,
  removed: readonly Line[],
): Promise<Line[]> {
  if (removed.length === 0 || tip === null) return [...removed];
  const ids = [...new Set(removed.map((line) => line.id))];
  const present = (await findByIds(clone, tip, ids)) ?? (await linesAt(clone, tip));
  return removed.filter((line) => !present.has(line.hash));
}

// Overrides a person's settings for how matches are shown.
const PLAIN = [
  '--text',
  '--no-textconv',
  '--no-color',
  '--no-line-number',
  '--no-column',
  '--no-heading',
  '--no-break',
  '--no-recurse-submodules',
  '-h',
];

/** The hashes of the lines that belong to certain messages; `undefined` if git could not say. */
async function findByIds(
  { git }: Clone,
  tip: string,
  ids: readonly string[],
): Promise<Set<string> | undefined> {
  const journals = `:(glob)${JOURNAL_FOLDER}/**/*.jsonl`;
  const args = ['grep', ...PLAIN, '--ignore-case', '--fixed-strings', '-f', '-', tip, '--', journals];
  const { code, stdout } = await run(git, args, {
    input: `${ids.join('\n')}\n`,
    environment: { GIT_LITERAL_PATHSPECS: '0' },
  });
  if (code !== 0 && code !== 1) return undefined;
  return hashesOf((await readInTurns(stdout)).lines);
}
