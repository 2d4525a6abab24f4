import { mkdir, stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { type GitContext, text } from './run.ts';

/** The clones whose git folder is simply `.git` in their own folder, as nearly all are. */
const usual = new WeakSet<GitContext>();

/**
 * A path inside the clone's git folder, wherever that is. git is asked once, or every time if it is in an unusual
 * place.
 */
export async function gitPath(context: GitContext, path: string): Promise<string> {
  const expected = join(context.directory, '.git', path);
  if (usual.has(context)) return expected;
  const found = normalize(await text(context, ['rev-parse', '--path-format=absolute', '--git-path', path]));
  // If there is no clone, git finds a repository around the folder, if any.
  if (found === expected) usual.add(context);
  return found;
}

/** Whether the folder of a clone still holds it, as far as anybody watches that. */
export const isHere = async ({ isHere }: GitContext): Promise<boolean> => (await isHere?.()) ?? true;

/**
 * Creates a folder inside a git folder if there is none, but not the folders that it is in: if a person has moved the
 * clone away, they would be in the way when it is put back.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Whether the git folder of a clone is known to be in its usual place. {@link gitPath} finds out. */
export const hasUsualPaths = (context: GitContext): boolean => usual.has(context);

/** What git itself requires before it accepts a folder as a git folder. */
const PARTS = ['HEAD', 'objects', 'refs'];

/** Whether the git folder in a clone's folder has what git requires, so it is neither gone nor being deleted. */
export async function isWholeClone({ directory }: GitContext): Promise<boolean> {
  const parts = await Promise.all(PARTS.map((part) => isThere(join(directory, '.git', part))));
  return parts.every((part) => part);
}

export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
