import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_BRANCH } from '../domain/repository.ts';
import { extendNewConfig, localConfig, readConfig, writeConfig } from './config.ts';
import { removeLeftOvers } from './left-overs.ts';
import { gitPath, isThere, isWholeClone, makeFolder } from './paths.ts';
import { type GitContext, output, run } from './run.ts';

/** What a clone stores about itself in its own git configuration, in the section `gitpost`. */
export interface CloneSettings {
  readonly device: string;
  /** The branch that is captured to. */
  readonly branch: string;
  /** Whether a person chose the branch, so it is kept whatever the remote's is called. */
  readonly branchGiven: boolean;
  /** Whether the remote has ever been reached. */
  readonly contacted: boolean;
  /** When the last sync succeeded, as an ISO date. */
  readonly lastSync: string | null;
}

// These have the highest precedence of all attributes, so no file from a remote has its bytes changed on the way to
// disk. If a person merges by hand, the lines of both sides are kept.
export const ATTRIBUTES = [
  'messages/** -text -ident -filter -working-tree-encoding !eol merge=union\n',
  // Pictures and the like have nothing in common that git could compress, and looking for it takes long.
  'attachments/** -text -ident -filter -working-tree-encoding !eol -delta\n',
] as const;

/** Whether there is a clone in a folder; `blocked` if there is something else. */
export async function inspectFolder(directory: string): Promise<'absent' | 'clone' | 'blocked'> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    if (error.code === 'ENOTDIR') return ['file'];
    throw error;
  });
  if (entries === undefined || entries.length === 0) return 'absent';
  return entries.includes('.git') ? 'clone' : 'blocked';
}

/** Whether two paths lead to the same folder, as names that differ only in case do if the system ignores case. */
export async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/**
 * A string that no other clone in this folder had or will have, unless the clone is copied. `undefined` if there is
 * no clone, or only part of one, for example because it is being deleted.
 */
export async function incarnationOf(context: GitContext): Promise<string | undefined> {
  const own = join(context.directory, '.git');
  const [found, isWhole] = await Promise.all([
    stat(own, { bigint: true }).catch(() => undefined),
    isWholeClone(context),
  ]);
  if (found === undefined) return undefined;
  // The inode number of a deleted folder may be given to the next one.
  // If the work tree belongs to another clone, `.git` is only a file that says where that is.
  return isWhole || !found.isDirectory() ? `${found.dev} ${found.ino} ${found.birthtimeNs}` : undefined;
}

/** Folders that are being created next to the finished ones have names with this prefix. */
const UNFINISHED = '.new-';

/**
 * Creates an empty clone that can be captured to immediately, whether its remote can be reached or not. It appears
 * complete or not at all.
 */
export async function createClone(context: GitContext, branch: string, url: string): Promise<void> {
  await appearWhole(context, async (inside) => {
    await output(inside, ['init', '--quiet', '--template=', SHA1, `--initial-branch=${branch}`]);
    await extendNewConfig(join(inside.directory, '.git', 'config'), {
      'remote.origin.url': url,
      'remote.origin.fetch': '+refs/heads/*:refs/remotes/origin/*',
      'core.symlinks': 'false',
      [SETTING_KEYS.device]: newDevice(),
    });
  });
}

// Nearly every host supports only SHA-1, whatever a person has set in `init.defaultObjectFormat`.
const SHA1 = '--object-format=sha1';

/**
 * Creates a bare repository for the app's own use, complete or not at all. An existing one is left alone. It uses the
 * same hash algorithm as the clone that pushes to it, if there is one already. Returns whether it was created.
 */
export async function ensureBareRepository(context: GitContext, path: string): Promise<boolean> {
  if (await isThere(join(path, 'HEAD'))) return false;
  const bare = { ...context, directory: path };
  const format = await formatOf(context);
  const make = (inside: GitContext) => initBare(inside, format);
  // The remains of a damaged one are not thrown away.
  if (await isThere(path)) await make(bare);
  else await appearWhole(bare, make);
  return true;
}

/** The option that gives a new repository the same hash algorithm as a clone. */
async function formatOf(context: GitContext): Promise<string> {
  if ((await inspectFolder(context.directory)) !== 'clone') return SHA1;
  const { code, stdout } = await run(context, ['rev-parse', '--show-object-format']);
  return code === 0 ? `--object-format=${stdout.toString().trim()}` : SHA1;
}

async function initBare(context: GitContext, format: string): Promise<void> {
  await output(context, [
    'init',
    '--quiet',
    '--bare',
    '--template=',
    format,
    `--initial-branch=${DEFAULT_BRANCH}`,
  ]);
  await extendNewConfig(join(context.directory, 'config'), BARE_SETTINGS);
}

/** Creates a folder under another name and renames it, so no half of it is left if the program is killed. */
async function appearWhole(context: GitContext, make: (inside: GitContext) => Promise<void>): Promise<void> {
  const temporary = join(context.directory, '..', `${UNFINISHED}${randomBytes(6).toString('hex')}`);
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    await make({ ...context, directory: temporary });
    // There may already be an empty folder.
    await rmdir(context.directory).catch(() => undefined);
    await rename(temporary, context.directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Removes folders that were still being created when the program was killed. Nobody may be creating one at the same
 * time.
 */
export async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (name.startsWith(UNFINISHED)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

/** The git that receives a push does not get our settings, and a person's hooks must not run in it either. */
const BARE_SETTINGS = { 'core.hooksPath': '/dev/null', 'receive.autogc': 'false', 'gc.auto': '0' } as const;

/** Sets what every clone of ours needs, no matter who made it, and removes what a killed git of ours left behind. */
export async function prepareClone(context: GitContext): Promise<void> {
  const gitDirectory = await gitPath(context, '.');
  const info = join(gitDirectory, 'info');
  await makeFolder(info);
  const attributes = join(info, 'attributes');
  const present = await readFile(attributes, 'utf8').catch(() => '');
  const missing = ATTRIBUTES.filter((line) => !present.includes(line)).join('');
  if (missing !== '') await writeFile(attributes, joinLines(present, missing));
  if ((await readConfig(context, 'core.symlinks')) !== 'false')
    await writeConfig(context, 'core.symlinks', 'false');
  await removeLeftOvers(gitDirectory);
}

const joinLines = (before: string, after: string): string =>
  before === '' || before.endsWith('\n') ? before + after : `${before}\n${after}`;

export async function readSettings(context: GitContext): Promise<CloneSettings> {
  const values = await localConfig(context);
  const device = values.get('gitpost.device') ?? '';
  return {
    device: /^[a-z0-9-]{1,32}$/.test(device) ? device : await renewDevice(context),
    branch: values.get('gitpost.branch') ?? DEFAULT_BRANCH,
    branchGiven: values.get('gitpost.branchgiven') === 'true',
    contacted: values.get('gitpost.contacted') === 'true',
    lastSync: values.get('gitpost.lastsync') ?? null,
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

/** Gives the clone its own device id: a slug of the machine's name plus six random characters. */
export async function renewDevice(context: GitContext): Promise<string> {
  const device = newDevice();
  await writeConfig(context, SETTING_KEYS.device, device);
  return device;
}

function newDevice(): string {
  const slug = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 25)
    .replace(/-$/, '');
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const random = [...randomBytes(6)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return `${slug === '' ? 'device' : slug}-${random}`;
}
