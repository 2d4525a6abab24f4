import { join } from 'node:path';
import { expect } from 'vitest';
import { git } from './git.ts';
import type { Here } from './here.ts';
import { exchange, type RawAnswer, requestHead } from './raw-http.ts';

const head = ({ folder }: Here) => git(join(folder, 'repos', 'messages'), 'rev-parse', 'main');

/** Judges that something refused left no trace. */
export async function unchanged<Value>(gitpost: Here, work: () => Promise<Value>): Promise<Value> {
  const before = await head(gitpost);
  const value = await work();
  expect(await head(gitpost)).toBe(before);
  return value;
}

/** Sends a request without a body, byte for byte. */
export const sendHead = (gitpost: Here, line: string, headers: readonly string[]): Promise<RawAnswer> =>
  exchange(gitpost.url, requestHead(line, ...headers));

/** Sends a whole request with a body, byte for byte. */
export function sendBody(
  gitpost: Here,
  path: string,
  body: string | Uint8Array,
  headers: readonly string[],
): Promise<RawAnswer> {
  const bytes = Buffer.from(body);
  const lines = [`Host: ${new URL(gitpost.url).host}`, `Content-Length: ${bytes.length}`, ...headers];
  return exchange(
    gitpost.url,
    Buffer.concat([Buffer.from(requestHead(`POST ${path} HTTP/1.1`, ...lines)), bytes]),
  );
}
