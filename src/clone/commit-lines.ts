import { readAhead } from '../async/read-ahead.ts';
import { isAncestor } from '../git/refs.ts';
import { GitClosed, type GitContext, text } from '../git/run.ts';
import { diffJournals, listJournals } from '../git/tree.ts';
import type { Line } from '../journal/line.ts';
import { hashInTurns } from '../journal/split.ts';
import { LineSet } from '../mirror/line-set.ts';
import type { CommitLines } from '../mirror/past.ts';
import type { Clone } from './clone.ts';
import { removedLines } from './journal-lines.ts';

/** The commits of the branch that match an id or its first digits. */
export async function commitsOnBranch(clone: Clone, digits: string): Promise<string[]> {
  const { tip, git, blobs } = clone;
  if (tip === null) return [];
  const found: string[] = [];
  for (const id of await idsWith(git, digits)) {
    if ((await blobs.commitOf(id)) === id && (await isAncestor(git, id, tip))) found.push(id);
  }
  return found;
}

/** Looks only for objects, never for a ref with such a name. */
async function idsWith(git: GitContext, digits: string): Promise<string[]> {
  const ids = await text(git, ['rev-parse', `--disambiguate=${digits.toLowerCase()}`]);
  return ids === '' ? [] : ids.split('\n');
}

/** Reads which lines the journals of a commit hold. Nothing else of the journals stays in memory. */
export async function readCommitLines(
  clone: Clone,
  commit: string,
  signal: AbortSignal,
): Promise<CommitLines> {
  const lines = new LineSet();
  let latest = Number.NEGATIVE_INFINITY;
  const journals = await listJournals(clone.git, commit);
  for await (const bytes of readAhead(journals, ({ id }) => clone.blobs.readClipped(id))) {
    if (signal.aborted) throw new GitClosed('cat-file');
    await hashInTurns(bytes ?? Buffer.alloc(0), (hash, line) => {
      lines.add(hash);
      latest = Math.max(latest, latestIn(line));
    });
  }
  return { commit, lines, latest };
}

const CREATED = /(?<!\\)"createdAt" ?: ?"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/;
const KEYS = /(?<!\\)"(?:createdAt"|[^"\\]*\\u[^"]*"\s*:)/g;

/**
 * When a line was created at the latest, without parsing it. Unknown if the key is there twice, if a letter is
 * escaped by its number, or if the date has another form.
 */
function latestIn(line: Buffer): number {
  const json = line.toString('latin1');
  const time = Date.parse(CREATED.exec(json)?.[1] ?? '');
  const isPlain = !Number.isNaN(time) && (json.match(KEYS)?.length ?? 0) === 1;
  return isPlain ? time : Number.POSITIVE_INFINITY;
}

/** The lines that changed files have lost since a commit. The branch may no longer hold them. */
export async function* lostSince(clone: Clone, commit: string, tip: string): AsyncGenerator<Line> {
  for (const change of await diffJournals(clone.git, commit, tip)) {
    if (change.before !== null) yield* await removedLines(clone, change);
  }
}
