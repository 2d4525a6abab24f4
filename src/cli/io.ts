import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../environment.ts';

export interface Screen extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** What the command has of the process that it runs in. */
export interface Io {
  readonly environment: Environment;
  readonly directory: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** Whoever reads the output has gone away, as `head` does when it has enough. */
export class OutputClosed extends Error {}

/** Writes data for the reader, and waits until there is room for more. */
export async function print({ stdout }: Pick<Io, 'stdout'>, text: string | Buffer): Promise<void> {
  if (stdout.destroyed) throw new OutputClosed();
  await new Promise<void>((resolve, reject) => {
    stdout.write(text, (error) => (error ? reject(isClosed(error) ? new OutputClosed() : error) : resolve()));
  });
}

/** Says something to the person, apart from the data. */
export const say = ({ stderr }: Pick<Io, 'stderr'>, text: string): void => void stderr.write(`${text}\n`);

export const isClosed = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';

/** All of the standard input, which must be UTF-8. */
export async function readInput({ stdin }: Pick<Io, 'stdin'>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Buffer));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}
