import { ATTACHMENT_FOLDER, deviceOfPath, isJournal, JOURNAL_FOLDER } from '../journal/path.ts';
import { isId } from './refs.ts';
import { type GitContext, GitError, output, run } from './run.ts';
import { NO_GITMODULES } from './settings.ts';

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly id: string;
  /** In bytes; 0 for anything but a blob. */
  readonly size: number;
}

/** A journal file that differs between two commits; `null` if it is missing on a side. */
export interface JournalChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export const isFile = (mode: string): boolean => mode === '100644' || mode === '100755';

/** The limits for a tree to be accepted: a few kilobytes of git can expand to more files than fit on any disk. */
export const TREE_LIMITS = {
  files: 200_000,
  /** The total size of all files. */
  bytes: 4 * 1024 ** 3,
  /** The longest path: systems accept at most 4096 bytes, including the folder of the clone. */
  path: 2000,
} as const;

/** A listing within the limits stays below these sizes in bytes, unless its paths have no ordinary length. */
const MAX_NAMES = 40 * 1024 * 1024;
const MAX_LISTING = 128 * 1024 * 1024;

/** How many files the tree of a commit has; `null` if their names alone are too much to list. */
export async function countFiles(context: GitContext, commit: string): Promise<number | null> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', '--name-only', commit];
  const names = await run(context, args, { maxOutput: MAX_NAMES });
  if (names.overflowed) return null;
  if (names.code !== 0) throw new GitError('ls-tree', names);
  return countNames(names.stdout);
}

/** Whether the tree of a commit exceeds {@link TREE_LIMITS}. */
export async function isTooLarge(context: GitContext, commit: string): Promise<boolean> {
  // First without sizes, which git looks up one by one.
  const files = await countFiles(context, commit);
  if (files === null || files > TREE_LIMITS.files) return true;
  const entries = await listTree(context, ['-r', '-l', commit]);
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  return bytes > TREE_LIMITS.bytes || entries.some(({ path }) => Buffer.byteLength(path) > TREE_LIMITS.path);
}

/** The most that an everyday pull changes. Whatever it contains, {@link TREE_LIMITS} are far away. */
const SMALL_STEP = { files: 100, bytes: 16 * 1024 * 1024 } as const;

/**
 * A quick check: whether a commit adds so little to another one that a tree within the limits stays within them.
 *
 * @param sizeOf the size of an object in bytes, `null` if there is none
 */
export async function isSmallStep(
  context: GitContext,
  from: string,
  to: string,
  sizeOf: (id: string) => Promise<number | null>,
): Promise<boolean> {
  const listing = await run(context, ['diff-tree', ...AS_CHANGES, from, to, '--'], { maxOutput: 256 * 1024 });
  if (listing.code !== 0) return false;
  const changes = toChanges(listing.stdout);
  keepDifference(context, from, to, changes);
  if (changes.length > SMALL_STEP.files) return false;
  if (changes.some(({ path }) => Buffer.byteLength(path) > TREE_LIMITS.path)) return false;
  const ids = changes.filter(({ newMode }) => isFile(newMode)).map(({ newId }) => newId);
  const sizes = await Promise.all(ids.map(sizeOf));
  // The slower check reports what is missing.
  return (
    sizes.every((size) => size !== null) && sizes.reduce((sum, size) => sum + size, 0) <= SMALL_STEP.bytes
  );
}

function countNames(listing: Buffer): number {
  let names = 0;
  for (let at = listing.indexOf(0); at !== -1; at = listing.indexOf(0, at + 1)) names += 1;
  return names;
}

/** The files of a commit at the given paths. */
export const filesAt = (
  context: GitContext,
  commit: string,
  paths: readonly string[],
): Promise<TreeEntry[]> => listTree(context, ['-r', '-l', commit, '--', ...paths]);

/** Every journal file of a commit. Links and submodules are not journals, whatever their names are. */
export async function listJournals(context: GitContext, commit: string): Promise<TreeEntry[]> {
  const entries = await listMessages(context, commit);
  return entries.filter((entry) => isFile(entry.mode) && isJournal(entry.path));
}

/** Everything below the journals' folder of a commit: files, links and submodules of any name. */
export const listMessages = (context: GitContext, commit: string): Promise<TreeEntry[]> =>
  listBelow(context, commit, `${JOURNAL_FOLDER}/`);

/** Everything below a folder of a commit. The folder's name ends with a slash. */
export const listBelow = (context: GitContext, commit: string, folder: string): Promise<TreeEntry[]> =>
  listTree(context, ['-r', '-l', commit, '--', folder]);

/**
 * Journals that devices wrote into a folder whose name differs from the journals' folder only in case, as earlier
 * versions did on some disks. They are not read there.
 */
export async function listAstray(context: GitContext, commit: string): Promise<TreeEntry[]> {
  const top = await listTree(context, [commit]);
  const folders = top.filter(({ path }) => path !== JOURNAL_FOLDER && path.toLowerCase() === JOURNAL_FOLDER);
  if (folders.length === 0) return [];
  const inside = await listTree(context, [
    '-r',
    '-l',
    commit,
    '--',
    ...folders.map(({ path }) => `${path}/`),
  ]);
  const asOurs = (path: string) => `${JOURNAL_FOLDER}${path.slice(JOURNAL_FOLDER.length)}`;
  return inside.filter(({ mode, path }) => isFile(mode) && deviceOfPath(asOurs(path)) !== undefined);
}

/**
 * Whether a commit has something other than a folder in place of one of ours: a link, a file or a submodule at
 * `messages` or `attachments`, or where the folder of a month or of a hash's first digits would be. It must not be
 * overwritten.
 */
export async function hasUnsafeFolder(context: GitContext, commit: string): Promise<boolean> {
  const folders = [JOURNAL_FOLDER, ATTACHMENT_FOLDER].flatMap((folder) => [folder, `${folder}/`]);
  const entries = await listTree(context, [commit, '--', ...folders]);
  return entries.some(({ path, mode }) => OUR_FOLDERS.test(path) && mode !== '040000');
}

/** Whether a change cannot replace a folder of ours with something else, or bring it back. */
export const leavesFolders = ({ path }: TreeChange): boolean => !OUR_FOLDERS.test(path);

const OUR_FOLDERS = /^(?:messages(\/\d{4}-\d{2})?|attachments(\/[0-9a-f]{2})?)$/;

/** The journal files that differ between two commits; `null` is the empty tree. */
export async function diffJournals(
  context: GitContext,
  before: string | null,
  after: string | null,
): Promise<JournalChange[]> {
  return journalsOf(await diffTrees(context, before, after, [JOURNAL_FOLDER]));
}

/** The journal files among changed files. */
export const journalsOf = (changes: readonly TreeChange[]): JournalChange[] =>
  changes.filter(({ path }) => isJournal(path)).map(blobsOf);

/** The blobs of a changed file; `null` if the file does not exist on that side, or is not an ordinary file. */
export const blobsOf = ({ path, oldMode, newMode, oldId, newId }: TreeChange): JournalChange => ({
  path,
  before: isFile(oldMode) ? oldId : null,
  after: isFile(newMode) ? newId : null,
});

export interface TreeChange {
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
}

/** Whether a mode means that the file does not exist. */
export const isAbsent = (mode: string): boolean => /^0+$/.test(mode);

/** All files that differ between two commits, below the given folders or anywhere. */
export async function diffTrees(
  context: GitContext,
  before: string | null,
  after: string | null,
  folders: readonly string[] = [],
): Promise<readonly TreeChange[]> {
  const kept = before !== null && after !== null && differences.get(context)?.get(`${before} ${after}`);
  if (kept) return folders.length === 0 ? kept : kept.filter((change) => isBelow(change, folders));
  if (before === null && after === null) return [];
  const [from, to] = [before ?? emptyTreeLike(after ?? ''), after ?? emptyTreeLike(before ?? '')];
  const args = ['diff-tree', ...AS_CHANGES, from, to, '--', ...folders];
  const changes = toChanges(await output(context, args, { maxOutput: MAX_LISTING }));
  if (folders.length === 0) keepDifference(context, from, to, changes);
  return changes;
}

const AS_CHANGES = ['-r', '-z', '--raw', '--no-abbrev', '--no-renames', NO_GITMODULES];

/**
 * The differences between two commits, cached from recent queries: one sync needs them several times, and they never
 * change.
 */
const differences = new WeakMap<GitContext, Map<string, readonly TreeChange[]>>();
const [MOST_DIFFERENCES, MOST_CHANGES] = [8, 1000];

function keepDifference(context: GitContext, from: string, to: string, changes: readonly TreeChange[]): void {
  if (changes.length > MOST_CHANGES || !isId(from) || !isId(to)) return;
  const kept = differences.get(context) ?? new Map<string, readonly TreeChange[]>();
  const [oldest] = kept.keys();
  if (oldest !== undefined && kept.size >= MOST_DIFFERENCES) kept.delete(oldest);
  differences.set(context, kept.set(`${from} ${to}`, changes));
}

const isBelow = ({ path }: TreeChange, folders: readonly string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

function toChanges(listing: Buffer): TreeChange[] {
  const fields = listing.toString('utf8').split('\0');
  const changes: TreeChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = ''] = (fields[index] ?? '').slice(1).split(' ');
    changes.push({ path: fields[index + 1] ?? '', oldMode, newMode, oldId, newId });
  }
  return changes;
}

async function listTree(context: GitContext, args: readonly string[]): Promise<TreeEntry[]> {
  const options = { maxOutput: MAX_LISTING };
  const listing = await output(context, ['ls-tree', '-z', '--full-tree', ...args], options);
  const records = listing.toString('utf8').split('\0');
  const entries: TreeEntry[] = [];
  for (const record of records.slice(0, -1)) {
    const [meta = '', path = ''] = splitOnce(record, '\t');
    const [mode = '', , id = '', size = '0'] = meta.split(/ +/);
    entries.push({ path, mode, id, size: Number(size) || 0 });
    // Large trees have a hundred thousand files, so give the event loop a turn now and then.
    if (entries.length % RECORDS_A_TURN === 0) await new Promise((wake) => setImmediate(wake));
  }
  return entries;
}

const RECORDS_A_TURN = 5000;

function splitOnce(value: string, separator: string): [string, string] {
  const index = value.indexOf(separator);
  return [value.slice(0, index), value.slice(index + 1)];
}

/** The id of the empty tree, in the hash algorithm of the given id. git knows it in every repository. */
export const emptyTreeLike = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? EMPTY_SHA256 : EMPTY_SHA1);

const EMPTY_SHA1 = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const EMPTY_SHA256 = '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321';

/** Whether a commit has a file or folder at a path. */
export const hasPath = async (context: GitContext, commit: string, path: string): Promise<boolean> =>
  (await output(context, ['ls-tree', '-z', '--name-only', commit, '--', path])).length > 0;
