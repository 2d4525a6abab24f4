import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ATTRIBUTES } from './clone.ts';
import { gitPath, makeFolder } from './paths.ts';
import { type GitContext, output, run } from './run.ts';

/** One attribute of one path, as `git check-attr` reports it: `set`, `unset`, or a value. */
export interface PathAttribute {
  readonly path: string;
  readonly attribute: string;
  readonly value: string;
}

/** A query for attributes: which ones, and of which paths. The paths need not exist. */
export interface AttributeQuestion {
  readonly paths: readonly string[];
  readonly attributes: readonly string[];
}

const MAX_NAMES = 40 * 1024 * 1024;

/** All paths of a commit; `null` if there are too many to list. */
export async function pathsOf(context: GitContext, commit: string): Promise<string[] | null> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', '--name-only', commit];
  const { code, stdout } = await run(context, args, { maxOutput: MAX_NAMES });
  if (code !== 0) return null;
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '');
}

/** What a person wrote into the clone's own `info/attributes`. Ours, which override everything, are left out. */
export async function personsAttributes(context: GitContext): Promise<string> {
  const present = await readFile(await gitPath(context, 'info/attributes'), 'utf8').catch(() => '');
  return ATTRIBUTES.reduce((left, line) => left.replaceAll(line, ''), present);
}

/**
 * The attributes that the `.gitattributes` of a commit and `own` give to paths, without those that gitpost sets in
 * this clone. These are the ones that apply in every other clone. Unspecified ones are left out. Run only one query
 * per clone at a time.
 */
export async function attributesAt(
  context: GitContext,
  commit: string,
  own: string,
  questions: readonly AttributeQuestion[],
): Promise<PathAttribute[]> {
  const objects = await gitPath(context, 'objects');
  const format = (await output(context, ['rev-parse', '--show-object-format'])).toString().trim();
  // A git folder with its own index: the person's index is not touched, and our attributes are not in it.
  const directory = await gitPath(context, 'gitpost/attributes');
  // An interrupted run left its folder behind.
  await rm(directory, { recursive: true, force: true });
  await makeFolder(dirname(directory));
  await mkdir(directory);
  try {
    await output({ ...context, directory }, [
      'init',
      '--quiet',
      '--bare',
      '--template=',
      `--object-format=${format}`,
    ]);
    await makeFolder(join(directory, 'info'));
    await writeFile(join(directory, 'info/attributes'), own);
    const apart: GitContext = {
      ...context,
      directory,
      environment: { ...context.environment, GIT_DIR: directory, GIT_OBJECT_DIRECTORY: objects },
    };
    await output(apart, ['read-tree', commit]);
    const found: PathAttribute[] = [];
    for (const { paths, attributes } of questions) {
      if (paths.length === 0) continue;
      const args = ['check-attr', '--cached', '-z', '--stdin', ...attributes];
      const listing = await output(apart, args, { input: paths.map((path) => `${path}\0`).join('') });
      found.push(...parsed(listing));
    }
    return found;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function parsed(listing: Buffer): PathAttribute[] {
  const parts = listing.toString('utf8').split('\0');
  const found: PathAttribute[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [path = '', attribute = '', value = ''] = parts.slice(at, at + 3);
    if (value !== 'unspecified') found.push({ path, attribute, value });
  }
  return found;
}
