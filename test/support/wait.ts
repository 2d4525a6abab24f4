import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `check` answers something else than false or nothing, and answers that; an exception counts as
 * not yet. Fails with the last one after `limit` ms.
 */
export async function eventually<Value>(
  check: () => Promise<Value | false | undefined>,
  limit = 30_000,
): Promise<Value> {
  const start = Date.now();
  for (;;) {
    let reason: unknown = new Error(`It did not come true in ${limit} ms`);
    try {
      const value = await check();
      if (value !== false && value !== undefined) return value;
    } catch (error) {
      reason = error;
    }
    if (Date.now() - start > limit) throw reason;
    await delay(25);
  }
}
