import type { Held } from '../../async/mutex.ts';
import { type Clone, resolveIn, trackingRef } from '../../clone/clone.ts';
import { isRewritten, rewrittenTrouble } from '../../clone/rewritten.ts';
import type { Trouble } from '../../domain/repository.ts';
import { renewDevice } from '../../git/clone.ts';
import { commitTree, mergeTrees } from '../../git/merge.ts';
import { isAncestor, listCommits } from '../../git/refs.ts';
import { output, run } from '../../git/run.ts';
import { diffTrees, isAbsent, isFile, type TreeChange } from '../../git/tree.ts';
import { rawLines } from '../../journal/merge.ts';
import { isNamedAfter, JOURNAL_FOLDER } from '../../journal/path.ts';
import type { Mover, Reconciled } from '../reconcile/reconciler.ts';

/** The result of joining the remote's branch into ours. */
export interface Joined {
  /** Resolves to the number of messages that came in, once all of them are read. */
  readonly pulled: Promise<number>;
  readonly trouble?: Trouble;
}

const NOTHING: Joined = { pulled: Promise.resolve(0) };

/**
 * Takes what is on the remote's branch into ours, within milliseconds: a fast-forward, or a merge that needs no work
 * tree. `switched` if a person has chosen another branch since the fetch.
 *
 * @param reconcile makes the mirror agree with the branch
 */
export async function join(
  clone: Clone,
  held: Held,
  branch: string,
  reconcile: (held: Held, by: Mover) => Promise<Reconciled | undefined>,
): Promise<Joined | 'switched'> {
  if (clone.settings.branch !== branch) return 'switched';
  for (;;) {
    await reconcile(held, 'anybody');
    if (await isRewritten(clone)) return { ...NOTHING, trouble: rewrittenTrouble };
    const [ours, theirs] = [clone.tip, await resolveIn(clone, trackingRef(clone))];
    if (theirs === null || ours === theirs) return NOTHING;
    if (ours !== null && (await isAncestor(clone.git, theirs, ours))) return NOTHING;
    const target = await meet(clone, ours, theirs);
    if (typeof target !== 'string') return { ...NOTHING, trouble: target };
    await keepDeviceApart(clone, held, ours, theirs);
    if (!(await clone.mover.move(clone.settings.branch, ours, target))) continue;
    clone.syncMoved(held, { from: ours, to: target });
    const reconciled = await reconcile(held, { syncedTo: target });
    return { pulled: reconciled?.changed ?? NOTHING.pulled };
  }
}

/** The commit that holds both sides: theirs if ours has nothing more, otherwise a merge. */
async function meet(clone: Clone, ours: string | null, theirs: string): Promise<string | Trouble> {
  if (ours === null || (await isAncestor(clone.git, ours, theirs))) return theirs;
  const merged = await mergeTrees(clone.git, ours, theirs);
  if (merged.outcome === 'conflicted') return conflict(merged.paths, clone.settings.branch);
  if (await isOnlyOurMerges(clone, ours, theirs, merged.tree)) return theirs;
  const { branch, device } = clone.settings;
  return commitTree(
    clone.git,
    merged.tree,
    [ours, theirs],
    `${MERGE_SUBJECT}${branch}\n\nDevice: ${device}\n`,
    clone.identity,
  );
}

const MERGE_SUBJECT = 'Merge origin/';

/** Whether our only commits beyond the remote are merges that this program made and that add nothing to it. */
async function isOnlyOurMerges(clone: Clone, ours: string, theirs: string, tree: string): Promise<boolean> {
  const treeOf = async (commit: string) =>
    (await output(clone.git, ['rev-parse', `${commit}^{tree}`])).toString().trim();
  if ((await treeOf(theirs)) !== tree) return false;
  const range = [ours, `^${theirs}`];
  if ((await listCommits(clone.git, ['--no-merges', '--max-count=1', ...range])).length > 0) return false;
  const { stdout } = await run(clone.git, [
    'log',
    '--format=%s%x00%(trailers:key=Device,valueonly)',
    ...range,
    '--',
  ]);
  const merges = stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  return merges.every((line) => {
    const [subject = '', device = ''] = line.split('\0');
    return subject.startsWith(MERGE_SUBJECT) && device === clone.settings.device;
  });
}

const conflict = (paths: readonly string[], branch: string): Trouble => ({
  status: 'conflicted',
  detail: `Both sides changed ${paths.slice(0, 5).join(', ')}, which cannot be merged here. Nothing was changed.`,
  action: `Merge the remote branch by hand in the clone (git pull --no-rebase origin ${branch}), commit, and push again. Messages are captured as before.`,
});

/**
 * Takes a new id for this device if the remote has files with this device's id that it did not get from here: the
 * folder was copied, or someone chose such a name. What kind of files they are does not matter, nor whether their
 * lines can be read.
 */
async function keepDeviceApart(clone: Clone, held: Held, ours: string | null, theirs: string): Promise<void> {
  const changes = await diffTrees(clone.git, ours, theirs, [JOURNAL_FOLDER]);
  for (const change of changes) {
    if (isAbsent(change.newMode) || !isNamedAfter(change.path, clone.settings.device)) continue;
    if (await isOwn(clone, change)) continue;
    return clone.configured(held, { device: await renewDevice(clone.git) });
  }
}

/** Whether the remote's version of a file has no line that ours lacks. */
async function isOwn({ blobs }: Clone, { oldMode, oldId, newMode, newId }: TreeChange): Promise<boolean> {
  if (!isFile(oldMode) || !isFile(newMode)) return false;
  const [own, other] = [await blobs.readClipped(oldId), await blobs.readClipped(newId)];
  if (own === null || other === null) return false;
  if (own.subarray(0, other.length).equals(other)) return true;
  const known = new Set(rawLines(own));
  return rawLines(other).every((line) => known.has(line));
}
