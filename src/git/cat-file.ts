import type { BlobSink } from './blob-sinks.ts';
import { type GitContext, GitError, GitProcess } from './run.ts';

/** An object as received: its id, its type, and what was kept of its content. */
export interface Received {
  readonly id: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  readonly content: Buffer;
}

/** What to ask about an object: its content, or only its type and size. */
export type Question = 'contents' | 'info';

interface Waiting {
  readonly question: Question;
  /** Creates the sink for an object of the given size in bytes. */
  readonly sink: (size: number) => BlobSink;
  readonly resolve: (received: Received | null) => void;
  readonly reject: (error: Error) => void;
}

/** Starts a long-lived `git cat-file` that is asked for one object after another. */
export function startCatFile(context: GitContext) {
  const git = new GitProcess(context, ['cat-file', '--batch-command'], { stays: true });
  const waiting: Waiting[] = [];
  const parser = createParser(() => waiting.shift());
  let ended = false;
  git.onOutput(parser.take);
  git.onEnd((end) => {
    ended = true;
    const error = end instanceof Error ? end : new GitError('cat-file', { ...end, stderr: '' });
    for (const one of waiting.splice(0)) one.reject(error);
    parser.fail(error);
  });
  return {
    ended: () => ended,
    ask: (question: Question, name: string, sink: Waiting['sink']): Promise<Received | null> =>
      git.wait(
        new Promise((resolve, reject) => {
          waiting.push({ question, sink, resolve, reject });
          git.write(`${question} ${name}\n`);
        }),
      ),
    /** Ends it once it has answered what it was asked. */
    finish: () => git.end(),
    end: () => git.stop(),
  };
}

/** The object being received; `for` is missing if nobody is waiting for it. */
interface Receiving {
  readonly id: string;
  readonly type: string;
  readonly size: number;
  readonly sink: BlobSink | undefined;
  readonly for: Waiting | undefined;
  /** The bytes still to come, including the LF after them. */
  left: number;
}

/**
 * Splits the stream into answers: `<id> <type> <size>` and LF, then the bytes and LF if they were asked for. A
 * missing object is a single line.
 */
function createParser(next: () => Waiting | undefined) {
  let header = Buffer.alloc(0);
  let receiving: Receiving | undefined;

  /** Takes the part of the bytes that belongs to the header, and returns the rest. */
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
