import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewCommit } from '../../git/importer.ts';
import { isAncestor, resolve } from '../../git/refs.ts';
import { diffJournals } from '../../git/tree.ts';
import { cleanName, trailersOf } from '../../journal/commit.ts';
import { mergeLines } from '../../journal/merge.ts';
import { readJournal } from '../../journal/split.ts';
import { branchRef, type Clone } from '../clones/clone.ts';
import { broughtByUs } from './brought.ts';

/**
 * Puts back what a person's commit took out without meaning to, before anybody sees it gone. Runs under the clone's lock.
 *
 * @param followed what index and work tree were last brought to, the newest first
 * @param known the branch as the mirror knows it
 */
export async function keepOverlooked(
  clone: Clone,
  followed: readonly (string | null)[],
  known: string | null,
): Promise<void> {
  const tip = await resolve(clone.git, branchRef(clone));
  if (tip === known || tip === null) return;
  const [newest = null] = followed;
  for (const commit of new Set(followed)) {
    const overlooked = await findOverlooked(clone, commit, known, tip);
    const isLeft = (one: Overlooked) => commit === newest || isInWorkTree(clone, one);
    const commits: NewCommit[] = [];
    for (const one of overlooked) if (await isLeft(one)) commits.push(restoring(clone, one));
    const last = commits.length === 0 ? undefined : (await clone.importer.write(tip, commits)).at(-1);
    if (last === undefined) continue;
    await clone.mover.move(clone.settings.branch, tip, last);
    return;
  }
}

/** A journal as index and work tree had it, and as we had brought it onto the branch. */
interface Overlooked {
  readonly path: string;
  readonly before: Buffer;
  readonly captured: Buffer;
}

/**
 * Whether the file is still as we wrote it, though a commit does not have it: so that commit was made of an older index
 * than the one that we wrote with the file. Whoever takes a line out on purpose takes it out of the file, too.
 */
async function isInWorkTree({ git }: Clone, { path, captured }: Overlooked): Promise<boolean> {
  const content = await readFile(join(git.directory, path)).catch(() => undefined);
  return content?.equals(captured) ?? false;
}

/**
 * Finds the journals that a person's commit took back without meaning to. For a moment after a capture the index is
 * still behind the branch, as after a pull; a plain `git commit` in that moment brings the files as they were before. They are known by
 * being, to the byte, what index and work tree were last brought to.
 *
 * @param followed what index and work tree were last brought to
 * @param known the branch as it was before the person's commit
 * @param tip the branch with it
 */
async function findOverlooked(
  clone: Clone,
  followed: string | null,
  known: string | null,
  tip: string,
): Promise<Overlooked[]> {
  if (known === null || followed === known || !(await isAncestor(clone.git, known, tip))) return [];
  // Index and work tree are ahead of a mirror that was not saved any more: nothing was behind the branch then.
  if (followed !== null && !(await isAncestor(clone.git, followed, known))) return [];
  const behind = new Map(
    (await diffJournals(clone.git, followed, known)).map((change) => [change.path, change]),
  );
  if (behind.size === 0) return [];
  const overlooked: Overlooked[] = [];
  const isOurs = await broughtByUs(clone);
  for (const { path, after } of await diffJournals(clone.git, known, tip)) {
    const own = behind.get(path);
    if (!own || own.before !== after || !isOurs(path)) continue;
    const read = async (id: string | null) =>
      (id === null ? null : await clone.blobs.read(id)) ?? Buffer.alloc(0);
    const [before, captured] = [await read(own.before), await read(own.after)];
    overlooked.push({ path, before, captured });
  }
  return overlooked;
}

/** The commit that puts the lines back. */
function restoring({ identity, settings }: Clone, { path, before, captured }: Overlooked): NewCommit {
  const had = new Set(readJournal(before).lines.map((line) => line.hash));
  const ids = readJournal(captured).lines.flatMap((line) => (had.has(line.hash) ? [] : [line.id]));
  const subject = 'Keep messages that a commit left out';
  return {
    author: { name: cleanName(identity.name), email: cleanName(identity.email) },
    time: Math.floor(Date.now() / 1000),
    message: `${subject}\n\n${trailersOf(ids, settings.device)}`,
    path,
    content: mergeLines(before, captured, before),
  };
}
