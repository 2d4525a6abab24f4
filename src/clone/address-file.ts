import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Holder, isAlive, ownHolder } from './holder.ts';

/** The address at which other programs of the same person on this machine can reach a running gitpost. */
export interface Address {
  /** Without a trailing slash. */
  readonly url: string;
  /** New at each start. It is accepted in place of the access token, if there is one. */
  readonly secret: string;
}

const FILE = 'server.json';

/**
 * Writes this process's address to a file that only its own user can read. Returns a function that removes the file.
 */
export async function noteAddress(dataDirectory: string, address: Address): Promise<() => Promise<void>> {
  const path = join(dataDirectory, FILE);
  const staged = `${path}.${process.pid}`;
  // A file left by an earlier process with the same number may have different permissions.
  await rm(staged, { force: true });
  const holder = await ownHolder();
  await writeFile(staged, JSON.stringify({ ...address, ...holder }), { mode: 0o600, flag: 'wx' });
  await rename(staged, path);
  return () => rm(path, { force: true });
}

/** The address of the gitpost that uses a data folder; `undefined` if none is running, or none that listens. */
export async function findAddress(dataDirectory: string): Promise<(Address & Holder) | undefined> {
  const text = await readFile(join(dataDirectory, FILE), 'utf8').catch(() => undefined);
  const noted = text === undefined ? undefined : parseAddress(text);
  return noted && (await isAlive(noted)) ? noted : undefined;
}

function parseAddress(text: string): (Address & Holder) | undefined {
  try {
    const { url, secret, pid, began } = JSON.parse(text) as Record<string, unknown>;
    if (typeof url !== 'string' || typeof secret !== 'string') return undefined;
    return typeof pid === 'number' && typeof began === 'string' ? { url, secret, pid, began } : undefined;
  } catch {
    return undefined;
  }
}
