import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Part } from './day-batches.ts';
import type { Filled } from './fill-part.ts';
import type { ThreadData, ThreadTask } from './thread.ts';

/** Called with a part and its result, or `undefined` if the part has to be read in another way. */
type OnFilled = (part: Part, filled: Filled | undefined) => Promise<void>;

/** Reads many journals in parallel. */
export interface Filler {
  /** Fewer bytes than this are read just as quickly line by line. */
  readonly worth: number;
  /**
   * Reads parts of a repository's journals in any order and reports each once. Parts that are left when the signal
   * fires are not reported.
   */
  readonly fill: (
    data: ThreadData,
    parts: readonly Part[],
    onFilled: OnFilled,
    signal: AbortSignal,
  ) => Promise<void>;
}

const WORTH_BYTES = 8 * 1024 * 1024;
/** Each thread takes about 100 MB while it works. */
const MOST_THREADS = 4;
const END_MS = 5000;

/**
 * Reads parts in threads that run a script, one per processor, for one repository at a time. If something goes wrong
 * in a thread, the thread ends and the error is reported.
 */
export function fillInThreads(script: URL, onTrouble: (error: unknown) => void): Filler {
  let before: Promise<unknown> = Promise.resolve();
  return {
    worth: WORTH_BYTES,
    fill: (...task) => {
      const filled = before.then(() => fillAll(script, onTrouble, ...task));
      before = filled.catch(() => undefined);
      return filled;
    },
  };
}

async function fillAll(
  script: URL,
  onTrouble: (error: unknown) => void,
  ...[data, parts, onFilled, signal]: Parameters<Filler['fill']>
): Promise<void> {
  const waiting = [...parts];
  /** Reads parts in a thread until none is left or the thread has ended. */
  const work = async () => {
    const thread = tryStart(script, data);
    if (thread instanceof Error) return onTrouble(thread);
    signal.addEventListener('abort', thread.kill);
    let told = Promise.resolve();
    try {
      for (let part = waiting.shift(); part && !signal.aborted; part = waiting.shift()) {
        const filled = await thread.ask({ part, name: randomUUID() }).catch((error: unknown) => {
          if (!signal.aborted) onTrouble(error);
          return undefined;
        });
        // The thread continues while its last result is being processed.
        await told;
        if (signal.aborted) return;
        told = onFilled(part, filled);
        // An error in it is noticed when it is awaited.
        told.catch(() => undefined);
        if (thread.hasEnded()) break;
      }
      await told;
    } finally {
      signal.removeEventListener('abort', thread.kill);
      thread.end();
    }
  };
  const count = Math.min(MOST_THREADS, availableParallelism(), parts.length);
  const ends = await Promise.allSettled(Array.from({ length: count }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  if (!signal.aborted) for (const part of waiting) await onFilled(part, undefined);
}

/** A thread, or why none could be started, for example because the system has reached its limit. */
function tryStart(script: URL, data: ThreadData) {
  try {
    return startThread(script, data);
  } catch (error) {
    return error as Error;
  }
}

function startThread(script: URL, data: ThreadData) {
  // It needs nothing from the program's environment, which may contain a token.
  const thread = new Worker(script, { workerData: data, env: {}, execArgv: [] });
  let asked: { resolve: (filled: Filled | undefined) => void; reject: (error: Error) => void } | undefined;
  let ended: Error | undefined;
  const onEnd = (error: Error) => {
    ended ??= error;
    asked?.reject(ended);
  };
  thread.on('message', (filled: Filled | undefined) => asked?.resolve(filled));
  thread.on('error', onEnd);
  thread.on('exit', () => onEnd(new Error('A thread that reads journals has ended')));
  const kill = () => void thread.terminate();
  return {
    /** Requests one part at a time. Rejects if the thread ends before it has answered. */
    ask: (task: ThreadTask): Promise<Filled | undefined> =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        asked = { resolve, reject };
        thread.postMessage(task);
      }),
    hasEnded: () => ended !== undefined,
    /** Lets it end in order, after its git. If that takes too long, it is killed. Nobody waits for it. */
    end: (): void => {
      thread.postMessage(null);
      thread.unref();
      setTimeout(kill, END_MS).unref();
    },
    kill,
  };
}
