import { readAhead } from '../../async/read-ahead.ts';
import type { Clone } from '../../clone/clone.ts';
import { linesOf } from '../../clone/lines.ts';
import { run } from '../../git/run.ts';
import { type JournalChange, listJournals } from '../../git/tree.ts';
import type { Line } from '../../journal/line.ts';
import { JOURNAL_FOLDER } from '../../journal/path.ts';
import { readInTurns } from '../../journal/split.ts';
import type { Covered } from '../../mirror/covered.ts';

export type Problems = Covered['problems'];

/** What changed journal files brought and took, line by line. */
export interface Difference {
  readonly added: readonly Line[];
  readonly removed: readonly Line[];
  readonly problems: Problems;
}

/** Reads what changed in some journal files; `known` are the problems of all files until then, and so is what comes back. */
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
    const all = difference.appended
      ? [...(known[change.path] ?? []), ...difference.problems]
      : difference.problems;
    if (all.length > 0) problems[change.path] = all;
    else delete problems[change.path];
  }
  for (const hash of added.keys()) removed.delete(hash);
  return { added: [...added.values()], removed: [...removed.values()], problems };
}

/** Reads what a file gained and lost; of one that was only appended to, no more than the new part. */
async function readChange({ blobs }: Clone, { before, after }: JournalChange) {
  const [old, now] = await Promise.all([
    before ? blobs.readClipped(before) : null,
    after ? blobs.readClipped(after) : null,
  ]);
  const from = old ?? Buffer.alloc(0);
  const to = now ?? Buffer.alloc(0);
  const appended = from.length > 0 && from.at(-1) === LF && to.subarray(0, from.length).equals(from);
  if (appended) {
    const { lines, problems } = await readInTurns(to.subarray(from.length), countLines(from) + 1);
    return { appended, added: lines, removed: [], problems };
  }
  const [{ lines: earlier }, later] = [await readInTurns(from), await readInTurns(to)];
  const [had, has] = [hashes(earlier), hashes(later.lines)];
  return {
    appended,
    added: later.lines.filter((line) => !had.has(line.hash)),
    removed: earlier.filter((line) => !has.has(line.hash)),
    problems: later.problems,
  };
}

const LF = 0x0a;

const hashes = (lines: readonly Line[]): Set<string> => new Set(lines.map((line) => line.hash));

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) lines += 1;
  return lines;
}

/** A line that one file lost may still stand in another; so those that were lost are looked for in all of them. */
export async function withoutMoved(
  clone: Clone,
  tip: string | null,
  removed: readonly Line[],
): Promise<Line[]> {
  if (removed.length === 0 || tip === null) return [...removed];
  const ids = [...new Set(removed.map((line) => line.id))];
  const present = (await findByIds(clone, tip, ids)) ?? (await allHashes(clone, tip));
  return removed.filter((line) => !present.has(line.hash));
}

// Whatever a person's settings say of how matches are shown.
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

/** The hashes of the lines that name one of some messages; `undefined` where git could not tell. */
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
  return hashes((await readInTurns(stdout)).lines);
}

async function allHashes(clone: Clone, tip: string): Promise<Set<string>> {
  const all = new Set<string>();
  for (const { id } of await listJournals(clone.git, tip)) {
    for (const { hash } of await linesOf(clone, id)) all.add(hash);
  }
  return all;
}
