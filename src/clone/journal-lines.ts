import { type JournalChange, listJournals } from '../git/tree.ts';
import type { Line } from '../journal/line.ts';
import { type LineProblem, readInTurns } from '../journal/split.ts';
import type { Clone } from './clone.ts';

/**
 * Reads which lines a journal holds, and which ones a change added or removed. A journal is named by its blob; `null`
 * means that the file does not exist.
 */

type Reader = Pick<Clone, 'blobs'>;

/** The two states of a journal to compare. */
type States = Pick<JournalChange, 'before' | 'after'>;

/** The readable lines of a journal, in file order. */
export async function linesOf({ blobs }: Reader, blob: string | null): Promise<readonly Line[]> {
  return (await readInTurns(await contentOf(blobs, blob))).lines;
}

/** The readable lines of all journals of a commit, by their hash. */
export async function linesAt(
  clone: Pick<Clone, 'git' | 'blobs'>,
  commit: string,
): Promise<ReadonlyMap<string, Line>> {
  const lines = new Map<string, Line>();
  for (const { id } of await listJournals(clone.git, commit)) {
    for (const line of await linesOf(clone, id)) lines.set(line.hash, line);
  }
  return lines;
}

/** The lines that a journal has after a change but did not have before. */
export async function addedLines(clone: Reader, { before, after }: States): Promise<readonly Line[]> {
  const had = hashesOf(await linesOf(clone, before));
  return (await linesOf(clone, after)).filter(({ hash }) => !had.has(hash));
}

/** The lines that a journal had before a change but does not have after it. */
export const removedLines = (clone: Reader, { before, after }: States): Promise<readonly Line[]> =>
  addedLines(clone, { before: after, after: before });

/** What a change did to one journal. */
export interface LineChanges {
  /** Whether it only added bytes at the end. If so, `added` and `problems` are those of the new part. */
  readonly isAppended: boolean;
  readonly added: readonly Line[];
  readonly removed: readonly Line[];
  readonly problems: readonly LineProblem[];
}

/** Reads what a change did to a journal. If it only appended to the file, only the new part is parsed. */
export async function readChange(clone: Reader, { before, after }: States): Promise<LineChanges> {
  const [old, now] = await Promise.all([contentOf(clone.blobs, before), contentOf(clone.blobs, after)]);
  const isAppended = old.length > 0 && old.at(-1) === LF && now.subarray(0, old.length).equals(old);
  if (isAppended) {
    const { lines, problems } = await readInTurns(now.subarray(old.length), countLines(old) + 1);
    return { isAppended, added: lines, removed: [], problems };
  }
  const [earlier, later] = [await readInTurns(old), await readInTurns(now)];
  const [had, has] = [hashesOf(earlier.lines), hashesOf(later.lines)];
  return {
    isAppended,
    added: later.lines.filter(({ hash }) => !had.has(hash)),
    removed: earlier.lines.filter(({ hash }) => !has.has(hash)),
    problems: later.problems,
  };
}

export const hashesOf = (lines: readonly Line[]): Set<string> => new Set(lines.map(({ hash }) => hash));

const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

const contentOf = async (blobs: Reader['blobs'], blob: string | null): Promise<Buffer> =>
  (blob === null ? null : await blobs.readClipped(blob)) ?? NOTHING;

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) lines += 1;
  return lines;
}
