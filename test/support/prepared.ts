import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { git } from './git.ts';
import { type ScratchFolder, scratchFolder, temporaryFolder } from './tmp.ts';

/**
 * Prepares a folder once for all tests of a file, in which gitpost has worked and was stopped, and answers what makes a
 * copy of it for one test.
 */
export function preparedFolder(prepare: (folder: string) => Promise<unknown>): () => Promise<string> {
  let original: ScratchFolder;
  beforeAll(async () => {
    original = await scratchFolder();
    await prepare(original.path);
  });
  afterAll(() => original.remove());
  return async () => copyOfFolder(original.path, await temporaryFolder());
}

/** Copies the clones, their own remotes and the mirror of a gitpost that does not run to an empty folder. */
export async function copyOfFolder(from: string, to: string): Promise<string> {
  for (const name of ['repos', 'data']) {
    await cp(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true });
  }
  for (const name of await readdir(join(to, 'repos'))) {
    if (name.startsWith('.')) continue;
    const clone = join(to, 'repos', name);
    const url = await git(clone, 'config', 'remote.origin.url');
    if (url.startsWith(from))
      await git(clone, 'config', 'remote.origin.url', `${to}${url.slice(from.length)}`);
    // The index knows the files by their numbers, which are others in a copy.
    await git(clone, 'update-index', '-q', '--refresh').catch(() => undefined);
  }
  return to;
}
