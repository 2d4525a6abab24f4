import { readFile, stat } from 'node:fs/promises';
import { gitPath, hasUsualPaths, isWholeClone } from './paths.ts';
import { isNested } from './ref-names.ts';
import { type GitContext, GitError, output, run, text } from './run.ts';

/** The id of the commit that a ref or expression names, or `null` if there is none. */
export async function resolve(context: GitContext, revision: string): Promise<string | null> {
  const result = await run(context, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${revision}^{commit}`,
  ]);
  // Any other code is a failure, which must not be mistaken for a missing branch.
  if (result.code !== 0 && result.code !== 1) throw new GitError('rev-parse', result);
  return result.code === 0 ? result.stdout.toString().trim() : null;
}

/**
 * Whether a clone certainly has no ref of a full name: there is no file for it, and then no line in `packed-refs`,
 * which is also where and in which order git looks (gitrepository-layout(5)). False if that is uncertain, or if the
 * clone is not complete.
 */
export async function isSurelyAbsent(context: GitContext, ref: string): Promise<boolean> {
  if (!hasUsualPaths(context) || !ref.startsWith('refs/')) return false;
  const [file, packed] = [await gitPath(context, ref), await gitPath(context, 'packed-refs')];
  if (!(await isMissing(stat(file)))) return false;
  const lines = readFile(packed, 'utf8');
  if (!(await isMissing(lines)) && (await lines.catch(() => ref)).includes(ref)) return false;
  return isWholeClone(context);
}

const isMissing = (found: Promise<unknown>): Promise<boolean> =>
  found.then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );

/** The branch that is checked out, or `null` if HEAD is detached. The branch may not have a commit yet. */
export async function checkedOut(context: GitContext): Promise<string | null> {
  const result = await run(context, ['symbolic-ref', '--quiet', 'HEAD']);
  if (result.code === 1) return null;
  if (result.code !== 0) throw new GitError('symbolic-ref', result);
  // Not git's own short form, which depends on what else has this name.
  return result.stdout
    .toString()
    .trim()
    .replace(/^refs\/heads\//, '');
}

/**
 * Whether a branch is checked out. HEAD's file is read first. git is only started if the file does not name the
 * branch, since git may keep HEAD elsewhere.
 */
export async function isCheckedOut(context: GitContext, branch: string): Promise<boolean> {
  const head = await readFile(await gitPath(context, 'HEAD'), 'utf8').catch(() => '');
  return head === `ref: refs/heads/${branch}\n` || (await checkedOut(context)) === branch;
}

/** Every ref below a prefix with its commit. */
export async function listRefs(context: GitContext, prefix: string): Promise<Map<string, string>> {
  const lines = await text(context, ['for-each-ref', '--format=%(refname) %(objectname)', prefix]);
  return new Map(
    lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' ') as [string, string]),
  );
}

export async function setRef(context: GitContext, ref: string, id: string | null): Promise<void> {
  await output(context, id === null ? ['update-ref', '-d', ref] : ['update-ref', ref, id]);
}

/**
 * The refs below a prefix that git cannot keep next to one of this name, because one name is a folder of the other.
 *
 * @param prefix such as `refs/heads/`
 * @returns their names below the prefix
 */
export async function findNested(context: GitContext, prefix: string, name: string): Promise<string[]> {
  const parts = name.split('/');
  // A pattern matches the ref of that name and all refs below it.
  const patterns = parts.map((_, index) => prefix + parts.slice(0, index + 1).join('/'));
  const lines = await text(context, ['for-each-ref', '--format=%(refname)', ...patterns]);
  const found = lines.split('\n').filter((line) => line.startsWith(prefix));
  return found.map((line) => line.slice(prefix.length)).filter((other) => isNested(other, name));
}

/**
 * Drops the tracking refs that keep git from storing where a branch of the remote is. The remote has that branch, so
 * it cannot have those any more. Returns whether there were any.
 */
export async function dropStaleTracking(context: GitContext, branch: string): Promise<boolean> {
  const stale = await findNested(context, TRACKING, branch);
  if (stale.length === 0) return false;
  await updateRefs(
    context,
    stale.map((name) => ({ ref: `${TRACKING}${name}`, to: null })),
  );
  return true;
}

const TRACKING = 'refs/remotes/origin/';

/** Stores where a branch of the remote is, and drops the tracking refs of branches that cannot exist alongside it. */
export async function setTracking(context: GitContext, branch: string, id: string): Promise<void> {
  try {
    await setRef(context, `${TRACKING}${branch}`, id);
  } catch (error) {
    if (!(await dropStaleTracking(context, branch))) throw error;
    await setRef(context, `${TRACKING}${branch}`, id);
  }
}

/** A ref and its new commit, `null` to delete it. `from` is the commit it must have had before, if that matters. */
export interface RefUpdate {
  readonly ref: string;
  readonly to: string | null;
  readonly from?: string | null;
}

/** Moves several refs in one transaction. If one of them cannot be moved, throws a {@link GitError} and moves none. */
export async function updateRefs(context: GitContext, updates: readonly RefUpdate[]): Promise<void> {
  const input = updates.map(({ ref, to, from }) => {
    const old = from === undefined ? '' : ` ${from ?? '0'.repeat(to?.length ?? 40)}`;
    return to === null ? `delete ${ref}${old}\n` : `update ${ref} ${to}${old}\n`;
  });
  await output(context, ['update-ref', '--stdin', '-m', 'gitpost'], { input: input.join('') });
}

/** Which commits descend from which, as found by earlier queries. A positive answer never changes. */
const descents = new WeakMap<GitContext, Set<string>>();
const MOST_DESCENTS = 1000;

/** Whether `ancestor` and its whole history are part of the history of `descendant`. */
export async function isAncestor(
  context: GitContext,
  ancestor: string,
  descendant: string,
): Promise<boolean> {
  if (ancestor === descendant) return true;
  const known = descents.get(context);
  if (known?.has(`${ancestor} ${descendant}`)) return true;
  if (known?.has(`${descendant} ${ancestor}`)) return false;
  const result = await run(context, ['merge-base', '--is-ancestor', ancestor, descendant]);
  if (result.code === 0) {
    noteDescent(context, ancestor, descendant);
    return true;
  }
  if (result.code === 1) return false;
  // A commit that git no longer has is not part of anything.
  if (/Not a valid commit name/.test(result.stderr)) return false;
  throw new GitError('merge-base', result);
}

/** Notes that a commit and its whole history are part of the history of another, so git is not asked. */
export function noteDescent(context: GitContext, ancestor: string, descendant: string): void {
  if (!isId(ancestor) || !isId(descendant)) return;
  const known = descents.get(context) ?? new Set();
  if (known.size >= MOST_DESCENTS) known.clear();
  descents.set(context, known.add(`${ancestor} ${descendant}`));
}

/** Whether a name is the full id of an object, so its meaning never changes. */
export const isId = (name: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name);

/** How many commits each of two histories has that the other lacks. */
export interface Apart {
  readonly ahead: number;
  readonly behind: number;
}

/** The last two commits that were compared. A sync asks about the same two several times. */
const lastApart = new WeakMap<GitContext, { readonly pair: string; readonly apart: Apart }>();

/** Counts how far two histories are apart; `null` is an empty history. */
export async function countApart(
  context: GitContext,
  ours: string | null,
  theirs: string | null,
): Promise<Apart> {
  if (ours === theirs) return { ahead: 0, behind: 0 };
  const pair = `${ours} ${theirs}`;
  const last = lastApart.get(context);
  if (last?.pair === pair) return last.apart;
  const apart = await askApart(context, ours, theirs);
  // What an id means never changes.
  if ([ours, theirs].every((side) => side === null || isId(side))) lastApart.set(context, { pair, apart });
  return apart;
}

async function askApart(context: GitContext, ours: string | null, theirs: string | null): Promise<Apart> {
  const sides = ours === null || theirs === null ? [ours ?? theirs ?? ''] : [`${ours}...${theirs}`];
  const counts = await text(context, ['rev-list', '--left-right', '--count', ...sides, '--']);
  const [left = 0, right = 0] = counts.split('\t').map(Number);
  if (ours !== null && theirs !== null && left === 0) noteDescent(context, ours, theirs);
  if (ours !== null && theirs !== null && right === 0) noteDescent(context, theirs, ours);
  // For a single history, git counts each commit on the right side.
  return ours === null || theirs !== null ? { ahead: left, behind: right } : { ahead: right, behind: left };
}

/**
 * Writes a commit-graph, so git need not read the commits one by one to find out whether one descends from another.
 * With a hundred thousand commits that takes a tenth of the time.
 */
export async function writeCommitGraph(context: GitContext, signal?: AbortSignal): Promise<void> {
  const args = ['commit-graph', 'write', '--reachable', '--split', '--no-progress'];
  await run(context, args, signal ? { signal } : {});
}

/** The ids of all commits in a range. */
export async function listCommits(context: GitContext, range: readonly string[]): Promise<string[]> {
  const lines = await text(context, ['rev-list', ...range, '--']);
  return lines === '' ? [] : lines.split('\n');
}

/** git's file for a branch has at most 255 bytes, including `.lock`, and GitHub accepts no longer name either. */
const MOST_BRANCH_BYTES = 244;

// Names that git would take for an option, for something other than a branch, or for the folder of the remote's HEAD.
const ODD_BRANCH = /^(?:-|refs\/|HEAD\/|HEAD$|@$|FETCH_HEAD$)/;

/** Whether a name can be a branch, here and on any remote: git allows it, and no git takes it for something else. */
export async function isBranchName(context: GitContext, name: string): Promise<boolean> {
  if (ODD_BRANCH.test(name) || /[\p{Cc}\p{Cs}]/u.test(name)) return false;
  if (Buffer.byteLength(name) > MOST_BRANCH_BYTES) return false;
  // Not `--branch`, which reads `@{-1}` as the previous branch.
  return (await run(context, ['check-ref-format', `refs/heads/${name}`])).code === 0;
}
