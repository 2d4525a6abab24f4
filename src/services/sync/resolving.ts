import { commitTree, mergeTrees, replaceInTree, storeBlob } from '../../git/merge.ts';
import { resolve } from '../../git/refs.ts';
import { output } from '../../git/run.ts';
import { listJournals } from '../../git/tree.ts';
import type { Line } from '../../journal/line.ts';
import { mergeLines } from '../../journal/merge.ts';
import { branchRef, type Clone, trackingRef } from '../clones/clone.ts';
import { linesOf } from '../clones/lines.ts';
import { lostTips, remoteBackups, settleAt } from './rewritten.ts';

/**
 * Settles a rewritten history for one side and returns the lines that are to be captured again, or `null` where the
 * branch was moved by somebody else or the remote has none. Runs under the clone's lock; the mirror is to be
 * reconciled before and after it.
 */
export async function settleFor(clone: Clone, keep: 'local' | 'remote'): Promise<readonly Line[] | null> {
  const side = keep === 'remote' ? await remoteSide(clone) : await localSide(clone);
  if (side === null || !(await settleAt(clone, side.target))) return null;
  return side.again;
}

interface Chosen {
  /** The commit that the branch is to be moved to. */
  readonly target: string;
  /** Lines that are to be captured again on top of it. */
  readonly again: readonly Line[];
}

/** A merge that holds all lines of the old tips, the branch and the remote. */
async function localSide(clone: Clone): Promise<Chosen | null> {
  const tips = await allTips(clone);
  const [branch] = tips;
  if (branch === undefined) return null;
  const remote = await resolve(clone.git, trackingRef(clone));
  const merged = remote === null ? undefined : await mergeTrees(clone.git, branch, remote);
  const base = merged?.outcome === 'merged' ? merged.tree : await treeOf(clone, branch);
  const records: string[] = [];
  for (const [path, blobs] of await journalsOf(clone, tips)) {
    const [only] = blobs;
    const id = blobs.size === 1 ? only : await mergeBlobs(clone, [...blobs].sort());
    records.push(`100644 ${id}\t${path}\0`);
  }
  const tree = await replaceInTree(clone.git, base, records);
  const message = `Keep all messages of a rewritten history\n\nDevice: ${clone.settings.device}\n`;
  return { target: await commitTree(clone.git, tree, tips, message, clone.identity), again: [] };
}

/** One blob with the lines of all. */
async function mergeBlobs(clone: Clone, blobs: readonly string[]): Promise<string> {
  let content: Buffer = Buffer.alloc(0);
  for (const blob of blobs) {
    content = mergeLines(Buffer.alloc(0), content, (await clone.blobs.read(blob)) ?? Buffer.alloc(0));
  }
  return storeBlob(clone.git, content);
}

/** The branch, the remote's branch and the old tips, each once, the branch first. */
async function allTips(clone: Clone): Promise<string[]> {
  const [branch, remote] = [
    await resolve(clone.git, branchRef(clone)),
    await resolve(clone.git, trackingRef(clone)),
  ];
  const lost = await lostTips(clone);
  return [...new Set([branch, remote, ...lost].filter((tip) => tip !== null))];
}

async function journalsOf(clone: Clone, tips: readonly string[]): Promise<Map<string, Set<string>>> {
  const journals = new Map<string, Set<string>>();
  for (const tip of tips) {
    for (const { path, id } of await listJournals(clone.git, tip)) {
      journals.set(path, (journals.get(path) ?? new Set()).add(id));
    }
  }
  return journals;
}

/** The remote's tip, and on top the lines that the branch holds and that no remote tip that we have seen ever did. */
async function remoteSide(clone: Clone): Promise<Chosen | null> {
  const target = await resolve(clone.git, trackingRef(clone));
  if (target === null) return null;
  const seen = new Set<string>();
  for (const tip of [target, ...(await remoteBackups(clone))]) {
    for (const line of await allLines(clone, tip)) seen.add(line.hash);
  }
  const branch = await resolve(clone.git, branchRef(clone));
  const own = branch === null ? [] : await allLines(clone, branch);
  return { target, again: own.filter((line) => !seen.has(line.hash)) };
}

async function allLines(clone: Clone, commit: string): Promise<Line[]> {
  const lines = new Map<string, Line>();
  for (const { id } of await listJournals(clone.git, commit)) {
    for (const line of await linesOf(clone, id)) lines.set(line.hash, line);
  }
  // Parents first, so that every commit on the way holds whole messages.
  return [...lines.values()].sort((a, b) => a.revision - b.revision);
}

async function treeOf(clone: Clone, commit: string): Promise<string> {
  return (await output(clone.git, ['rev-parse', `${commit}^{tree}`])).toString().trim();
}
