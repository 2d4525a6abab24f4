import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { git, gitEnvironment } from './git.ts';

/** Contents that no person's git would commit, made with plumbing. */

/** A piece of a file: some text or bytes, or a stretch of one letter, which is never in memory as a whole. */
export type Piece = string | Buffer | { readonly letters: number };

const PERSON = 'Person <person@example.org> 1790000000 +0000';
const MIB = Buffer.alloc(1024 * 1024, 'x');

/** Runs git with input, and answers its output as text without the last line end. */
export async function gitWith(
  cwd: string,
  input: Iterable<string | Buffer>,
  ...args: string[]
): Promise<string> {
  const child = spawn('git', args, { cwd, env: gitEnvironment() });
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const ended = once(child, 'close');
  // What git does not read to its end it will say itself.
  await pipeline(Readable.from(input, { objectMode: false }), child.stdin).catch(() => undefined);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}: ${await err}`);
  return (await out).replace(/\n$/, '');
}

/** Commits one file onto the branch `main` of a bare repository, whatever its path and size. */
export async function commitPieces(remote: string, path: string, pieces: readonly Piece[]): Promise<void> {
  await commitTree(remote, `M 100644 inline ${JSON.stringify(path)}\ndata ${sizeOf(pieces)}\n`, pieces);
}

/** Puts an object that is there already at a path: a tree, a blob, a link or a submodule, as its mode says. */
export async function commitEntry(remote: string, path: string, mode: string, id: string): Promise<void> {
  await commitTree(remote, `M ${mode} ${id} ${JSON.stringify(path)}\n`, []);
}

/** Makes a tree of entries as `git ls-tree` prints them, unchecked. */
export const makeTree = (remote: string, entries: readonly string[]): Promise<string> =>
  gitWith(remote, [entries.map((entry) => `${entry}\0`).join('')], 'mktree', '-z', '--missing');

/** Stores bytes as a blob. */
export const makeBlob = (remote: string, content: string | Buffer): Promise<string> =>
  gitWith(remote, [content], 'hash-object', '-w', '--stdin');

async function commitTree(remote: string, change: string, pieces: readonly Piece[]): Promise<void> {
  const before = await git(remote, 'rev-parse', '--verify', '--quiet', 'main').catch(() => undefined);
  const from = before === undefined ? '' : `from ${before}\n`;
  const head = `commit refs/heads/main\ncommitter ${PERSON}\ndata 4\nmade\n${from}${change}`;
  await gitWith(remote, stream(head, pieces), 'fast-import', '--quiet', '--force');
}

function* stream(head: string, pieces: readonly Piece[]): Generator<string | Buffer> {
  yield head;
  for (const piece of pieces) {
    if (typeof piece === 'string' || Buffer.isBuffer(piece)) yield piece;
    else
      for (let left = piece.letters; left > 0; left -= MIB.length)
        yield MIB.subarray(0, Math.min(left, MIB.length));
  }
  yield '\n';
}

const sizeOf = (pieces: readonly Piece[]): number =>
  pieces.reduce<number>(
    (sum, piece) =>
      sum + (typeof piece === 'object' && 'letters' in piece ? piece.letters : Buffer.byteLength(piece)),
    0,
  );

/** The most memory that a process has had, in bytes; `undefined` where the system does not tell. */
export async function mostMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
