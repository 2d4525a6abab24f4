import type { Attachment } from '../../domain/attachment.ts';
import type { Line } from '../../journal/line.ts';
import type { Database } from '../../mirror/database.ts';
import type { Entry } from '../../mirror/entry.ts';
import type { CaptureOptions } from './queue.ts';

/**
 * The files that the commit of a line has to have. A file that an earlier line of the message brought to the repository
 * is left as it is, unless the request names it again: if it is gone, a person has removed it.
 */
export async function filesToBring(
  { id, attachments = [] }: Line,
  repository: string,
  mirror: Pick<Database, 'read'>,
  { needed, named }: CaptureOptions,
): Promise<readonly Attachment[]> {
  // Without the mirror, a file comes back at worst.
  const entry = await mirror.read(id).catch(() => undefined);
  const brought = new Set(entry && filesIn(entry, repository));
  return attachments.filter(
    ({ sha256 }) => needed?.has(sha256) || named?.has(sha256) || !brought.has(sha256),
  );
}

/** The hashes of the files that lines of a message in a repository name. */
const filesIn = ({ held }: Entry, repository: string): string[] =>
  [...held.values()].flatMap(({ line, commits }) =>
    commits.has(repository) ? (line.attachments ?? []).map(({ sha256 }) => sha256) : [],
  );
