import { lstat, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clone } from '../../clone/clone.ts';
import type { NewCommit } from '../../git/importer.ts';
import { gitPath } from '../../git/paths.ts';
import { uncommittedChanges } from '../../git/porcelain.ts';
import { checkedOut } from '../../git/refs.ts';
import { text } from '../../git/run.ts';
import { cleanName, commitTextOf, trailersOf } from '../../journal/commit.ts';
import type { Line } from '../../journal/line.ts';
import { deviceOfPath, isJournal } from '../../journal/path.ts';
import { readJournal } from '../../journal/split.ts';

/** What another program appended to a journal of its own, ready to be committed. */
export interface Appended {
  readonly path: string;
  readonly content: Buffer;
  readonly before: Buffer;
}

/** What can be captured now, and whether some files are still changing and have to wait. */
export interface Found {
  readonly ready: readonly Appended[];
  readonly restless: boolean;
}

const REST_MS = 1000;
const MAX_BYTES = 64 * 1024 * 1024;
const NOTHING: Found = { ready: [], restless: false };

/**
 * Looks for journals that another program has appended to without committing. They are files that no gitpost device
 * writes. The branch must be checked out, nothing of them may be staged, and no merge or rebase may be in progress.
 * Any other change in the work tree belongs to a person.
 */
export async function findAppended(clone: Clone): Promise<Found> {
  if ((await checkedOut(clone.git)) !== clone.settings.branch || (await isUnderWay(clone))) return NOTHING;
  const changes = await uncommittedChanges(clone.git);
  const ready: Appended[] = [];
  let restless = false;
  for (const [path, state] of changes) {
    if (!isJournal(path) || (state !== '??' && state !== ' M')) continue;
    if (await isOfDevice(clone, path)) continue;
    const found = await readAppended(clone, path);
    if (found === 'restless') restless = true;
    else if (found) ready.push(found);
  }
  return { ready, restless };
}

/** Whether a person's merge, rebase, cherry-pick or revert is still in progress. */
async function isUnderWay({ git }: Clone): Promise<boolean> {
  for (const name of ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply']) {
    if (await exists(await gitPath(git, name))) return true;
  }
  return false;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Whether a gitpost device writes this file: this device, or the one in the file's name that also committed it last.
 */
async function isOfDevice({ git, settings }: Clone, path: string): Promise<boolean> {
  const device = deviceOfPath(path);
  if (device === undefined) return false;
  if (device === settings.device) return true;
  const format = '--format=%(trailers:key=Device,valueonly,separator=%x2C)';
  const writer = await text(git, [
    'log',
    '-n',
    '1',
    format,
    `refs/heads/${settings.branch}`,
    '--',
    path,
  ]).catch(() => '');
  return writer.split(',').includes(device);
}

async function readAppended(
  { git, blobs, tip }: Clone,
  path: string,
): Promise<Appended | 'restless' | undefined> {
  const file = join(git.directory, path);
  if (!(await isInside(git.directory, path))) return undefined;
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile() || found.size > MAX_BYTES) return undefined;
  if (Date.now() - found.mtimeMs < REST_MS) return 'restless';
  const content = await readFile(file);
  const again = await lstat(file).catch(() => undefined);
  if (again?.mtimeMs !== found.mtimeMs || content.length !== found.size) return 'restless';
  const before = (tip === null ? null : await blobs.read(`${tip}:${path}`)) ?? Buffer.alloc(0);
  const isAppended = content.length > before.length && content.subarray(0, before.length).equals(before);
  return isAppended && content.at(-1) === LF ? { path, content, before } : undefined;
}

const LF = 0x0a;

/** Whether no part of a path is a symbolic link that leads outside. */
async function isInside(root: string, path: string): Promise<boolean> {
  let at = root;
  for (const part of path.split('/').slice(0, -1)) {
    at = join(at, part);
    const found = await lstat(at).catch(() => undefined);
    if (!found?.isDirectory()) return false;
  }
  return true;
}

/** The single commit for a file that was appended to. Its subject comes from the first readable new line. */
export function appendedCommit({ path, content, before }: Appended, clone: Clone): NewCommit {
  const { identity, settings } = clone;
  const known = new Set(readJournal(before).lines.map((line) => line.hash));
  const lines = readJournal(content).lines.filter((line) => !known.has(line.hash));
  const [first] = lines;
  const email = cleanName(identity.email);
  if (!first) {
    const message = `Lines of ${path}\n\n${trailersOf([], settings.device)}`;
    return {
      author: { name: cleanName(identity.name), email },
      time: Math.floor(Date.now() / 1000),
      message,
      path,
      content,
      kept: before.length,
    };
  }
  const { author, time, message } = commitTextOf(first, settings.device);
  const subject = message.split('\n')[0] ?? '';
  const ids = lines.map((line: Line) => line.id);
  return {
    author: { name: author, email },
    time,
    message: `${subject}\n\n${trailersOf(ids, settings.device)}`,
    path,
    content,
    kept: before.length,
  };
}
