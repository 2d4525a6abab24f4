import { realpath, rm } from 'node:fs/promises';
import { dir } from 'tmp-promise';

/** A folder that lives until `remove` is called. */
export interface ScratchFolder {
  path: string;
  remove(): Promise<void>;
}

/** Makes a folder for `beforeAll` or a global set-up; the caller removes it. */
export async function scratchFolder(): Promise<ScratchFolder> {
  const { path, cleanup } = await dir({ prefix: 'gitpost-test', unsafeCleanup: true });
  let removed: Promise<void> | undefined;
  return {
    // Git answers resolved paths, and the temporary folder of macOS is a link.
    path: await realpath(path),
    remove() {
      // A second clean-up of tmp-promise never answers, so this one answers with the first.
      removed ??= removeWithRetries(path, cleanup);
      return removed;
    },
  };
}

/** A git child may still be writing, so that a folder isn't empty any more at the moment of its removal. */
async function removeWithRetries(path: string, cleanup: () => Promise<void>): Promise<void> {
  await cleanup().catch(() => undefined);
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
