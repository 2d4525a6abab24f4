import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { MAX_JOURNAL_BYTES } from '../journal/split.ts';
import { type BlobSink, beginning, clippedLines, nothing, wholeBlob } from './blob-sinks.ts';
import { endGroup, type GitContext, startGit } from './run.ts';

/** An object as it came: its id, its type, and what was kept of its content. */
interface Received {
  readonly id: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  readonly content: Buffer;
}

/** What is asked of an object: its content, or its type and size alone. */
type Question = 'contents' | 'info';

interface Waiting {
  readonly question: Question;
  /** Takes an object of so many bytes. */
  readonly sink: (size: number) => BlobSink;
  readonly resolve: (received: Received | null) => void;
  readonly reject: (error: Error) => void;
}

/** So much of a commit is read for its parents. In bytes. */
const MAX_COMMIT_HEADER = 64 * 1024;

/** A blob that is larger than what is ever read whole. */
export class BlobTooLarge extends Error {
  constructor(name: string, size: number) {
    super(`${name} has ${size} bytes, and no more than ${MAX_JOURNAL_BYTES} are read`);
    this.name = 'BlobTooLarge';
  }
}

/**
 * Reads objects through one long-lived `git cat-file --batch-command`. Reads may overlap: they are answered in order.
 * Blobs are read rather than files of the work tree, since only they are what was committed.
 */
export class BlobReader {
  readonly #context: GitContext;
  #process: ReturnType<typeof startReader> | undefined;

  constructor(context: GitContext) {
    this.#context = context;
  }

  /**
   * The content of a blob to the byte, named by its id or by `<commit>:<path>`; `null` where there is none. Rejects
   * with {@link BlobTooLarge} over 64 MiB.
   */
  read(name: string): Promise<Buffer | null> {
    return this.#read(name, (size) => {
      if (size > MAX_JOURNAL_BYTES) throw new BlobTooLarge(name, size);
      return wholeBlob();
    });
  }

  /**
   * The id of the commit that a ref names now, as git has it on the disk, or that an id is of; `null` where there is none
   * or it is something else, and where the clone is not there any more, which only a git that is started anew can tell.
   */
  async commitOf(revision: string): Promise<string | null> {
    const received = await this.#receive('info', revision, nothing);
    return received?.type === 'commit' ? received.id : null;
  }

  /** The size of an object in bytes; `null` where there is none. */
  async sizeOf(id: string): Promise<number | null> {
    return (await this.#receive('info', id, nothing))?.size ?? null;
  }

  /** The ids of the parents of a commit; `null` where there is no such commit, or it begins with more than is read. */
  async parentsOf(id: string): Promise<readonly string[] | null> {
    const received = await this.#receive('contents', id, () => beginning(MAX_COMMIT_HEADER));
    if (received?.type !== 'commit') return null;
    const [header, rest] = received.content.toString('latin1').split('\nauthor ', 2);
    if (header === undefined || rest === undefined) return null;
    return header.split('\n').flatMap((line) => (line.startsWith('parent ') ? [line.slice(7)] : []));
  }

  /**
   * The content of a blob as a journal is read, whatever it holds: lines that are too long to be read anyway are cut
   * short, and so is what comes after 64 MiB. So a remote's file takes no more memory than that. Never to be written back.
   */
  readClipped(name: string): Promise<Buffer | null> {
    return this.#read(name, () => clippedLines());
  }

  close(): void {
    this.#process?.end();
    this.#process = undefined;
  }

  async #read(name: string, sink: Waiting['sink']): Promise<Buffer | null> {
    const received = await this.#receive('contents', name, sink);
    return received?.type === 'blob' ? received.content : null;
  }

  #receive(question: Question, name: string, sink: Waiting['sink']): Promise<Received | null> {
    // The protocol is one name a line, so a name with a line end can't be asked for, nor one that is empty.
    if (name === '' || name.includes('\n')) return Promise.resolve(null);
    if (this.#process?.ended()) this.#process = undefined;
    this.#process ??= startReader(this.#context);
    return this.#process.ask(question, name, sink);
  }
}

function startReader(context: GitContext) {
  const child = startGit(context, ['cat-file', '--batch-command']);
  const waiting: Waiting[] = [];
  const parser = createParser(() => waiting.shift());
  let ended = false;
  const fail = (error: Error) => {
    ended = true;
    for (const one of waiting.splice(0)) one.reject(error);
    parser.fail(error);
  };
  child.stdout.on('data', parser.take);
  child.stderr.resume();
  child.on('error', fail);
  child.on('close', (code) => fail(new Error(`git cat-file ended with ${code ?? 'a signal'}`)));
  return {
    ended: () => ended,
    ask: (question: Question, name: string, sink: Waiting['sink']): Promise<Received | null> =>
      new Promise((resolve, reject) => {
        waiting.push({ question, sink, resolve, reject });
        child.stdin.write(`${question} ${name}\n`);
      }),
    end: () => stop(child),
  };
}

/** What is being received: an object for somebody, or one that nobody gets. */
interface Receiving {
  readonly id: string;
  readonly type: string;
  readonly size: number;
  readonly sink: BlobSink | undefined;
  readonly for: Waiting | undefined;
  /** Bytes that are still to come, the LF behind them included. */
  left: number;
}

/** Cuts the stream into answers: `<id> <type> <size>`, LF, and where they were asked for the bytes, LF; or one line for what is missing. */
function createParser(next: () => Waiting | undefined) {
  let header = Buffer.alloc(0);
  let receiving: Receiving | undefined;

  /** Takes what belongs to the header from the front of the bytes; returns the rest. */
  function takeHeader(bytes: Buffer): Buffer {
    const end = bytes.indexOf(0x0a);
    header = Buffer.concat([header, end === -1 ? bytes : bytes.subarray(0, end)]);
    if (end === -1) return bytes.subarray(bytes.length);
    const words = header.toString('utf8').split(' ');
    header = Buffer.alloc(0);
    const waiting = next();
    const [id = '', type = '', size] = words;
    if (words.at(-1) === 'missing' || words.at(-1) === 'ambiguous') waiting?.resolve(null);
    else if (waiting?.question === 'info') {
      waiting.resolve({ id, type, size: Number(size), content: Buffer.alloc(0) });
    } else receiving = receive(waiting, id, type, Number(size));
    return bytes.subarray(end + 1);
  }

  function takeContent(current: Receiving, bytes: Buffer): Buffer {
    const content = bytes.subarray(0, Math.max(0, Math.min(bytes.length, current.left - 1)));
    if (content.length > 0) current.sink?.take(content);
    const rest = bytes.subarray(Math.min(bytes.length, current.left));
    current.left -= bytes.length - rest.length;
    if (current.left === 0) {
      receiving = undefined;
      const { id, type, size } = current;
      current.for?.resolve({ id, type, size, content: current.sink?.content() ?? Buffer.alloc(0) });
    }
    return rest;
  }

  return {
    take: (chunk: Buffer): void => {
      for (let bytes = chunk; bytes.length > 0; ) {
        bytes = receiving ? takeContent(receiving, bytes) : takeHeader(bytes);
      }
    },
    fail: (error: Error): void => receiving?.for?.reject(error),
  };
}

function receive(waiting: Waiting | undefined, id: string, type: string, size: number): Receiving {
  const left = size + 1;
  try {
    return { id, type, size, sink: waiting?.sink(size), for: waiting, left };
  } catch (error) {
    waiting?.reject(error as Error);
    return { id, type, size, sink: undefined, for: undefined, left };
  }
}

function stop(child: ChildProcessWithoutNullStreams): void {
  child.stdin.end();
  setTimeout(() => endGroup(child.pid), 2000).unref();
}
