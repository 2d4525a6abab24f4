import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { endGroup, type GitContext, startGit } from './run.ts';

interface Waiting {
  readonly resolve: (content: Buffer | null) => void;
  readonly reject: (error: Error) => void;
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

  /** The content of a blob, named by its id or by `<commit>:<path>`; `null` where there is none. */
  read(name: string): Promise<Buffer | null> {
    // The protocol is one name a line, so a name with a line end can't be asked for.
    if (name.includes('\n')) return Promise.resolve(null);
    if (this.#process?.ended()) this.#process = undefined;
    this.#process ??= startReader(this.#context);
    return this.#process.read(name);
  }

  close(): void {
    this.#process?.end();
    this.#process = undefined;
  }
}

function startReader(context: GitContext) {
  const child = startGit(context, ['cat-file', '--batch']);
  const waiting: Waiting[] = [];
  const parser = createParser((content) => waiting.shift()?.resolve(content));
  let ended = false;
  const fail = (error: Error) => {
    ended = true;
    for (const one of waiting.splice(0)) one.reject(error);
  };
  child.stdout.on('data', parser);
  child.stderr.resume();
  child.on('error', fail);
  child.on('close', (code) => fail(new Error(`git cat-file ended with ${code ?? 'a signal'}`)));
  return {
    ended: () => ended,
    read: (name: string): Promise<Buffer | null> =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${name}\n`);
      }),
    end: () => stop(child),
  };
}

/** Cuts the stream into answers: `<id> <type> <size>`, LF, the bytes, LF; or one line for what is missing. */
function createParser(deliver: (content: Buffer | null) => void) {
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = 0;
  let header: { blob: boolean; size: number } | undefined;
  return (chunk: Buffer): void => {
    chunks.push(chunk);
    held += chunk.length;
    // Joining at each chunk would copy a large blob again and again.
    if (held < needed) return;
    let buffer = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    for (;;) {
      if (header === undefined) {
        const end = buffer.indexOf(0x0a);
        if (end === -1) break;
        const words = buffer.toString('utf8', 0, end).split(' ');
        buffer = buffer.subarray(end + 1);
        const missing = words.at(-1) === 'missing' || words.at(-1) === 'ambiguous';
        if (missing) {
          deliver(null);
          continue;
        }
        header = { blob: words[1] === 'blob', size: Number(words[2]) };
      }
      if (buffer.length < header.size + 1) break;
      deliver(header.blob ? Buffer.from(buffer.subarray(0, header.size)) : null);
      buffer = buffer.subarray(header.size + 1);
      header = undefined;
    }
    chunks = [buffer];
    held = buffer.length;
    needed = header === undefined ? 0 : header.size + 1;
  };
}

function stop(child: ChildProcessWithoutNullStreams): void {
  child.stdin.end();
  setTimeout(() => endGroup(child.pid), 2000).unref();
}
