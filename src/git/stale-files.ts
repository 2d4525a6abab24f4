import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withIndexHeld } from './held-index.ts';
import { type GitContext, output, run } from './run.ts';
import { NO_GITMODULES } from './settings.ts';

/** A file that differs from the commit's version. */
interface Differing {
  readonly path: string;
  readonly mode: string;
  /** The blob in the commit. */
  readonly id: string;
}

interface Stale extends Differing {
  readonly file: Stats;
}

/** One version of a file in the history of a branch. */
interface State {
  readonly id: string;
  /** When it was committed, in whole seconds since 1970. */
  readonly time: number;
}

/**
 * Updates the files below a folder that merely missed changes up to a commit, because the index was lost or git wrote
 * elsewhere for a while. A file is stale if its bytes are an earlier version of itself and it was last written before
 * the next version was committed, so nobody can have removed what it lacks. Any other difference is a person's, and
 * stays. Resolves to false if another git process holds the index.
 *
 * @param folder as a path in the tree, such as `messages`
 */
export async function updateStale(context: GitContext, folder: string, commit: string): Promise<boolean> {
  const stale: Stale[] = [];
  for (const one of await findChanged(context, folder, commit)) {
    const file = await findStale(context, one, commit);
    if (file) stale.push({ ...one, file });
  }
  if (stale.length === 0) return true;
  const done = await withIndexHeld(context, async (held) => {
    const still: Stale[] = [];
    for (const one of stale) if (await isUntouched(context, one)) still.push(one);
    const records = still.map(({ mode, id, path }) => `${mode} ${id}\t${path}\0`).join('');
    await output(held, ['update-index', '-z', '--index-info'], { input: records });
    const paths = still.map(({ path }) => `${path}\0`).join('');
    await output(held, ['checkout-index', '-f', '-u', '-z', '--stdin'], { input: paths });
    return true;
  });
  return done === true;
}

/** The files whose bytes differ from the commit's, with their own blob ids as `current`. */
async function findChanged(context: GitContext, folder: string, commit: string) {
  const args = ['diff-index', '-z', '--raw', '--no-abbrev', '--diff-filter=M', NO_GITMODULES, commit];
  const parts = (await output(context, [...args, '--', folder])).toString('utf8').split('\0');
  const differing: Differing[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode, id] = /^:(\d+) \d+ ([0-9a-f]+) /.exec(parts[at] ?? '') ?? [];
    const path = parts[at + 1] ?? '';
    // git takes many paths at once as one per line.
    if (mode !== undefined && id !== undefined && !/^"|\n/.test(path)) differing.push({ path, mode, id });
  }
  const present: Differing[] = [];
  for (const one of differing) if ((await statOf(context, one.path))?.isFile()) present.push(one);
  if (present.length === 0) return [];
  // git also lists files that differ only in their date, as all do in a copied clone.
  const input = present.map(({ path }) => `${path}\n`).join('');
  const { code, stdout } = await run(context, ['hash-object', '--no-filters', '--stdin-paths'], { input });
  if (code !== 0) return [];
  const ids = stdout.toString().split('\n');
  return present
    .map((one, index) => ({ ...one, current: ids[index] ?? '' }))
    .filter(({ id, current }) => current !== id);
}

const statOf = ({ directory }: GitContext, path: string): Promise<Stats | undefined> =>
  stat(join(directory, path)).catch(() => undefined);

const stampOf = ({ mtimeMs, size }: Stats): string => `${mtimeMs} ${size}`;

async function isUntouched(context: GitContext, { path, file }: Stale): Promise<boolean> {
  const now = await statOf(context, path);
  return now !== undefined && stampOf(now) === stampOf(file);
}

/** The files found to be a person's, with their state at that time: no later commit makes them stale. */
const persons = new WeakMap<GitContext, Map<string, string>>();

async function findStale(
  context: GitContext,
  { path, current }: Differing & { readonly current: string },
  commit: string,
): Promise<Stats | undefined> {
  const file = await statOf(context, path);
  if (file === undefined) return undefined;
  const known = persons.get(context) ?? new Map<string, string>();
  persons.set(context, known);
  if (known.get(path) === stampOf(file)) return undefined;
  const states = await statesOf(context, path, commit);
  const next = states[states.findIndex(({ id }) => id === current) - 1];
  if (next !== undefined && Math.floor(file.mtimeMs / 1000) <= next.time) return file;
  known.set(path, stampOf(file));
  return undefined;
}

/** How many versions of a file are examined at most. */
const MOST_STATES = 10_000;

/** The versions that a file had, newest first. */
async function statesOf(context: GitContext, path: string, commit: string): Promise<State[]> {
  const args = ['log', '--raw', '--no-abbrev', '--no-renames', '--format=%ct', '-n', String(MOST_STATES)];
  const lines = (await output(context, [...args, commit, '--', path])).toString('utf8').split('\n');
  const states: State[] = [];
  let time = 0;
  for (const line of lines) {
    if (/^\d+$/.test(line)) time = Number(line);
    const [, id] = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [AM]\t/.exec(line) ?? [];
    if (id !== undefined) states.push({ id, time });
  }
  return states;
}
