import type { Held } from '../../async/mutex.ts';
import { writeChain } from '../../clone/chain.ts';
import { branchRef, type Clone, trackingRef } from '../../clone/clone.ts';
import { addedLines, linesAt } from '../../clone/journal-lines.ts';
import { isRewritten, lostTips, remoteBackups, settleAt } from '../../clone/rewritten.ts';
import { fail, ok, type Result } from '../../domain/result.ts';
import { BlobTooLarge } from '../../git/blobs.ts';
import { listAttachments, trueBlob } from '../../git/files.ts';
import { commitTree, journalRecords, mergeTrees, replaceInTree, storeBlob } from '../../git/merge.ts';
import { isAncestor, resolve } from '../../git/refs.ts';
import { GitError, output } from '../../git/run.ts';
import { diffJournals, filesAt, listJournals } from '../../git/tree.ts';
import type { Line } from '../../journal/line.ts';
import { mergeLines } from '../../journal/merge.ts';
import { attachmentOf, isKept } from '../../journal/path.ts';
import type { Mover } from '../reconcile/reconciler.ts';

/**
 * Settles a rewritten history in favour of one side: completely, or not at all if that fails. The branch moves once,
 * to a commit that already has everything, so an interruption at any point loses nothing. The failure is `busy` if
 * the branch is being changed or the remote has none, and `unavailable` if a journal is too large to merge or git
 * could not write.
 *
 * @param reconcile makes the mirror agree with the branch
 */
export async function settleFor(
  clone: Clone,
  keep: 'local' | 'remote',
  reconcile: (held: Held, by: Mover) => Promise<unknown>,
): Promise<Result<void>> {
  try {
    // The slow part is written before anyone has to wait for the clone.
    const prepared = keep === 'remote' ? await remoteSide(clone) : undefined;
    return await clone.mutex.run(async (held) => {
      await reconcile(held, 'anybody');
      const target = prepared === undefined ? await localSide(clone) : await withLater(clone, prepared);
      if (target === null || !(await settleAt(clone, held, target))) return BUSY;
      await reconcile(held, 'choice');
      return ok(undefined);
    });
  } catch (error) {
    if (error instanceof BlobTooLarge) return TOO_LARGE;
    // A full disk, or a folder that can't be written: if the choice was not made yet, it can still be made.
    if (error instanceof GitError && (await isRewritten(clone))) return refused(error);
    throw error;
  }
}

const BUSY = fail(
  'busy',
  'The branch is being changed at the moment, or the remote has none. Nothing was changed; try again.',
);
const TOO_LARGE = fail(
  'unavailable',
  'A journal that both sides changed is too large to be merged here. Nothing was changed. Merge the two histories with git, or keep the other side.',
);
const refused = ({ stderr }: GitError) =>
  fail(
    'unavailable',
    `git could not write: ${stderr.trim().split('\n')[0]} Nothing was changed; try again.`,
    {
      retryAfter: 5,
    },
  );

/** A merge that holds all lines of the old tips, the branch and the remote. */
async function localSide(clone: Clone): Promise<string | null> {
  const tips = await allTips(clone);
  const [branch] = tips;
  if (branch === undefined) return null;
  const remote = await resolve(clone.git, trackingRef(clone));
  const merged = remote === null ? undefined : await mergeTrees(clone.git, branch, remote);
  const journals = new Map<string, string>();
  for (const [path, blobs] of await journalsOf(clone, tips)) {
    const [only] = blobs;
    const id = blobs.size === 1 ? only : await mergeBlobs(clone, [...blobs].sort());
    journals.set(path, `100644 ${id}`);
  }
  const others =
    remote !== null && merged?.outcome === 'conflicted'
      ? await besideOurs(clone, merged.paths, branch, remote)
      : [];
  const base = merged?.tree ?? (await treeOf(clone, branch));
  const tree = await replaceInTree(clone.git, base, [
    ...others,
    ...journalRecords(journals),
    ...(await attachmentRecords(clone, tips)),
  ]);
  const message = `Keep all messages of a rewritten history\n\nDevice: ${clone.settings.device}\n`;
  return commitTree(clone.git, tree, tips, message, clone.identity);
}

/** If both sides changed another file, ours stays and the remote's is added next to it under a different name. */
async function besideOurs(
  { git }: Clone,
  paths: readonly string[],
  branch: string,
  remote: string,
): Promise<string[]> {
  const others = paths.filter((path) => !isKept(path));
  if (others.length === 0) return [];
  const [ours, theirs] = [await filesAt(git, branch, others), await filesAt(git, remote, others)];
  const idAt = new Map(ours.map(({ path, id }) => [path, id]));
  const apart = theirs
    .filter(({ path, id }) => idAt.has(path) && idAt.get(path) !== id)
    .map((entry) => ({ ...entry, path: `${entry.path}.remote-${remote.slice(0, 7)}` }));
  return [...ours, ...apart].map(({ mode, id, path }) => `${mode} ${id}\t${path}\0`);
}

/** The tree records that add every attachment of some commits. */
async function attachmentRecords({ git }: Clone, tips: readonly string[]): Promise<string[]> {
  const blobs = new Map<string, Set<string>>();
  for (const tip of tips) {
    for (const { path, id } of await listAttachments(git, tip))
      blobs.set(path, (blobs.get(path) ?? new Set()).add(id));
  }
  const records: string[] = [];
  for (const [path, ids] of blobs) {
    const [only = ''] = ids;
    const id = ids.size === 1 ? only : await trueBlob(git, attachmentOf(path) ?? '', [...ids]);
    records.push(`100644 ${id}\t${path}\0`);
  }
  return records;
}

/** One blob with the lines of all of them. */
async function mergeBlobs(clone: Clone, blobs: readonly string[]): Promise<string> {
  let content: Buffer = Buffer.alloc(0);
  for (const blob of blobs) {
    content = mergeLines(Buffer.alloc(0), content, (await clone.blobs.read(blob)) ?? Buffer.alloc(0));
  }
  return storeBlob(clone.git, content);
}

/** The branch, the remote's branch and the old tips, without duplicates, the branch first. */
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

/** A commit that settles for the remote, and the tip of our branch whose lines it includes. */
interface Prepared {
  readonly target: string;
  readonly branch: string | null;
}

/** The remote's tip plus the lines that our branch holds and that were not on any tip of the remote we have seen. */
async function remoteSide(clone: Clone): Promise<Prepared | null> {
  const remote = await resolve(clone.git, trackingRef(clone));
  if (remote === null) return null;
  const seen = new Set<string>();
  for (const tip of [remote, ...(await remoteBackups(clone))]) {
    for (const hash of (await linesAt(clone, tip)).keys()) seen.add(hash);
  }
  const branch = await resolve(clone.git, branchRef(clone));
  const own = branch === null ? [] : (await linesAt(clone, branch)).values();
  const again = parentsFirst(own).filter((line) => !seen.has(line.hash));
  return { target: await writeChain(clone, remote, again, branch), branch };
}

/** Adds what was captured since then. `null` if the branch no longer contains the commit it was prepared from. */
async function withLater(clone: Clone, prepared: Prepared | null): Promise<string | null> {
  if (prepared === null) return null;
  const { target, branch } = prepared;
  const now = await resolve(clone.git, branchRef(clone));
  if (now === branch) return target;
  if (now === null || (branch !== null && !(await isAncestor(clone.git, branch, now)))) return null;
  const later = new Map<string, Line>();
  const changes = await diffJournals(clone.git, branch, now);
  for (const change of changes) {
    for (const line of await addedLines(clone, change)) later.set(line.hash, line);
  }
  return writeChain(clone, target, parentsFirst(later.values()), now);
}

/** This order keeps messages complete in every intermediate commit. */
const parentsFirst = (lines: Iterable<Line>): Line[] => [...lines].sort((a, b) => a.revision - b.revision);

async function treeOf(clone: Clone, commit: string): Promise<string> {
  return (await output(clone.git, ['rev-parse', `${commit}^{tree}`])).toString().trim();
}
