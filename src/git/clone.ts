import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type GitContext, output, run, text } from './run.ts';

/** What a clone keeps about itself in its own git configuration, section `gitpost`. */
export interface CloneSettings {
  readonly device: string;
  /** The branch that is captured to. */
  readonly branch: string;
  /** Whether a person chose the branch, so that it stays whatever the remote calls its own. */
  readonly branchGiven: boolean;
  /** Whether the remote has ever been reached. */
  readonly contacted: boolean;
  /** When the last sync went well, as an ISO date. */
  readonly lastSync: string | null;
}

// The highest precedence of all attributes, so that no file from a remote has bytes changed on their way to disk;
// and where a person merges by hand, both sides' lines are kept.
const ATTRIBUTES = 'messages/** -text -ident -filter -working-tree-encoding !eol merge=union\n';

/** Whether there is a clone in a folder; `blocked` where something else is. */
export async function inspectFolder(directory: string): Promise<'absent' | 'clone' | 'blocked'> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    if (error.code === 'ENOTDIR') return ['file'];
    throw error;
  });
  if (entries === undefined || entries.length === 0) return 'absent';
  return entries.includes('.git') ? 'clone' : 'blocked';
}

/**
 * Makes an empty clone that can be captured to at once, whether its remote can be reached or not. It appears
 * whole or not at all.
 */
export async function createClone(context: GitContext, branch: string, url: string): Promise<void> {
  const parent = join(context.directory, '..');
  const temporary = join(parent, `.new-${randomBytes(6).toString('hex')}`);
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const inside = { ...context, directory: temporary };
  try {
    await output(inside, ['init', '--quiet', '--template=', `--initial-branch=${branch}`]);
    await writeConfig(inside, 'remote.origin.url', url);
    await writeConfig(inside, 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
    await rm(context.directory, { recursive: true, force: true });
    await rename(temporary, context.directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Makes a bare repository for the app's own use; one that is there is left as it is. */
export async function ensureBareRepository(context: GitContext, path: string): Promise<boolean> {
  if (await isThere(join(path, 'HEAD'))) return false;
  const bare = { ...context, directory: path };
  await mkdir(path, { recursive: true, mode: 0o700 });
  await output(bare, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main']);
  // The git that receives a push is not told our settings; a person's hooks are none of its business either.
  for (const [key, value] of BARE_SETTINGS) await writeConfig(bare, key, value);
  return true;
}

const BARE_SETTINGS = [
  ['core.hooksPath', '/dev/null'],
  ['receive.autogc', 'false'],
  ['gc.auto', '0'],
] as const;

/** Sets what every clone of ours needs, whoever made it, and takes away what a killed git of ours left behind. */
export async function prepareClone(context: GitContext): Promise<void> {
  const gitDirectory = await gitPath(context, '.');
  const info = join(gitDirectory, 'info');
  await mkdir(info, { recursive: true });
  const attributes = join(info, 'attributes');
  const present = await readFile(attributes, 'utf8').catch(() => '');
  if (!present.includes(ATTRIBUTES)) await writeFile(attributes, joinLines(present, ATTRIBUTES));
  if ((await readConfig(context, 'core.symlinks')) !== 'false')
    await writeConfig(context, 'core.symlinks', 'false');
  await run(context, ['update-ref', '-d', 'refs/gitpost/import']);
  await removeLeftovers(gitDirectory);
}

const joinLines = (before: string, after: string): string =>
  before === '' || before.endsWith('\n') ? before + after : `${before}\n${after}`;

/** fast-import leaves a report where it was cut off, and marks that keep its packs from being packed together. */
async function removeLeftovers(gitDirectory: string): Promise<void> {
  for (const name of await readdir(gitDirectory)) {
    if (name.startsWith('fast_import_crash_')) await rm(join(gitDirectory, name), { force: true });
  }
  const packs = join(gitDirectory, 'objects', 'pack');
  for (const name of await readdir(packs).catch(() => [])) {
    if (!name.endsWith('.keep')) continue;
    const reason = await readFile(join(packs, name), 'utf8').catch(() => '');
    if (reason.trim() === 'fast-import') await rm(join(packs, name), { force: true });
  }
}

/** A path inside the clone's git folder, wherever that is. */
export async function gitPath(context: GitContext, path: string): Promise<string> {
  return text(context, ['rev-parse', '--path-format=absolute', '--git-path', path]);
}

export async function readSettings(context: GitContext): Promise<CloneSettings> {
  const lines = await run(context, ['config', '--local', '--get-regexp', '^gitpost\\.']);
  const values = new Map(
    lines.stdout
      .toString('utf8')
      .split('\n')
      .map((line) => /^gitpost\.(\S+) ?(.*)$/.exec(line))
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
  return result.code === 0 ? result.stdout.toString('utf8').replace(/\n$/, '') : null;
}

export async function writeConfig(context: GitContext, key: string, value: string): Promise<void> {
  await output(context, ['config', '--local', '--replace-all', key, value]);
}

/** A value of a person's own git configuration, such as `user.name`; `undefined` where there is none. */
export async function personsConfig(context: GitContext, key: string): Promise<string | undefined> {
  const result = await run(context, ['config', '--get', key]);
  return result.code === 0 ? result.stdout.toString('utf8').trim() || undefined : undefined;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
