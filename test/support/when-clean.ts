import { statusOf } from './clone-state.ts';
import { eventually } from './wait.ts';

const LIMIT_MS = 30_000;

/**
 * Waits until index and work tree of a clone are as its branch is. Captures take a second to get there, and what
 * another program appended is captured after a second of rest.
 */
export async function whenClean(clone: string): Promise<void> {
  await eventually(async () => {
    const status = await statusOf(clone);
    if (status.length > 0) {
      throw new Error(
        `${clone} does not become clean in ${LIMIT_MS / 1000} s: ${status.slice(0, 5).join(', ')}`,
      );
    }
    return true;
  }, LIMIT_MS);
}
