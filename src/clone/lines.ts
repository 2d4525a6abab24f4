import type { Line } from '../journal/line.ts';
import { readInTurns } from '../journal/split.ts';
import type { Clone } from './clone.ts';

/** The lines of a journal, by its blob; none where there is no such file. */
export async function linesOf(
  { blobs }: Pick<Clone, 'blobs'>,
  blob: string | null,
): Promise<readonly Line[]> {
  const bytes = blob === null ? null : await blobs.readClipped(blob);
  return bytes === null ? [] : (await readInTurns(bytes)).lines;
}
