import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { removeLeftOvers } from './left-overs.ts';
import { type GitContext, GitError, output, run, text } from './run.ts';

/** What a clone keeps about itself in its own git configuration, section `gitpost`. */
export interface CloneSettings {
  readonly device: string;
  /** The branch that is captured to. */
  readonly branch: string;
  /** Whether a person chose the branch, so it stays whatever the remote calls its own. */
  readonly branchGiven: boolean;
  /** Whether the remote has ever been reached. */
  readonly contacted: boolean;
  /** When the last sync went well, as an ISO date. */
  readonly lastSync: string | null;
}

// The highest precedence of all attributes, so no file from a remote has bytes changed on their way to disk;
// and if a person merges by hand, both sides' lines are kept.
export const ATTRIBUTES = [
  'messages/** -text -ident -filter -working-tree-encoding !eol merge=union\n',
  // Pictures and the like have nothing in common that git could save room with, and to look for it takes long.
  'attachments/** -text -ident -filter -working-tree-encoding !eol -delta\n',
] as const;

/** Whether there is a clone in a folder; `blocked` if something else is. */
export async function inspectFolder(directory: string): Promise<'absent' | 'clone' | 'blocked'> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    if (error.code === 'ENOTDIR') return ['file'];
    throw error;
  });
  if (entries === undefined || entries.length === 0) return 'absent';
  return entries.includes('.git') ? 'clone' : 'blocked';
}

/** Whether two paths lead to one folder, as two names do that differ only in case if the system ignores case. */
export async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

// What git itself asks for before it takes a folder for one of its own.
const PARTS = ['HEAD', 'objects', 'refs'];

/**
 * A string that no other clone in this folder had or will have, unless it is copied. `undefined` if there is no clone, or
 * only a part of one, such as one that is being deleted.
 */
export async function incarnationOf({ directory }: GitContext): Promise<string | undefined> {
  const own = join(directory, '.git');
  const [found, ...parts] = await Promise.all([
    stat(own, { bigint: true }).catch(() => undefined),
    ...PARTS.map((part) => isThere(join(own, part))),
  ]);
  if (found === undefined) return undefined;
  // Of a work tree that belongs to another clone there is a file with its place only.
  const isWhole = !found.isDirectory() || parts.every((part) => part);
  // The number of a folder that was deleted is given to the next one that is made.
  return isWhole ? `${found.dev} ${found.ino} ${found.birthtimeNs}` : undefined;
}

/** Folders that are being made have such a name next to the finished ones. */
const UNFINISHED = '.new-';

/**
 * Makes an empty clone that can be captured to at once, whether its remote can be reached or not. It appears
 * whole or not at all.
 */
export async function createClone(context: GitContext, branch: string, url: string): Promise<void> {
  await appearWhole(context, async (inside) => {
    await output(inside, ['init', '--quiet', '--template=', SHA1, `--initial-branch=${branch}`]);
    await writeConfig(inside, 'remote.origin.url', url);
    await writeConfig(inside, 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
  });
}

// Nearly every host has SHA-1 only, whatever `init.defaultObjectFormat` of a person says.
const SHA1 = '--object-format=sha1';

/**
 * Makes a bare repository for the app's own use, whole or not at all; one that is there is left as it is. It has the same
 * kind of hash as the clone that is pushed to it, if there is a clone yet.
 */
export async function ensureBareRepository(context: GitContext, path: string): Promise<boolean> {
  if (await isThere(join(path, 'HEAD'))) return false;
  const bare = { ...context, directory: path };
  const format = await formatOf(context);
  const make = (inside: GitContext) => initBare(inside, format);
  // The rest of a damaged one is not thrown away.
  if (await isThere(path)) await make(bare);
  else await appearWhole(bare, make);
  return true;
}

/** The option that gives a new repository the kind of hash that a clone has. */
async function formatOf(context: GitContext): Promise<string> {
  if ((await inspectFolder(context.directory)) !== 'clone') return SHA1;
  const { code, stdout } = await run(context, ['rev-parse', '--show-object-format']);
  return code === 0 ? `--object-format=${stdout.toString().trim()}` : SHA1;
}

async function initBare(context: GitContext, format: string): Promise<void> {
  await output(context, ['init', '--quiet', '--bare', '--template=', format, '--initial-branch=main']);
  const bare = bareContext(context);
  // The git that receives a push does not get our settings; a person's hooks are none of its business either.
  for (const [key, value] of BARE_SETTINGS) await writeConfig(bare, key, value);
}

/**
 * How git runs in a bare repository. It is named outright: with `safe.bareRepository=explicit`, a protection that a person
 * may have chosen, git does not work in one that it only happens to be started in.
 */
const bareContext = (context: GitContext): GitContext => ({
  ...context,
  environment: { ...context.environment, GIT_DIR: context.directory },
});

/** Makes a folder under another name and renames it, so no half of it is left if the program is killed. */
async function appearWhole(context: GitContext, make: (inside: GitContext) => Promise<void>): Promise<void> {
  const temporary = join(context.directory, '..', `${UNFINISHED}${randomBytes(6).toString('hex')}`);
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    await make({ ...context, directory: temporary });
    // An empty folder may be there already.
    await rmdir(context.directory).catch(() => undefined);
    await rename(temporary, context.directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Takes away what was being made in a folder when the program was cut off. Nobody may be making anything there. */
export async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (name.startsWith(UNFINISHED)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

const BARE_SETTINGS = [
  ['core.hooksPath', '/dev/null'],
  ['receive.autogc', 'false'],
  ['gc.auto', '0'],
] as const;

/** Sets what every clone of ours needs, whoever made it, and removes what a killed git of ours left behind. */
export async function prepareClone(context: GitContext): Promise<void> {
  const gitDirectory = await gitPath(context, '.');
  const info = join(gitDirectory, 'info');
  await mkdir(info, { recursive: true });
  const attributes = join(info, 'attributes');
  const present = await readFile(attributes, 'utf8').catch(() => '');
  const missing = ATTRIBUTES.filter((line) => !present.includes(line)).join('');
  if (missing !== '') await writeFile(attributes, joinLines(present, missing));
  if ((await readConfig(context, 'core.symlinks')) !== 'false')
    await writeConfig(context, 'core.symlinks', 'false');
  await run(context, ['update-ref', '-d', 'refs/gitpost/import']);
  await removeLeftOvers(gitDirectory);
}

const joinLines = (before: string, after: string): string =>
  before === '' || before.endsWith('\n') ? before + after : `${before}\n${after}`;

/** The paths in a clone's own git folder, as git gave them. They stay the same for as long as the clone is there. */
const paths = new WeakMap<GitContext, Map<string, string>>();

/** A path inside the clone's git folder, wherever that is. */
export async function gitPath(context: GitContext, path: string): Promise<string> {
  const known = paths.get(context)?.get(path);
  if (known !== undefined) return known;
  const found = await text(context, ['rev-parse', '--path-format=absolute', '--git-path', path]);
  // Without a clone, git finds the repository around the folder, if there is one.
  const isOwn = found === join(context.directory, '.git', path);
  if (isOwn) paths.set(context, (paths.get(context) ?? new Map()).set(path, found));
  return found;
}

export async function readSettings(context: GitContext): Promise<CloneSettings> {
  const lines = await run(context, ['config', '--local', '--get-regexp', '^gitpost\\.']);
  if (lines.code !== 0 && lines.code !== 1) throw new GitError('config', lines);
  const values = new Map(
    lines.stdout
      .toString('utf8')
      .split('\n')
      .map((line) => /^gitpost\.(\S+)(?: (.*))?$/.exec(line))
      .flatMap((match) => (match ? [[match[1] ?? '', match[2] ?? ''] as const] : [])),
  );
  const device = values.get('device') ?? '';
  return {
    device: /^[a-z0-9-]{1,32}$/.test(device) ? device : await renewDevice(context),
    branch: values.get('branch') ?? 'main',
    branchGiven: values.get('branchgiven') === 'true',
    contacted: values.get('contacted') === 'true',
    lastSync: values.get('lastsync') ?? null,
  };
}

const SETTING_KEYS = {
  device: 'gitpost.device',
  branch: 'gitpost.branch',
  branchGiven: 'gitpost.branchGiven',
  contacted: 'gitpost.contacted',
  lastSync: 'gitpost.lastSync',
} as const;

export async function writeSettings(context: GitContext, settings: Partial<CloneSettings>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await writeConfig(context, SETTING_KEYS[name as keyof CloneSettings], String(value));
  }
}

/** Gives the clone a device id of its own: a slug of the machine's name and six random characters. */
export async function renewDevice(context: GitContext): Promise<string> {
  const slug = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 25)
    .replace(/-$/, '');
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const random = [...randomBytes(6)].map((byte) => alphabet[byte % alphabet.length]).join('');
  const device = `${slug === '' ? 'device' : slug}-${random}`;
  await writeConfig(context, 'gitpost.device', device);
  return device;
}

export async function readConfig(context: GitContext, key: string): Promise<string | null> {
  const result = await run(context, ['config', '--local', '--get', key]);
  if (result.code !== 0 && result.code !== 1) throw new GitError('config', result);
  return result.code === 0 ? result.stdout.toString('utf8').replace(/\n$/, '') : null;
}

/** Another git has the configuration to itself for a moment at most, which is waited for. */
export async function writeConfig(context: GitContext, key: string, value: string): Promise<void> {
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

/** A value of a person's own git configuration, such as `user.name`; `undefined` if there is none. */
export async function personsConfig(context: GitContext, key: string): Promise<string | undefined> {
  const result = await run(context, ['config', '--get', key]);
  return result.code === 0 ? result.stdout.toString('utf8').trim() || undefined : undefined;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
