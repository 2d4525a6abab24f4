import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { LineReader } from './line-reader.ts';
import { endGroup, type GitContext, GitError, startGit } from './run.ts';

/** Who did something, for git: names without `<`, `>` and line ends. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** One commit that brings one journal file to a new content. */
export interface NewCommit {
  readonly author: Identity;
  /** Seconds since 1970. */
  readonly time: number;
  readonly message: string;
  readonly path: string;
  readonly content: Buffer;
}

/** After so many commits the process is started anew, since it remembers every object that it wrote. */
const COMMITS_A_PROCESS = 20_000;

/**
 * Writes commits through one long-lived `git fast-import`, which needs neither index nor work tree. Each batch
 * ends with a checkpoint, which makes it durable as a pack of its own; no ref is touched, so a batch that is
 * not taken in the end is garbage and nothing else. One batch at a time; start it anew ({@link close}) when
 * packs were taken away under it.
 */
export class Importer {
  readonly #context: GitContext;
  readonly #committer: Identity;
  #process: ImportProcess | undefined;

  constructor(context: GitContext, committer: Identity) {
    this.#context = context;
    this.#committer = committer;
  }

  /**
   * Makes a chain of commits on `parent` and returns their ids, in order, once all of them are durable.
   * Throws a {@link GitError} where git refuses; then none of them counts.
   */
  async write(parent: string | null, commits: readonly NewCommit[]): Promise<string[]> {
    this.#process ??= startImport(this.#context);
    const current = this.#process;
    try {
      const ids = await current.write(parent, commits, this.#committer);
      if (current.written() > COMMITS_A_PROCESS) void this.close();
      return ids;
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  /** Resolves when its process has ended, which takes the marks from its packs until then. */
  async close(): Promise<void> {
    const ending = this.#process?.end();
    this.#process = undefined;
    await ending;
  }
}

// A ref that is named while commits are made and forgotten before they are written.
const SCRATCH_REF = 'refs/gitpost/import';

type ImportProcess = ReturnType<typeof startImport>;

function startImport(context: GitContext) {
  const child = startGit(context, ['fast-import', '--quiet', '--date-format=raw', '--force']);
  const lines = new LineReader(child, 'fast-import');
  let batches = 0;
  let written = 0;

  async function write(parent: string | null, commits: readonly NewCommit[], committer: Identity) {
    batches += 1;
    written += commits.length;
    const done = `progress gitpost ${batches}`;
    const now = Math.floor(Date.now() / 1000);
    for (const [index, commit] of commits.entries()) {
      const from = index === 0 ? parent : `:${index}`;
      writeCommit(child, commit, index + 1, from, `${identity(committer)} ${now} +0000`);
      // Each brings its whole segment: hundreds of them are megabytes.
      if (index % COMMITS_A_TURN === COMMITS_A_TURN - 1) await turn();
    }
    const marks = commits.map((_, index) => `get-mark :${index + 1}\n`).join('');
    child.stdin.write(`${marks}reset ${SCRATCH_REF}\n\ncheckpoint\n\n${done}\n`);
    const ids: string[] = [];
    for (let line = await lines.next(); line !== done; line = await lines.next()) ids.push(line);
    if (ids.length !== commits.length || !ids.every((id) => /^[0-9a-f]{40,64}$/.test(id))) {
      throw new GitError('fast-import', { code: child.exitCode, stderr: 'an unexpected answer' });
    }
    return ids;
  }

  return { write, written: () => written, end: () => endChild(child) };
}

function writeCommit(
  child: ChildProcessWithoutNullStreams,
  commit: NewCommit,
  mark: number,
  from: string | null,
  committer: string,
): void {
  const message = Buffer.from(commit.message);
  child.stdin.write(
    `commit ${SCRATCH_REF}\nmark :${mark}\nauthor ${identity(commit.author)} ${commit.time} +0000\n` +
      `committer ${committer}\ndata ${message.length}\n`,
  );
  child.stdin.write(message);
  // A first commit has no parent; the reset before it has made sure that the scratch ref has none either.
  child.stdin.write(
    `\n${from === null ? '' : `from ${from}\n`}M 100644 inline ${quote(commit.path)}\ndata ${commit.content.length}\n`,
  );
  child.stdin.write(commit.content);
  child.stdin.write('\n\n');
}

const identity = ({ name, email }: Identity): string => `${name} <${email}>`;

const COMMITS_A_TURN = 50;

/** Paths of other programs' journals may hold anything; quoted as fast-import reads them. */
const quote = (path: string): string =>
  `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

async function endChild(child: ChildProcessWithoutNullStreams): Promise<void> {
  const isEnded = child.exitCode !== null || child.signalCode !== null;
  const ended = isEnded ? undefined : once(child, 'exit').catch(() => undefined);
  child.stdin.end();
  // It ends by itself at the end of its input; a stuck one must not outlive us.
  const timer = setTimeout(() => endGroup(child.pid), 2000);
  await ended;
  clearTimeout(timer);
}
