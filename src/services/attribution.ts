import type { BlobReader } from '../git/blobs.ts';
import { logFiles, logTrailers, type TrailerCommit } from '../git/log.ts';
import type { GitContext } from '../git/run.ts';
import { type Line, timeOf } from '../journal/line.ts';
import { readJournal } from '../journal/split.ts';

/**
 * Finds the commit that brought each line onto the branch: the first in `range`, parents before children.
 * Trailers tell it for what was captured; where they do not, or leave a doubt, the contents of the files do,
 * which is slower. A line that no commit of the range brought is left out.
 */
export async function findCommits(
  context: GitContext,
  blobs: BlobReader,
  range: readonly string[],
  wanted: readonly Line[],
): Promise<Map<string, string>> {
  if (wanted.length === 0) return new Map();
  const found = byTrailers(await logTrailers(context, range), wanted);
  const rest = wanted.filter((line) => !found.has(line.hash));
  if (rest.length > 0) await findByContents(context, blobs, range, rest, found);
  return found;
}

/** Lines of one message with one time and as many commits that name both: they belong together in order. */
function byTrailers(commits: readonly TrailerCommit[], wanted: readonly Line[]): Map<string, string> {
  const candidates = new Map<string, string[]>();
  for (const { commit, time, ids } of commits) {
    // A commit with several ids captured another program's lines: its time says nothing of each.
    for (const id of ids) append(candidates, ids.length === 1 ? `${id} ${time}` : `${id} *`, commit);
  }
  const groups = new Map<string, Line[]>();
  for (const line of new Map(wanted.map((one) => [one.hash, one])).values()) {
    append(groups, `${line.id} ${Math.max(0, Math.floor(Date.parse(timeOf(line)) / 1000))}`, line);
  }
  const found = new Map<string, string>();
  for (const [key, lines] of groups) {
    const commitsOfKey = candidates.get(key) ?? [];
    const distinct = new Set(lines.map((line) => line.revision)).size === lines.length;
    if (commitsOfKey.length !== lines.length || !distinct) continue;
    const inOrder = [...lines].sort((a, b) => a.revision - b.revision);
    inOrder.forEach((line, index) => {
      found.set(line.hash, commitsOfKey[index] ?? '');
    });
  }
  return found;
}

async function findByContents(
  context: GitContext,
  blobs: BlobReader,
  range: readonly string[],
  wanted: readonly Line[],
  found: Map<string, string>,
): Promise<void> {
  const open = new Set(wanted.map((line) => line.hash));
  // All of the journal, since a line may have come in another file than the one that holds it now.
  const commits = await logFiles(context, range);
  for (const { commit, changes } of commits) {
    if (open.size === 0) return;
    for (const { before, after } of changes) {
      const [old, now] = await Promise.all([readBlob(blobs, before), readBlob(blobs, after)]);
      for (const hash of newHashes(old, now)) {
        if (!open.delete(hash)) continue;
        found.set(hash, commit);
      }
    }
  }
}

const readBlob = async (blobs: BlobReader, id: string | null): Promise<Buffer> =>
  (id === null ? null : await blobs.read(id)) ?? Buffer.alloc(0);

function newHashes(before: Buffer, after: Buffer): string[] {
  const old = new Set(readJournal(before).lines.map((line) => line.hash));
  return readJournal(after)
    .lines.map((line) => line.hash)
    .filter((hash) => !old.has(hash));
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
