import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ifExists } from '../async/if-exists.ts';
import { ATTACHMENT_FOLDER, attachmentOf } from '../journal/path.ts';
import { dropDamaged } from './loose-objects.ts';
import { type GitContext, GitError, GitProcess, text } from './run.ts';
import { isFile, listBelow, type TreeEntry } from './tree.ts';

/** Every attachment of a commit. */
export const listAttachments = async (context: GitContext, commit: string): Promise<TreeEntry[]> =>
  (await listBelow(context, commit, `${ATTACHMENT_FOLDER}/`)).filter(isAttachment);

/** The attachment with a given hash in a commit, with any extension. */
export async function findAttachment(
  context: GitContext,
  commit: string,
  sha256: string,
): Promise<TreeEntry | undefined> {
  const entries = await listBelow(context, commit, `${ATTACHMENT_FOLDER}/${sha256.slice(0, 2)}/`);
  return entries.find((entry) => isAttachment(entry) && attachmentOf(entry.path) === sha256);
}

const isAttachment = ({ mode, path }: TreeEntry): boolean => isFile(mode) && attachmentOf(path) !== undefined;

/**
 * Stores a file as a blob, durably, and returns its id. git reads the file itself, so it is never in our memory as a
 * whole. `undefined` if the file is gone, or its content does not have this hash because it was damaged on disk.
 */
export async function storeFile(
  context: GitContext,
  path: string,
  sha256: string,
): Promise<string | undefined> {
  const hashes = await ifExists(hashesOf(path));
  if (hashes?.content !== sha256) return undefined;
  // git does not write an object that it has already, not even if the disk has damaged it.
  for (const id of hashes.ids) await dropDamaged(context, id);
  const id = await text(context, ['hash-object', '-w', '--no-filters', '--', path]);
  return hashes.ids.includes(id) ? id : undefined;
}

/** The hash of a file's content, and the ids that its blob has in the two object formats of git. */
async function hashesOf(path: string) {
  const { size } = await stat(path);
  const [content, sha1Id, sha256Id] = [createHash('sha256'), createHash('sha1'), createHash('sha256')];
  for (const one of [sha1Id, sha256Id]) one.update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (const one of [content, sha1Id, sha256Id]) one.update(chunk);
  }
  return { content: content.digest('hex'), ids: [sha1Id.digest('hex'), sha256Id.digest('hex')] };
}

/**
 * The blob that holds the file with the given hash. If none does, the same one is picked on every machine: the result
 * of a merge must not depend on who makes it.
 */
export async function trueBlob(context: GitContext, sha256: string, ids: readonly string[]): Promise<string> {
  const sorted = [...ids].sort();
  for (const id of sorted) if (await holdsFile(context, id, sha256)) return id;
  return sorted[0] as string;
}

/** Whether a blob holds the file with the given hash. */
export async function holdsFile(context: GitContext, id: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const chunk of readBlob(context, id)) hash.update(chunk);
  return hash.digest('hex') === sha256;
}

/** The bytes of a blob, in chunks. Throws a {@link GitError} if it cannot be read to its end. */
export async function* readBlob(context: GitContext, id: string): AsyncGenerator<Buffer> {
  const git = new GitProcess(context, ['cat-file', 'blob', id]);
  git.end();
  try {
    yield* git.output();
    const code = await git.code();
    if (code !== 0) throw new GitError('cat-file', { code, stderr: `the blob ${id} cannot be read` });
  } finally {
    git.kill();
  }
}
