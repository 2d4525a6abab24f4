import type { Trouble } from '../domain/repository.ts';
import { readConfig, writeConfig } from '../git/clone.ts';
import { commitTree, mergeTrees, replaceInTree, storeBlob } from '../git/merge.ts';
import { isAncestor, listRefs, resolve, setRef } from '../git/refs.ts';
import { output } from '../git/run.ts';
import { diffJournals, listJournals } from '../git/tree.ts';
import type { Line } from '../journal/line.ts';
import { mergeLines } from '../journal/merge.ts';
import { readJournal } from '../journal/split.ts';
import { branchRef, type Clone, trackingRef } from './clone.ts';

/**
 * Histories that lost lines: a branch that a person has reset, or a remote that was force-pushed. Nothing of it is
 * undone or followed by itself: the old tip is kept under `refs/gitpost/backup/`, and syncing stops until a person
 * says which side to keep.
 */

type Side = 'branch' | 'remote';

const FLAG = 'gitpost.rewritten';

/** Where the last known tip of the branch, or of the remote's branch, is kept with the clone. */
const knownRef = (clone: Clone, side: Side): string => `refs/gitpost/known/${side}/${clone.settings.branch}`;

export const rewrittenTrouble: Trouble = {
  status: 'rewritten',
  detail:
    'The history was rewritten: the branch, or the branch of the remote, lost messages that it held before. The state before is kept under refs/gitpost/backup/ in the clone.',
  action:
    'Choose which side to keep: the local one brings all messages back, the remote one gives up what the remote has lost. Messages are captured as before; nothing is sent or fetched until then.',
};

/** Whether a rewritten history waits for a person's choice. */
export const isRewritten = async (clone: Clone): Promise<boolean> =>
  (await readConfig(clone.git, FLAG)) !== null;

/** Takes note of where a side is now, so that a later tip can be held against it. */
export async function noteKnown(clone: Clone, side: Side, tip: string | null): Promise<void> {
  const ref = knownRef(clone, side);
  if ((await resolve(clone.git, ref)) === tip) return;
  await setRef(clone.git, ref, tip).catch(() => undefined);
}

/** Forgets the remote's known tip: what comes next is a first contact. */
export const forgetKnownRemote = (clone: Clone): Promise<void> => noteKnown(clone, 'remote', null);

/**
 * Holds the tip of a side against the last one known, and takes it as the known one. Where it does not descend from
 * that and lines are missing, the old tip is kept and the repository is rewritten from now on.
 */
export async function checkSide(clone: Clone, side: Side, before?: string | null): Promise<boolean> {
  const ref = side === 'branch' ? branchRef(clone) : trackingRef(clone);
  const tip = await resolve(clone.git, ref);
  const known = before ?? (await resolve(clone.git, knownRef(clone, side)));
  // A remote branch that is gone is filled again by the next push; a branch of ours that is gone has lost its lines.
  if (known === null || (tip === null && side === 'remote')) {
    if (tip !== null) await noteKnown(clone, side, tip);
    return false;
  }
  const isOn = tip !== null && (await isAncestor(clone.git, known, tip));
  const lost = !isOn && (await losesLines(clone, known, tip));
  if (lost) {
    const stamp = new Date().toISOString().replace(/[:.]/g, '-');
    await setRef(clone.git, `refs/gitpost/backup/${side}-${stamp}`, known);
    await writeConfig(clone.git, FLAG, `${side} ${known}`);
  }
  await noteKnown(clone, side, tip);
  return lost;
}

async function losesLines(clone: Clone, before: string, after: string | null): Promise<boolean> {
  const missing = new Set<string>();
  const present = new Set<string>();
  for (const change of await diffJournals(clone.git, before, after)) {
    for (const line of await linesOf(clone, change.before)) missing.add(line.hash);
    for (const line of await linesOf(clone, change.after)) present.add(line.hash);
  }
  return [...missing].some((hash) => !present.has(hash));
}

async function linesOf(clone: Clone, blob: string | null): Promise<readonly Line[]> {
  const bytes = blob === null ? null : await clone.blobs.read(blob);
  return bytes === null ? [] : readJournal(bytes).lines;
}

/**
 * Settles a rewritten history for the local side: a merge that holds all lines of the old tip, the branch and the
 * remote. Runs under the clone's lock; returns the commit that the branch is to be moved to.
 */
async function keepLocal(clone: Clone): Promise<string | null> {
  const tips = await allTips(clone);
  const [branch] = tips;
  if (branch === undefined) return null;
  const remote = await resolve(clone.git, trackingRef(clone));
  const merged = remote === null ? undefined : await mergeTrees(clone.git, branch, remote);
  const base = merged?.outcome === 'merged' ? merged.tree : await treeOf(clone, branch);
  const records: string[] = [];
  for (const [path, blobs] of await journalsOf(clone, tips)) {
    let content: Buffer = Buffer.alloc(0);
    for (const blob of [...blobs].sort()) {
      content = mergeLines(Buffer.alloc(0), content, (await clone.blobs.read(blob)) ?? Buffer.alloc(0));
    }
    records.push(`100644 ${await storeBlob(clone.git, content)}\t${path}\0`);
  }
  const tree = await replaceInTree(clone.git, base, records);
  const { device } = clone.settings;
  return commitTree(
    clone.git,
    tree,
    tips,
    `Keep all messages of a rewritten history\n\nDevice: ${device}\n`,
    clone.identity,
  );
}

/** The branch, the remote's branch and the old tip, each once, the branch first. */
async function allTips(clone: Clone): Promise<string[]> {
  const flag = (await readConfig(clone.git, FLAG)) ?? '';
  const tips = [
    await resolve(clone.git, branchRef(clone)),
    await resolve(clone.git, trackingRef(clone)),
    await resolve(clone.git, flag.split(' ')[1] ?? ''),
  ];
  return [...new Set(tips.filter((tip) => tip !== null))];
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

/**
 * Settles a rewritten history for the remote's side. Returns its tip, and the lines that the branch holds and that no
 * remote tip that we have seen ever did: they are to be captured again. Runs under the clone's lock.
 */
async function keepRemote(
  clone: Clone,
): Promise<{ readonly tip: string; readonly lines: readonly Line[] } | null> {
  const tip = await resolve(clone.git, trackingRef(clone));
  if (tip === null) return null;
  const branch = await resolve(clone.git, branchRef(clone));
  const backups = [...(await listRefs(clone.git, 'refs/gitpost/backup/'))].filter(([ref]) =>
    ref.includes('/remote-'),
  );
  const seen = new Set<string>();
  for (const remote of [tip, ...backups.map(([, id]) => id)]) {
    for (const line of await allLines(clone, remote)) seen.add(line.hash);
  }
  const own = branch === null ? [] : await allLines(clone, branch);
  return { tip, lines: own.filter((line) => !seen.has(line.hash)) };
}

async function allLines(clone: Clone, commit: string): Promise<Line[]> {
  const lines = new Map<string, Line>();
  for (const { id } of await listJournals(clone.git, commit)) {
    for (const line of await linesOf(clone, id)) lines.set(line.hash, line);
  }
  // Parents first, so that every commit on the way holds whole messages.
  return [...lines.values()].sort((a, b) => a.revision - b.revision);
}

/**
 * Settles a rewritten history for one side and returns the lines that are to be captured again, or `null` where the
 * branch was moved by somebody else or the remote has none. Runs under the clone's lock.
 *
 * @param reconcile makes the mirror agree with the branch
 */
export async function settleFor(
  clone: Clone,
  keep: 'local' | 'remote',
  reconcile: () => Promise<unknown>,
): Promise<readonly Line[] | null> {
  await reconcile();
  const branch = clone.tip;
  const remote = keep === 'remote' ? await keepRemote(clone) : null;
  const target = keep === 'remote' ? (remote?.tip ?? null) : await keepLocal(clone);
  if (target === null || !(await clone.mover.move(clone.settings.branch, branch, target))) return null;
  await settleRewritten(clone, branch);
  await reconcile();
  // Moving to the remote's side loses what the person has given up, which is no rewriting of its own.
  await settleRewritten(clone, null);
  return remote?.lines ?? [];
}

/** Ends the rewritten state; the branch's tip until now is kept too. */
async function settleRewritten(clone: Clone, branch: string | null): Promise<void> {
  if (branch !== null) {
    const stamp = new Date().toISOString().replace(/[:.]/g, '-');
    await setRef(clone.git, `refs/gitpost/backup/branch-${stamp}`, branch);
  }
  await output(clone.git, ['config', '--local', '--unset-all', FLAG]).catch(() => undefined);
  await noteKnown(clone, 'branch', await resolve(clone.git, branchRef(clone)));
  await noteKnown(clone, 'remote', await resolve(clone.git, trackingRef(clone)));
}

async function treeOf(clone: Clone, commit: string): Promise<string> {
  return (await output(clone.git, ['rev-parse', `${commit}^{tree}`])).toString().trim();
}
