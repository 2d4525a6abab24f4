import { MAX_JOURNAL_BYTES } from '../journal/split.ts';
import { type BlobSink, beginning, clippedLines, nothing, wholeBlob } from './blob-sinks.ts';
import { type Question, type Received, startCatFile } from './cat-file.ts';
import { type GitContext, GitHung } from './run.ts';

/** Creates the sink for an object of the given size in bytes. */
type SinkFor = (size: number) => BlobSink;

/** How much of a commit is read to find its parents. In bytes. */
const MAX_COMMIT_HEADER = 64 * 1024;

/** A blob that is too large to be read as a whole. */
export class BlobTooLarge extends Error {
  constructor(name: string, size: number) {
    super(`${name} has ${size} bytes, but at most ${MAX_JOURNAL_BYTES} are read`);
    this.name = 'BlobTooLarge';
  }
}

/**
 * Reads objects through one long-lived `git cat-file --batch-command`. Reads may overlap and are answered in order.
 * If the process hangs, it is killed and the read is tried once more with a new process. Blobs are read instead of
 * files in the work tree, since only blobs are what was committed.
 */
export class BlobReader {
  readonly #context: GitContext;
  #process: ReturnType<typeof startCatFile> | undefined;

  constructor(context: GitContext) {
    this.#context = context;
  }

  /**
   * The exact content of a blob, named by its id or by `<commit>:<path>`; `null` if there is none. Rejects with
   * {@link BlobTooLarge} over 64 MiB.
   */
  read(name: string): Promise<Buffer | null> {
    return this.#read(name, (size) => {
      if (size > MAX_JOURNAL_BYTES) throw new BlobTooLarge(name, size);
      return wholeBlob();
    });
  }

  /**
   * The id of the commit that a ref (as it is on disk now) or an id names; `null` if there is none, if it is
   * something else, or if the clone is gone, which only a newly started git notices.
   */
  async commitOf(revision: string): Promise<string | null> {
    const received = await this.#receive('info', revision, nothing);
    return received?.type === 'commit' ? received.id : null;
  }

  /** The id of the blob with a name such as `<commit>:<path>`, compared byte for byte; `null` if there is none. */
  async idOf(name: string): Promise<string | null> {
    const received = await this.#receive('info', name, nothing);
    return received?.type === 'blob' ? received.id : null;
  }

  /** The id of whatever has a name such as `<commit>:<path>`; `null` if there is nothing. */
  async objectOf(name: string): Promise<string | null> {
    return (await this.#receive('info', name, nothing))?.id ?? null;
  }

  /** The size of an object in bytes; `null` if there is none. */
  async sizeOf(id: string): Promise<number | null> {
    return (await this.#receive('info', id, nothing))?.size ?? null;
  }

  /** The ids of a commit's parents; `null` if there is no such commit, or if its header is longer than what is read. */
  async parentsOf(id: string): Promise<readonly string[] | null> {
    const received = await this.#receive('contents', id, () => beginning(MAX_COMMIT_HEADER));
    if (received?.type !== 'commit') return null;
    const [header, rest] = received.content.toString('latin1').split('\nauthor ', 2);
    if (header === undefined || rest === undefined) return null;
    return header.split('\n').flatMap((line) => (line.startsWith('parent ') ? [line.slice(7)] : []));
  }

  /**
   * The content of a blob as a journal, whatever it holds. Lines that are too long to be read are cut short, and so
   * is everything after 64 MiB, so a file from a remote never takes more memory than that. The result must never be
   * written back.
   */
  readClipped(name: string): Promise<Buffer | null> {
    return this.#read(name, () => clippedLines());
  }

  /** Lets the next read start another process. The current one still answers what it was asked. */
  renew(): void {
    this.#process?.finish();
    this.#process = undefined;
  }

  /** Resolves when its process has ended. The next read starts another one. */
  async close(): Promise<void> {
    const ending = this.#process?.end();
    this.#process = undefined;
    await ending;
  }

  async #read(name: string, sink: SinkFor): Promise<Buffer | null> {
    const received = await this.#receive('contents', name, sink);
    return received?.type === 'blob' ? received.content : null;
  }

  #receive(question: Question, name: string, sink: SinkFor): Promise<Received | null> {
    // The protocol has one name per line, so an empty name or one with a line end cannot be asked for.
    if (name === '' || name.includes('\n')) return Promise.resolve(null);
    return this.#ask(question, name, sink).catch((error: unknown) => {
      if (!(error instanceof GitHung)) throw error;
      return this.#ask(question, name, sink);
    });
  }

  async #ask(question: Question, name: string, sink: SinkFor): Promise<Received | null> {
    if (this.#process?.ended()) this.#process = undefined;
    this.#process ??= startCatFile(this.#context);
    const asked = this.#process;
    try {
      return await asked.ask(question, name, sink);
    } catch (error) {
      // A process that did not answer is not asked again, even if the system has not ended it yet.
      if (error instanceof GitHung && this.#process === asked) this.#process = undefined;
      throw error;
    }
  }
}
