import type { Count } from '../contract/message.ts';

const MOST = 10_000;
const LONGEST_MS = 2000;

/**
 * Counts matches up to a limit, and only for a while. In a large archive, counting something common would mean
 * reading everything for a number that nobody needs exactly.
 *
 * @param isGone whether nobody is waiting for the number any more
 */
export async function countFound(
  found: AsyncIterable<unknown>,
  isGone: () => boolean,
  { most = MOST, longest = LONGEST_MS } = {},
): Promise<Count> {
  const end = performance.now() + longest;
  let messages = 0;
  for await (const _ of found) {
    if (messages === most || performance.now() > end || isGone()) return { messages, more: true };
    messages += 1;
  }
  return { messages };
}
