import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { MAX_JOURNAL_BYTES } from '../journal/split.ts';
import { type BlobSink, clippedLines, wholeBlob } from './blob-sinks.ts';
import { endGroup, type GitContext, startGit } from './run.ts';

interface Waiting {
  /** Takes a blob of so many bytes. */
  readonly sink: (size: number) => BlobSink;
  readonly resolve: (content: Buffer | null) => void;
  readonly reject: (error: Error) => void;
}

/** A blob that is larger than what is ever read whole. */
export class BlobTooLarge extends Error {
  constructor(name: string, size: number) {
    super(`${name} has ${size} bytes, and no more than ${MAX_JOURNAL_BYTES} are read`);
    this.name = 'BlobTooLarge';
  }
}

/**
 * Reads objects through one long-lived `git cat-file --batch`. Reads may overlap: they are answered in order.
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

  #read(name: string, sink: Waiting['sink']): Promise<Buffer | null> {
    // The protocol is one name a line, so a name with a line end can't be asked for.
    if (name.includes('\n')) return Promise.resolve(null);
    if (this.#process?.ended()) this.#process = undefined;
    this.#process ??= startReader(this.#context);
    return this.#process.read(name, sink);
  }
}

function startReader(context: GitContext) {
  const child = startGit(context, ['cat-file', '--batch']);
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
    read: (name: string, sink: Waiting['sink']): Promise<Buffer | null> =>
      new Promise((resolve, reject) => {
        waiting.push({ sink, resolve, reject });
        child.stdin.write(`${name}\n`);
      }),
    end: () => stop(child),
  };
}

/** What is being received: a blob for somebody, or an object that nobody gets. */
interface Receiving {
  readonly sink: BlobSink | undefined;
  readonly for: Waiting | undefined;
  /** Bytes that are still to come, the LF behind them included. */
  left: number;
}

/** Cuts the stream into answers: `<id> <type> <size>`, LF, the bytes, LF; or one line for what is missing. */
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
    const [, type, size] = words;
    if (words.at(-1) === 'missing' || words.at(-1) === 'ambiguous') waiting?.resolve(null);
    else receiving = receive(waiting, type === 'blob', Number(size));
    return bytes.subarray(end + 1);
  }

  function takeContent(current: Receiving, bytes: Buffer): Buffer {
    const content = bytes.subarray(0, Math.max(0, Math.min(bytes.length, current.left - 1)));
    if (content.length > 0) current.sink?.take(content);
    const rest = bytes.subarray(Math.min(bytes.length, current.left));
    current.left -= bytes.length - rest.length;
    if (current.left === 0) {
      receiving = undefined;
      current.for?.resolve(current.sink?.content() ?? null);
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

function receive(waiting: Waiting | undefined, isBlob: boolean, size: number): Receiving {
  const left = size + 1;
  try {
    return { sink: isBlob ? waiting?.sink(size) : undefined, for: waiting, left };
  } catch (error) {
    waiting?.reject(error as Error);
    return { sink: undefined, for: undefined, left };
  }
}

function stop(child: ChildProcessWithoutNullStreams): void {
  child.stdin.end();
  setTimeout(() => endGroup(child.pid), 2000).unref();
}
