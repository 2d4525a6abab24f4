import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NewCommit } from '../../git/importer.ts';
import { isAncestor } from '../../git/refs.ts';
import { diffJournals } from '../../git/tree.ts';
import { cleanName, trailersOf } from '../../journal/commit.ts';
import { mergeLines } from '../../journal/merge.ts';
import { readJournal } from '../../journal/split.ts';
import { branchRef, type Clone, resolveIn } from '../clones/clone.ts';
import { broughtByUs } from './brought.ts';

/** How often the branch is tried to be moved while another git holds it, 50 ms apart. */
const TRIES = 100;

/**
 * Puts back what a person's commits took out without meaning to, before anybody sees it gone. Runs under the clone's lock.
 * Returns the tip that nothing is missing from: the branch may be further by then, which has not been looked at.
 *
 * @param followed tells what index and work tree were last brought to, the newest first
 * @param known the branch as the mirror knows it
 */
export async function keepOverlooked(
  clone: Clone,
  followed: () => Promise<readonly (string | null)[]>,
  known: string | null,
): Promise<string | null> {
  for (let tries = 1; ; tries += 1) {
    const tip = await resolveIn(clone, branchRef(clone));
    if (tip === known || tip === null) return tip;
    const commits = await restoringCommits(clone, await followed(), known, tip);
    const last = commits.length === 0 ? undefined : (await clone.importer.write(tip, commits)).at(-1);
    if (last === undefined) return tip;
    if (await clone.mover.move(clone.settings.branch, tip, last)) return last;
    // Whoever moved it meanwhile may have left out the same lines; whoever only holds it lets go of it.
    if (tries === TRIES) return tip;
    await delay(50);
  }
}

async function restoringCommits(
  clone: Clone,
  followed: readonly (string | null)[],
  known: string | null,
  tip: string,
): Promise<NewCommit[]> {
  for (const [index, commit] of [...new Set(followed)].entries()) {
    const overlooked = await findOverlooked(clone, commit, known, tip);
    const later = followed.slice(0, index);
    const isLeft = (one: Overlooked) => index === 0 || isInWorkTree(clone, one, later);
    const commits: NewCommit[] = [];
    for (const one of overlooked) if (await isLeft(one)) commits.push(restoring(clone, one));
    if (commits.length > 0) return commits;
  }
  return [];
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
 *
 * @param later what index and work tree were brought to since that older index
 */
async function isInWorkTree(
  { git, blobs }: Clone,
  { path, captured }: Overlooked,
  later: readonly (string | null)[],
): Promise<boolean> {
  const content = await readFile(join(git.directory, path)).catch(() => undefined);
  if (content === undefined) return false;
  if (content.equals(captured)) return true;
  for (const commit of later) {
    const written = commit === null ? null : await blobs.read(`${commit}:${path}`);
    if (written?.equals(content)) return true;
  }
  return false;
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
