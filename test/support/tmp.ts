import { onTestFinished } from 'vitest';
import { scratchFolder } from './scratch.ts';

// A global set-up must not load vitest, so what it needs has a file of its own.
export { type ScratchFolder, scratchFolder } from './scratch.ts';

/** Makes a folder that is removed when the current test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await scratchFolder();
  onTestFinished(() => folder.remove());
  return folder.path;
}
