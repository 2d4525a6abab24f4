import { appendFile, stat } from 'node:fs/promises';
import { gitPath } from './paths.ts';
import { type GitContext, GitError, run } from './run.ts';

/** A clone's own configuration as it was read, with a stamp of its file at that time. */
interface Kept {
  readonly stamp: string;
  readonly values: ReadonlyMap<string, string>;
}

const kept = new WeakMap<GitContext, Kept>();

/**
 * The values of a clone's own configuration by key. Keys are in lower case, except for the middle of
 * `remote.Name.url`. If a key has several values, the last one counts. git reads the file, and is only asked again
 * after the file has changed.
 */
export async function localConfig(context: GitContext): Promise<ReadonlyMap<string, string>> {
  const stamp = await stampOf(await gitPath(context, 'config'));
  const before = kept.get(context);
  if (before && before.stamp === stamp) return before.values;
  const result = await run(context, ['config', '--local', '-z', '--get-regexp', '.']);
  // The code is 1 if there is no value, or no file.
  if (result.code !== 0 && result.code !== 1) throw new GitError('config', result);
  const values = new Map<string, string>();
  for (const record of result.stdout.toString('utf8').split('\0').slice(0, -1)) {
    const end = record.indexOf('\n');
    values.set(end === -1 ? record : record.slice(0, end), end === -1 ? '' : record.slice(end + 1));
  }
  if (stamp !== undefined) kept.set(context, { stamp, values });
  return values;
}

/** A stamp that changes whenever git writes a file, since git replaces the file with a new one. */
async function stampOf(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found && `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

/** A value of a clone's own configuration, or `null` if it is not set. */
export const readConfig = async (context: GitContext, key: string): Promise<string | null> =>
  (await localConfig(context)).get(asListed(key)) ?? null;

/** A key in the form in which git lists it. */
const asListed = (key: string): string => key.replace(/^[^.]+|[^.]+$/g, (part) => part.toLowerCase());

/**
 * Writes a value, unless it is there already. If another git process has locked the configuration, tries again, eight
 * times at most.
 */
export async function writeConfig(context: GitContext, key: string, value: string): Promise<void> {
  if ((await readConfig(context, key)) === value) return;
  const args = ['config', '--local', '--replace-all', key, value];
  for (let attempt = 1; ; attempt += 1) {
    const result = await run(context, args);
    if (result.code === 0) return;
    if (attempt === CONFIG_TRIES || !/could not lock config file/.test(result.stderr))
      throw new GitError('config', result);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

const CONFIG_TRIES = 8;

/**
 * Adds values to the configuration of a repository that is still being created, so nobody else uses it. They are
 * appended at once in git's format (git-config(1), "Syntax"), since `git config` takes only one value at a time.
 *
 * @param file the configuration file
 * @param values by keys such as `core.symlinks` and `remote.origin.url`
 */
export async function extendNewConfig(file: string, values: Readonly<Record<string, string>>): Promise<void> {
  const sections = Object.entries(values).map(([key, value]) => {
    const [, section = '', middle, name = ''] = /^([^.]+)\.(?:(.+)\.)?([^.]+)$/.exec(key) ?? [];
    const head = middle === undefined ? section : `${section} ${quoted(middle)}`;
    return `[${head}]\n\t${name} = ${quoted(value)}\n`;
  });
  // A damaged repository that is made again may have a file that ends in the middle of a line.
  await appendFile(file, `\n${sections.join('')}`);
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\b': '\\b' };
const quoted = (value: string): string =>
  `"${value.replace(/["\\]/g, '\\$&').replace(/[\n\t\b]/g, (sign) => ESCAPES[sign] ?? sign)}"`;

/** A value of a person's own git configuration, such as `user.name`; `undefined` if it is not set. */
export async function personsConfig(context: GitContext, key: string): Promise<string | undefined> {
  const result = await run(context, ['config', '--get', key]);
  return result.code === 0 ? result.stdout.toString('utf8').trim() || undefined : undefined;
}
