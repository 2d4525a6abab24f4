import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** How long a client may read nothing of its answer, in milliseconds. */
const PATIENCE_MS = 120_000;

/**
 * Sends part of an answer. Waits for a client that reads slowly, so memory use stays constant. A client that reads
 * nothing for two minutes is disconnected, since unsent data holds memory.
 *
 * @returns whether the client is still connected
 */
export async function writeChunk(
  response: ServerResponse,
  chunk: string | Uint8Array,
  patience = PATIENCE_MS,
): Promise<boolean> {
  if (response.write(chunk)) return !response.destroyed;
  const letGo = expectReading(response, patience);
  const settled = new AbortController();
  const { signal } = settled;
  const either = ['drain', 'close'].map((event) => once(response, event, { signal }));
  await Promise.race(either).catch(() => undefined);
  settled.abort();
  await Promise.allSettled(either);
  // From here on, it may be our side that takes long.
  response.off('timeout', letGo).setTimeout(0);
  return !response.destroyed;
}

/** Sends the last part of an answer, with the patience of {@link writeChunk}. */
export function endStream(response: ServerResponse, chunk = '', patience = PATIENCE_MS): void {
  expectReading(response, patience);
  response.end(chunk);
}

/** Node restarts the timer whenever the client has read something. */
function expectReading(response: ServerResponse, patience: number): () => void {
  const letGo = (): void => void response.destroy();
  response.on('timeout', letGo).setTimeout(patience);
  return letGo;
}
