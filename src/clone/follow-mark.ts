import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../git/paths.ts';

/** The commit that index and work tree of a clone were last brought to. */
export interface FollowMark {
  readonly commit: string | null;
  /** The last thing a person's git had done to HEAD by then. */
  readonly operation: string;
  /**
   * The commit that they are being brought to. If this is set at a start, the program was killed in the middle of it.
   */
  readonly towards?: string;
  /** Whether only what we brought onto the branch is to be followed. */
  readonly oursOnly?: boolean;
}

/** The file with the mark, inside the clone's git folder. */
export const FOLLOW_MARK = 'gitpost/followed.json';

const NOTHING: FollowMark = { commit: null, operation: '' };

export async function readFollowMark(file: string): Promise<FollowMark> {
  try {
    return { ...NOTHING, ...(JSON.parse(await readFile(file, 'utf8')) as Partial<FollowMark>) };
  } catch {
    // Without a mark, either nothing was followed yet or git has to be asked again.
    return NOTHING;
  }
}

export async function writeFollowMark(file: string, mark: FollowMark): Promise<void> {
  await makeFolder(dirname(file));
  await writeFile(`${file}.tmp`, JSON.stringify(mark));
  await rename(`${file}.tmp`, file);
}
