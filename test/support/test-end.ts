import { onTestFinished } from 'vitest';

/**
 * Runs `cleanUp` once the current test or its `beforeEach` is over.
 * In `beforeAll` there is no current test: the answer is then false, and the caller cleans up in `afterAll`.
 */
export function atTestEnd(cleanUp: () => Promise<unknown>): boolean {
  try {
    onTestFinished(async () => {
      await cleanUp();
    });
    return true;
  } catch {
    return false;
  }
}
