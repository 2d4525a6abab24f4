import { addedLines } from '../../clone/journal-lines.ts';
import type { BlobReader } from '../../git/blobs.ts';
import { type FileCommit, filesOf, logFiles, logTrailers, type TrailerCommit } from '../../git/log.ts';
import type { GitContext } from '../../git/run.ts';
import { type Line, parentName, timeOf } from '../../journal/line.ts';
import { append } from './append.ts';

/** Where commits are searched: a clone's objects and the contents of its files. */
export interface History {
  readonly git: GitContext;
  readonly blobs: BlobReader;
}

/**
 * Finds the commit that brought each line onto the branch: the first in `range`, parents before children. For
 * captured lines, the trailers say which one it was. If they don't, or if they leave a doubt, the contents of the
 * files are compared, which is slower. Lines that no commit of the range brought are left out.
 */
export async function findCommits(
  history: History,
  range: readonly string[],
  wanted: readonly Line[],
): Promise<Map<string, string>> {
  if (wanted.length === 0) return new Map();
  const ids = new Set(wanted.map((line) => line.id));
  const commits: TrailerCommit[] = [];
  for await (const some of logTrailers(history.git, range)) {
    for (const commit of some) {
      if (commit.ids.length === 0 || commit.ids.some((id) => ids.has(id))) commits.push(commit);
    }
  }
  const found = byTrailers(commits, wanted);
  const open = new Set(wanted.map((line) => line.hash).filter((hash) => !found.has(hash)));
  if (open.size > 0) {
    // A capture names what it brings, so of our own commits only those that name one of these messages are examined.
    const openIds = new Set(wanted.filter((line) => open.has(line.hash)).map((line) => line.id));
    const likely = commits.filter(
      ({ ids: names }) => names.length === 0 || names.some((id) => openIds.has(id)),
    );
    const changes = await filesOf(
      history.git,
      likely.map(({ commit }) => commit),
    );
    await byContents(history, changes, open, found);
  }
  if (open.size > 0) await byContents(history, await logFiles(history.git, range), open, found);
  return found;
}

/** A line's own time in whole seconds, which is what git keeps of it. */
export const secondOf = (line: Line): number => Math.max(0, Math.floor(Date.parse(timeOf(line)) / 1000));

/**
 * Matches lines of one message and one time with as many commits that name both. They are paired in order if each
 * line follows from the one before it. Two devices may have changed one message in the same second, in either order.
 */
function byTrailers(commits: readonly TrailerCommit[], wanted: readonly Line[]): Map<string, string> {
  const candidates = new Map<string, string[]>();
  for (const { commit, time, ids } of commits) {
    // A commit with several ids captured lines of another program, so its time says nothing about each of them.
    for (const id of ids) append(candidates, ids.length === 1 ? `${id} ${time}` : `${id} *`, commit);
  }
  const groups = new Map<string, Line[]>();
  for (const line of new Map(wanted.map((one) => [one.hash, one])).values()) {
    append(groups, `${line.id} ${secondOf(line)}`, line);
  }
  const found = new Map<string, string>();
  for (const [key, lines] of groups) {
    const commitsOfKey = candidates.get(key) ?? [];
    const inOrder = [...lines].sort((a, b) => a.revision - b.revision);
    if (commitsOfKey.length !== lines.length || !isChain(inOrder)) continue;
    inOrder.forEach((line, index) => {
      found.set(line.hash, commitsOfKey[index] ?? '');
    });
  }
  return found;
}

const isChain = (lines: readonly Line[]): boolean =>
  lines.every(
    (line, index) => index === 0 || line.parents.includes(parentName(lines[index - 1]?.hash ?? '')),
  );

/** Removes what is found from `open`. */
async function byContents(
  history: History,
  commits: readonly FileCommit[],
  open: Set<string>,
  found: Map<string, string>,
): Promise<void> {
  for (const { commit, changes } of commits) {
    if (open.size === 0) return;
    for (const change of changes) {
      for (const { hash } of await addedLines(history, change)) {
        if (open.delete(hash)) found.set(hash, commit);
      }
    }
  }
}
