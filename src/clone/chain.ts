import { listAttachments } from '../git/files.ts';
import { Importer, type NewCommit, type StoredFile } from '../git/importer.ts';
import { cleanName, commitTextOf } from '../journal/commit.ts';
import type { Line } from '../journal/line.ts';
import { attachmentOf, attachmentPath } from '../journal/path.ts';
import { whyUnreadable } from '../journal/split.ts';
import type { Clone } from './clone.ts';
import { Segments } from './segments.ts';

/** How many commits git writes before it is asked where it is. */
const COMMITS_A_CHECKPOINT = 500;

/** A line that no gitpost could read back. This is unexpected, since such a change is refused much earlier. */
export class UnreadableLine extends Error {
  constructor(reason: string) {
    super(`The line ${reason}`);
    this.name = 'UnreadableLine';
  }
}

/**
 * The commit of one line, appended to its segment. This is the only place where lines become commits. Throws an
 * {@link UnreadableLine} if the line could not be read back.
 *
 * @param files those files of the line that are available
 */
export async function commitOf(
  { identity, settings }: Clone,
  line: Line,
  segments: Segments,
  files: readonly StoredFile[],
): Promise<NewCommit> {
  const reason = whyUnreadable(line);
  if (reason !== undefined) throw new UnreadableLine(reason);
  const { author, time, message } = commitTextOf(line, settings.device);
  const email = cleanName(identity.email);
  return { author: { name: author, email }, time, message, ...(await segments.append(line)), files };
}

/**
 * Writes one commit per line on top of `parent` and returns the last one. They are durable but on no branch yet:
 * moving a branch there adds all of them or none. Throws a `GitError` if git refuses.
 *
 * @param source the commit that holds the lines now, and has their files
 */
export async function writeChain(
  clone: Clone,
  parent: string,
  lines: readonly Line[],
  source: string | null,
): Promise<string> {
  const importer = new Importer(clone.git, clone.identity, clone.blobs);
  const segments = await Segments.at(clone, parent);
  const files = await filesIn(clone, source, lines);
  let tip = parent;
  try {
    for (let index = 0; index < lines.length; index += COMMITS_A_CHECKPOINT) {
      const commits: NewCommit[] = [];
      for (const line of lines.slice(index, index + COMMITS_A_CHECKPOINT)) {
        commits.push(await commitOf(clone, line, segments, files(line)));
      }
      tip = (await importer.write(tip, commits)).at(-1) ?? tip;
      segments.committed(tip, commits);
    }
  } finally {
    await importer.close();
  }
  return tip;
}

/** Finds the files that lines name in a commit of the same clone. */
async function filesIn(
  { git }: Clone,
  commit: string | null,
  lines: readonly Line[],
): Promise<(line: Line) => readonly StoredFile[]> {
  if (commit === null || lines.every(({ attachments }) => attachments === undefined)) return () => [];
  const entries = await listAttachments(git, commit);
  const ids = new Map(entries.map(({ path, id }) => [attachmentOf(path), id]));
  return ({ attachments = [] }) =>
    attachments.flatMap(({ sha256, type }) => {
      const id = ids.get(sha256);
      return id === undefined ? [] : [{ path: attachmentPath(sha256, type), id }];
    });
}
