import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { BlobReader } from './blobs.ts';
import { LineReader } from './line-reader.ts';
import { type GitContext, GitError, GitProcess } from './run.ts';

/** A person's name and address for git, without `<`, `>` and line ends. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** A file with its blob, which is already stored. */
export interface StoredFile {
  readonly path: string;
  readonly id: string;
}

/** One commit that updates one journal file, and adds the files that its line names. */
export interface NewCommit {
  readonly author: Identity;
  /** Seconds since 1970. */
  readonly time: number;
  readonly message: string;
  readonly path: string;
  /** The new content of the file. */
  readonly content: Buffer;
  /** How many bytes at the beginning of `content` are the complete file in the parent commit; 0 for a new file. */
  readonly kept: number;
  readonly files?: readonly StoredFile[];
}

/**
 * A commit that would have done something other than append to one file. It is on no branch, and the message is not
 * saved. The text is meant for a person.
 */
export class NotAppended extends GitError {
  constructor(words: string) {
    super('fast-import', { code: 0, stderr: words });
    this.name = 'NotAppended';
  }
}

/** After this many commits the process is replaced, since it remembers every object it wrote. */
const COMMITS_A_PROCESS = 20_000;

/**
 * Writes commits through one long-lived `git fast-import`, which needs neither index nor work tree. Each batch ends
 * with a checkpoint, which makes it durable as a pack of its own. No ref is touched, so a batch that is not used in
 * the end is only garbage. Write one batch at a time. {@link close} it if packs were removed while it was running.
 *
 * Every commit only appends. git is asked for the file before and after each commit. Once per file, a second git
 * process, which matches paths exactly, is asked whether the commit has it. So neither a mistake of ours nor a
 * setting that makes git write to another path can remove a line.
 */
export class Importer {
  readonly #context: GitContext;
  readonly #committer: Identity;
  readonly #blobs: BlobReader;
  /** The files the process has written to that have proved to be at the right path. */
  readonly #placed = new Set<string>();
  #process: ImportProcess | undefined;

  /** @param blobs reads the same clone */
  constructor(context: GitContext, committer: Identity, blobs: BlobReader) {
    this.#context = context;
    this.#committer = committer;
    this.#blobs = blobs;
  }

  /**
   * Writes a chain of commits on top of `parent` and returns their ids in order, once all of them are durable. Throws
   * a {@link GitError} if git refuses or hangs, and a {@link NotAppended} if a file would lose something. In both
   * cases none of the commits counts.
   */
  async write(parent: string | null, commits: readonly NewCommit[]): Promise<string[]> {
    this.#process ??= startImport(this.#context);
    const current = this.#process;
    try {
      const { ids, files } = await current.write(parent, commits, this.#committer);
      await this.#checkPaths(ids.at(-1) ?? '', files);
      if (current.written() > COMMITS_A_PROCESS) void this.close();
      return ids;
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  /**
   * fast-import itself may find a file under a different path, such as one in upper case. Once a file has proved to
   * be at the right path, the check of its beginning is enough: the content of another file would not match.
   */
  async #checkPaths(commit: string, files: ReadonlyMap<string, string>): Promise<void> {
    for (const [path, id] of files) {
      // The git process takes one name per line.
      if (this.#placed.has(path) || path.includes('\n')) continue;
      if ((await this.#blobs.idOf(`${commit}:${path}`)) !== id) throw misplaced(path);
      this.#placed.add(path);
    }
  }

  /** Resolves when its process has ended. Until then the process keeps the packs it wrote from being repacked. */
  async close(): Promise<void> {
    const ending = this.#process?.end();
    this.#process = undefined;
    this.#placed.clear();
    await ending;
  }
}

// A ref that is used while commits are made, and dropped before they are written.
export const SCRATCH_REF = 'refs/gitpost/import';

type ImportProcess = ReturnType<typeof startImport>;

function startImport(context: GitContext) {
  const git = new GitProcess(context, ['fast-import', '--quiet', '--date-format=raw', '--force'], {
    stays: true,
  });
  const lines = new LineReader(git);
  let batches = 0;
  let written = 0;

  async function write(parent: string | null, commits: readonly NewCommit[], committer: Identity) {
    batches += 1;
    written += commits.length;
    const done = `progress gitpost ${batches}`;
    const now = Math.floor(Date.now() / 1000);
    for (const [index, commit] of commits.entries()) {
      const from = index === 0 ? parent : `:${index}`;
      writeCommit(git, commit, index + 1, from, `${identity(committer)} ${now} +0000`);
      // Each commit contains its whole segment, so hundreds of them are megabytes.
      if (index % COMMITS_A_TURN === COMMITS_A_TURN - 1) await turn();
    }
    const marks = commits.map((_, index) => `get-mark :${index + 1}\n`).join('');
    git.write(`${marks}reset ${SCRATCH_REF}\n\ncheckpoint\n\n${done}\n`);
    const answers: string[] = [];
    for (let line = await lines.next(); line !== done; line = await lines.next()) answers.push(line);
    const listings = answers.slice(
      0,
      commits.reduce((sum, commit) => sum + listingsOf(commit), 0),
    );
    const ids = answers.slice(listings.length);
    if (ids.length !== commits.length || !ids.every((id) => /^[0-9a-f]{40,64}$/.test(id))) {
      throw new GitError('fast-import', { code: null, stderr: 'an unexpected answer' });
    }
    return { ids, files: checkAppends(commits, listings, ids[0]?.length === 64 ? 'sha256' : 'sha1') };
  }

  return { write, written: () => written, end: () => git.stop() };
}

function writeCommit(
  git: GitProcess,
  commit: NewCommit,
  mark: number,
  from: string | null,
  committer: string,
): void {
  const message = Buffer.from(commit.message);
  const path = quote(commit.path);
  git.write(
    `commit ${SCRATCH_REF}\nmark :${mark}\nauthor ${identity(commit.author)} ${commit.time} +0000\n` +
      `committer ${committer}\ndata ${message.length}\n`,
  );
  git.write(message);
  // A first commit has no parent. The reset before it makes sure that the scratch ref has none either.
  git.write(
    `\n${from === null ? '' : `from ${from}\n`}ls ${path}\nM 100644 inline ${path}\ndata ${commit.content.length}\n`,
  );
  git.write(commit.content);
  git.write(`\nls ${path}\n`);
  for (const file of commit.files ?? []) {
    const name = quote(file.path);
    git.write(`ls ${name}\nM 100644 ${file.id} ${name}\nls ${name}\n`);
  }
  git.write('\n');
}

/** How many listings a commit asks git for: each of its files before and after. */
const listingsOf = ({ files = [] }: NewCommit): number => 2 + 2 * files.length;

/**
 * Compares what git reports for each file before and after its commit with what was intended. Returns the blob of
 * each file after the last commit, by path. Throws a {@link NotAppended} if a file would lose something.
 *
 * @param listings two for each file of each commit, before and after
 */
function checkAppends(
  commits: readonly NewCommit[],
  listings: readonly string[],
  algorithm: 'sha1' | 'sha256',
): Map<string, string> {
  const written = new Map<string, { readonly id: string; readonly content: Buffer }>();
  const placed = new Map<string, string>();
  let at = 0;
  const next = (): string => listings[at++] ?? '';
  for (const { path, content, kept, files = [] } of commits) {
    const [before, after] = [next(), next()];
    const start = content.subarray(0, kept);
    const last = written.get(path);
    // For a file that this batch wrote itself, the id is already known.
    const known = last?.content.equals(start) ? last.id : blobId(start, algorithm);
    const isKept = fileIn(before) === known || (kept === 0 && before.startsWith('missing '));
    if (!isKept || (last !== undefined && last.content.length !== kept)) throw losing(path);
    const id = blobId(content, algorithm);
    if (fileIn(after) !== id) throw misplaced(path);
    written.set(path, { id, content });
    for (const file of files) {
      const [earlier, later] = [next(), next()];
      if (fileIn(earlier) === undefined && !earlier.startsWith('missing ')) throw inTheWay(file.path);
      if (fileIn(later) !== file.id) throw misplaced(file.path);
      placed.set(file.path, file.id);
    }
  }
  for (const [path, { id }] of written) placed.set(path, id);
  return placed;
}

/** The blob in a listing of fast-import; `undefined` if it does not list an ordinary file. */
const fileIn = (listing: string): string | undefined =>
  /^100(?:644|755) blob ([0-9a-f]+)\t/.exec(listing)?.[1];

const blobId = (content: Buffer, algorithm: 'sha1' | 'sha256'): string =>
  createHash(algorithm).update(`blob ${content.length}\0`).update(content).digest('hex');

const losing = (path: string) =>
  new NotAppended(`The file ${path} has changed since a moment ago, and the change would have been lost`);

const inTheWay = (path: string) => new NotAppended(`A folder or a link is in the place of the file ${path}`);

const misplaced = (path: string) => new NotAppended(`The line would not have been in the file ${path}`);

const identity = ({ name, email }: Identity): string => `${name} <${email}>`;

const COMMITS_A_TURN = 50;

/** Paths of other programs' journals may contain anything. They are quoted the way fast-import reads them. */
const quote = (path: string): string =>
  `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
