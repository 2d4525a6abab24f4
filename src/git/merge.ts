import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { mergeLines } from '../journal/merge.ts';
import { ATTACHMENT_FOLDER, attachmentOf, JOURNAL_FOLDER } from '../journal/path.ts';
import { trueBlob } from './files.ts';
import type { Identity } from './importer.ts';
import { gitPath, makeFolder } from './paths.ts';
import { type GitContext, GitError, output, run, text } from './run.ts';
import { diffTrees, hasUnsafeFolder, isAbsent, isFile, listJournals, type TreeChange } from './tree.ts';

/**
 * The result of a merge: a tree, or the files outside the journals that both sides changed, with the tree that git
 * made of all the others.
 */
export type Merged =
  | { readonly outcome: 'merged'; readonly tree: string }
  | { readonly outcome: 'conflicted'; readonly paths: readonly string[]; readonly tree: string };

/**
 * Merges two commits in the object store, without a work tree. Journals never conflict: if both sides changed a file,
 * all its lines are kept, regardless of which side is which, and a changed file wins over a deleted one. Attachments
 * never conflict either: one that is on either side stays.
 */
export async function mergeTrees(context: GitContext, ours: string, theirs: string): Promise<Merged> {
  const args = [
    'merge-tree',
    '--write-tree',
    '-z',
    '--name-only',
    '--no-messages',
    '--allow-unrelated-histories',
  ];
  const result = await run(context, [...args, ours, theirs]);
  if (result.code !== 0 && result.code !== 1) throw new GitError('merge-tree', result);
  const [tree = '', ...paths] = result.stdout
    .toString('utf8')
    .split('\0')
    .filter((part) => part !== '');
  const inside = (path: string) =>
    path.startsWith(`${JOURNAL_FOLDER}/`) || attachmentOf(path.replace(/~[0-9a-f]+$/, '')) !== undefined;
  const outside = [...new Set(paths)].filter((path) => !inside(path));
  // If one side has a folder with the name of a file, git moves the file aside to a name that contains the commit.
  const aside = paths.filter(
    (path) => inside(path) && (path.endsWith(`~${ours}`) || path.endsWith(`~${theirs}`)),
  );
  const clean = await replaceInTree(
    context,
    tree,
    aside.map((path) => removal(path, tree)),
  );
  if (result.code === 1 && outside.length > 0) return { outcome: 'conflicted', paths: outside, tree: clean };
  return mergeJournals(context, clean, ours, theirs, aside.length > 0);
}

/** We merge a journal that both sides changed up to this size, in bytes. A larger one is left to a person. */
const MAX_MERGED_BYTES = 16 * 1024 * 1024;

/**
 * Adds our own merge of each journal that both sides changed to a tree.
 *
 * @param isDisplaced whether one side has a folder with the name of a journal of the other
 */
async function mergeJournals(
  context: GitContext,
  tree: string,
  ours: string,
  theirs: string,
  isDisplaced: boolean,
): Promise<Merged> {
  const base = await mergeBase(context, ours, theirs);
  const byPath = (changes: readonly TreeChange[]) => new Map(changes.map((change) => [change.path, change]));
  const left = byPath(await diffTrees(context, base, ours, [JOURNAL_FOLDER]));
  const right = byPath(await diffTrees(context, base, theirs, [JOURNAL_FOLDER]));
  const merged = new Map<string, string>();
  const tooLarge: string[] = [];
  for (const [path, mine] of left) {
    const other = right.get(path);
    if (!other || (mine.newId === other.newId && mine.newMode === other.newMode)) continue;
    const blob = await mergeOne(context, mine, other);
    if (blob === null) tooLarge.push(path);
    else merged.set(path, blob);
  }
  if (tooLarge.length > 0) return { outcome: 'conflicted', paths: tooLarge, tree };
  const files = await mergeAttachments(context, tree, base, ours, theirs);
  const known = isDisplaced ? await listJournals(context, tree) : [];
  const all = new Map([...known.map(({ path, id }) => [path, `100644 ${id}`] as const), ...merged]);
  return { outcome: 'merged', tree: await replaceInTree(context, tree, [...journalRecords(all), ...files]) };
}

/** The tree records that restore attachments deleted on one side, and settle those that differ between the sides. */
async function mergeAttachments(
  context: GitContext,
  tree: string,
  base: string | null,
  ours: string,
  theirs: string,
): Promise<string[]> {
  const sides = [
    await diffTrees(context, base, ours, [ATTACHMENT_FOLDER]),
    await diffTrees(context, base, theirs, [ATTACHMENT_FOLDER]),
  ];
  const byPath = new Map<string, TreeChange[]>();
  for (const change of sides.flat()) byPath.set(change.path, [...(byPath.get(change.path) ?? []), change]);
  const records: string[] = [];
  for (const [path, changes] of byPath) {
    const sha256 = attachmentOf(path);
    const [first, second] = changes;
    if (sha256 === undefined || first === undefined) continue;
    // If only one side added it, it is already in the tree.
    if (second === undefined && isAbsent(first.oldMode)) continue;
    // The side that did not change it still has the common version.
    const other = second ?? { newMode: first.oldMode, newId: first.oldId };
    const ids = [first, other].filter(({ newMode }) => isFile(newMode)).map(({ newId }) => newId);
    if (ids.length === 0) continue;
    const [id] = new Set(ids).size === 1 ? ids : [await trueBlob(context, sha256, ids)];
    records.push(`100644 ${id}\t${path}\0`);
  }
  // If a file or a link has the name of the folder, a person has to act.
  return records.length > 0 && (await hasUnsafeFolder(context, tree)) ? [] : records;
}

/**
 * The tree records that add journals to a tree. If one journal has the name of a folder that another one is in, the
 * other gets a name based on its content, so neither replaces the other.
 *
 * @param journals the mode and the blob of each, by path
 */
export function journalRecords(journals: ReadonlyMap<string, string>): string[] {
  const records: string[] = [];
  const isFolder = (path: string) => foldersOf(path).some((folder) => journals.has(folder));
  const blobOf = (entry: string) => entry.split(' ')[1] ?? '';
  for (const [path, entry] of journals) if (isFolder(path)) records.push(removal(path, blobOf(entry)));
  for (const [path, entry] of journals) {
    const blob = blobOf(entry);
    records.push(`${entry}\t${isFolder(path) ? `${JOURNAL_FOLDER}/kept/${blob}.jsonl` : path}\0`);
  }
  return records;
}

/** The folders above a path. */
const foldersOf = (path: string): string[] =>
  [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));

/** The tree record that removes a file. `id` can be any id; it only shows how long ids are. */
const removal = (path: string, id: string): string => `0 ${'0'.repeat(id.length)}\t${path}\0`;

/** The mode and the blob of a journal with the lines of both sides; `null` if it is too large to merge. */
async function mergeOne(context: GitContext, mine: TreeChange, other: TreeChange): Promise<string | null> {
  if (isAbsent(mine.newId) || !isFile(mine.newMode)) return `${other.newMode} ${other.newId}`;
  // A link or a submodule in place of a journal holds no lines.
  if (isAbsent(other.newId) || !isFile(other.newMode)) return `${mine.newMode} ${mine.newId}`;
  // The order of the sides must not depend on who merges.
  const [first, second] = [mine.newId, other.newId].sort() as [string, string];
  const contents: Buffer[] = [];
  for (const id of [mine.oldId, first, second]) {
    const content = isAbsent(id) ? Buffer.alloc(0) : await readUpTo(context, id, MAX_MERGED_BYTES);
    if (content === null) return null;
    contents.push(content);
  }
  const content = mergeLines(...(contents as [Buffer, Buffer, Buffer]));
  return `100644 ${await storeBlob(context, content)}`;
}

async function readUpTo(context: GitContext, id: string, maxOutput: number): Promise<Buffer | null> {
  const result = await run(context, ['cat-file', 'blob', id], { maxOutput });
  if (result.overflowed) return null;
  if (result.code !== 0) throw new GitError('cat-file', result);
  return result.stdout;
}

/** Stores bytes as a blob, durably, and returns its id. */
export async function storeBlob(context: GitContext, content: Buffer): Promise<string> {
  return text(context, ['hash-object', '-w', '--stdin', '--no-filters'], { input: content });
}

/** A tree with some of its files replaced. They are given as records of `git update-index --index-info`. */
export async function replaceInTree(
  context: GitContext,
  tree: string,
  records: readonly string[],
): Promise<string> {
  if (records.length === 0) return tree;
  const index = await gitPath(context, `gitpost/merge-index-${process.pid}`);
  await makeFolder(dirname(index));
  const environment = { GIT_INDEX_FILE: index };
  try {
    await output(context, ['read-tree', tree], { environment });
    await output(context, ['update-index', '-z', '--index-info'], { environment, input: records.join('') });
    return await text(context, ['write-tree'], { environment });
  } finally {
    await rm(index, { force: true });
  }
}

/** Writes the tree of a commit with some of its top folders as another commit has them. */
export async function replaceFolders(
  context: GitContext,
  commit: string,
  other: string,
  folders: readonly string[],
): Promise<string> {
  const [kept, taken] = await Promise.all([
    output(context, ['ls-tree', '-z', '--full-tree', commit]),
    output(context, ['ls-tree', '-z', '--full-tree', other, '--', ...folders]),
  ]);
  const records = (listing: Buffer) => listing.toString('latin1').split('\0').slice(0, -1);
  const isReplaced = (record: string) => folders.some((folder) => record.endsWith(`\t${folder}`));
  const all = [...records(kept).filter((record) => !isReplaced(record)), ...records(taken)];
  const input = Buffer.from(all.map((record) => `${record}\0`).join(''), 'latin1');
  return text(context, ['mktree', '-z'], { input });
}

/** The newest commit that is in both histories, or `null` if they have none in common. */
export async function mergeBase(context: GitContext, ours: string, theirs: string): Promise<string | null> {
  const result = await run(context, ['merge-base', ours, theirs]);
  return result.code === 0 ? (result.stdout.toString('utf8').split('\n')[0] ?? null) : null;
}

/** Makes a commit of a tree. It is durable but on no branch yet. */
export async function commitTree(
  context: GitContext,
  tree: string,
  parents: readonly string[],
  message: string,
  { name, email }: Identity,
): Promise<string> {
  const environment = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  return text(context, args, { input: message, environment });
}
