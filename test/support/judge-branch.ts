import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { git, gitEnvironment } from './git.ts';

/** Reads branches with plain git alone: nothing here shares code with what it judges. */

const LF = 0x0a;

const isUnborn = (clone: string, branch: string): Promise<boolean> =>
  git(clone, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`).then(
    () => false,
    () => true,
  );

/** The texts of every line in the journals of a branch, by the id of their message. Lines that are odd are passed over. */
export async function textsOnBranch(clone: string, branch = 'main'): Promise<Map<string, Set<string>>> {
  if (await isUnborn(clone, branch)) return new Map();
  const list = await git(clone, 'ls-tree', '-r', '-z', branch, '--', 'messages/');
  const ids = list.split('\0').flatMap((entry) => {
    const [, id] = /^100\d+ blob (\w+)\tmessages\/.*\.jsonl$/s.exec(entry) ?? [];
    return id === undefined ? [] : [id];
  });
  const texts = new Map<string, Set<string>>();
  for (const bytes of (await readBlobs(clone, ids)).values()) {
    for (const line of bytes.toString('utf8').split('\n')) {
      const { id, text } = membersOf(line);
      if (typeof id !== 'string' || typeof text !== 'string') continue;
      texts.set(id, (texts.get(id) ?? new Set()).add(text));
    }
  }
  return texts;
}

function membersOf(line: string): { readonly id?: unknown; readonly text?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/**
 * What commits of gitpost took away, each as a sentence: they may only append to journals, and their merges must keep
 * every line of both sides.
 */
export async function takenAway(clone: string, branch = 'main'): Promise<string[]> {
  if (await isUnborn(clone, branch)) return [];
  const changes = (await changesByUs(clone, branch)).filter(({ before }) => !/^0+$/.test(before));
  const blobs = await readBlobs(clone, [
    ...new Set(changes.flatMap(({ before, after }) => [before, after]).filter((id) => !/^0+$/.test(id))),
  ]);
  const nothing = Buffer.alloc(0);
  return changes.flatMap(({ commit, isMerge, before, after, path }) => {
    const [old, now] = [blobs.get(before) ?? nothing, blobs.get(after) ?? nothing];
    if (isMerge ? holdsLines(now, old) : now.subarray(0, old.length).equals(old)) return [];
    const what = isMerge ? 'merges and drops lines of' : 'does more than append to';
    return [`Commit ${commit} ${what} ${path}: ${old.length} bytes before, ${now.length} after`];
  });
}

function holdsLines(now: Buffer, old: Buffer): boolean {
  const lines = new Set(linesOf(now));
  return linesOf(old).every((line) => lines.has(line));
}

function linesOf(bytes: Buffer): string[] {
  const whole = bytes.length > 0 && bytes.at(-1) !== LF ? Buffer.concat([bytes, Buffer.from([LF])]) : bytes;
  return whole.toString('latin1').split('\n').slice(0, -1);
}

interface Change {
  readonly commit: string;
  readonly isMerge: boolean;
  readonly before: string;
  readonly after: string;
  readonly path: string;
}

/** What each commit that names a device changed below `messages`, against each of its parents. */
async function changesByUs(clone: string, branch: string): Promise<Change[]> {
  const format = '--format=%x01%H %P%x02%(trailers:key=Device,valueonly,separator=%x2C)%x02';
  const raw = ['--raw', '--no-abbrev', '--no-renames', '-m', '--root'];
  const log = await git(clone, 'log', ...raw, format, branch, '--', 'messages');
  return log.split('\x01').flatMap((entry) => {
    const [ids = '', device = '', body = ''] = entry.split('\x02');
    const [commit = '', ...parents] = ids.split(' ');
    if (device.trim() === '') return [];
    return [...body.matchAll(/^:\d+ \d+ (\w+) (\w+) \w\t(.*)$/gm)].map(
      ([, before = '', after = '', path = '']) => ({
        commit,
        isMerge: parents.length > 1,
        before,
        after,
        path,
      }),
    );
  });
}

/** The bytes of many objects, read by one git. */
export async function readBlobs(clone: string, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const child = spawn('git', ['cat-file', '--batch'], { cwd: clone, env: gitEnvironment() });
  child.stdin.on('error', () => undefined).end(ids.map((id) => `${id}\n`).join(''));
  const [bytes] = await Promise.all([buffer(child.stdout), once(child, 'close')]);
  const blobs = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(LF, at);
    const [id = '', , size] = bytes.toString('latin1', at, end).split(' ');
    const from = end + 1;
    blobs.set(id, bytes.subarray(from, from + Number(size)));
    at = from + Number(size) + 1;
  }
  return blobs;
}
