import { fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { LIMITS } from '../domain/message.ts';
import type { Environment } from '../environment.ts';
import { Ending, EXIT, misused } from './ending.ts';

export interface Screen extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** What the command uses of its process. */
export interface Io {
  readonly environment: Environment;
  readonly directory: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** The reader of the output is gone, as `head` is when it has read enough. */
export class OutputClosed extends Error {}

/** Writes data, and waits until there is room for more. */
export async function print({ stdout }: Pick<Io, 'stdout'>, text: string | Buffer): Promise<void> {
  if (stdout.destroyed) throw new OutputClosed();
  await new Promise<void>((resolve, reject) => {
    stdout.write(text, (error) => (error ? reject(trouble(error)) : resolve()));
  });
}

const trouble = (error: NodeJS.ErrnoException): Error =>
  isClosed(error)
    ? new OutputClosed()
    : new Ending(EXIT.failed, `The output could not be written: ${error.message}`);

/** Writes a message for the person, separate from the data. */
export const say = ({ stderr }: Pick<Io, 'stderr'>, text: string): void => void stderr.write(`${text}\n`);

const isClosed = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';

const isFolder = (fd: number): boolean => {
  try {
    return fstatSync(fd).isDirectory();
  } catch {
    return false;
  }
};

/** All of standard input as text. */
export async function readInput({ stdin }: Pick<Io, 'stdin'>): Promise<string> {
  const { fd } = stdin as { readonly fd?: number };
  if (fd !== undefined && isFolder(fd))
    throw misused('Standard input is a folder. Nothing was saved; give a file or a text');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    // A character has four bytes at most.
    if (length > 4 * LIMITS.text + 2)
      throw misused(
        `A text has ${LIMITS.text} characters at most. Nothing was saved; save it as a file and give that with -f`,
      );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw misused('What was piped in is not UTF-8. Nothing was saved');
  }
}
