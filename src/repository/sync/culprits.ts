import type { Clone } from '../../clone/clone.ts';
import type { Place, Trouble } from '../../domain/repository.ts';
import { isJournal } from '../../journal/path.ts';
import { readJournal } from '../../journal/split.ts';

const LF = 0x0a;

/** Adds to a trouble which messages caused it, if the remote named file and line. */
export async function nameCulprits(
  clone: Pick<Clone, 'blobs'>,
  tip: string,
  trouble: Trouble,
): Promise<Trouble> {
  const names = new Set<string>();
  for (const place of trouble.places ?? []) names.add(await describePlace(clone, tip, place));
  if (names.size === 0) return trouble;
  return { ...trouble, detail: `${trouble.detail} It is about ${[...names].join(' and ')}.` };
}

/** Describes the message without quoting its text, which may contain the secret itself. */
async function describePlace({ blobs }: Pick<Clone, 'blobs'>, tip: string, place: Place): Promise<string> {
  const where = `line ${place.line} of ${place.path}`;
  if (!isJournal(place.path)) return where;
  const content = await blobs.readClipped(`${place.commit ?? tip}:${place.path}`);
  const [line] = content === null ? [] : readJournal(lineOf(content, place.line)).lines;
  if (!line) return where;
  return `the message ${line.id} of ${line.author ?? 'an unknown author'}, ${line.updatedAt ?? line.createdAt} (${where})`;
}

/** The bytes of one line, counted from 1; empty if there is no such line. */
function lineOf(content: Buffer, number: number): Buffer {
  let start = 0;
  for (let line = 1; line < number; line += 1) {
    const end = content.indexOf(LF, start);
    if (end === -1) return Buffer.alloc(0);
    start = end + 1;
  }
  const end = content.indexOf(LF, start);
  return content.subarray(start, end === -1 ? content.length : end + 1);
}
