import { setTimeout as delay } from 'node:timers/promises';

/** What a fault may be narrowed to. */
interface FaultScope {
  /** Only fetches (`upload`, which is git's word for the server's side) or only pushes (`receive`). */
  only?: 'upload' | 'receive';
  /** How many requests suffer from it before the server is well again; without it, all of them. */
  times?: number;
}

/** How the git server misbehaves. */
export type Fault =
  | { kind: 'none' }
  /** Answers this status, with `body` as plain text, which git prints as `remote:` lines. */
  | ({ kind: 'status'; status: number; body?: string; headers?: Record<string, string> } & FaultScope)
  /** Takes the request and never answers. */
  | ({ kind: 'hang' } & FaultScope)
  /** Says nothing for so long before it answers a fetch's or push's exchange, as a server that counts or checks first. */
  | ({ kind: 'think'; milliseconds: number } & FaultScope)
  /** Lets bodies through at this rate, in both directions. */
  | ({ kind: 'slow'; bytesPerSecond: number } & FaultScope)
  /** Destroys the connection in the middle of the body of a fetch's or push's answer. */
  | ({ kind: 'cut' } & FaultScope)
  /** Reads a whole push and destroys the connection; nothing was applied. */
  | { kind: 'drop-before-receive'; times?: number }
  /** Applies a whole push and destroys the connection without an answer. */
  | { kind: 'drop-after-receive'; times?: number }
  /** Answers 302 to an address, or to one made of the request's own path and query. */
  | ({ kind: 'redirect'; to: string | ((path: string) => string) } & FaultScope)
  /** Answers 200 with a web page, as the sign-in page of a public network does. */
  | ({ kind: 'html'; page?: string } & FaultScope);

/** What of a request decides whether a fault is meant for it. */
export interface FaultTarget {
  service: 'upload' | 'receive';
  /** Whether this is the exchange itself: no advertisement of refs, and no probe before a large push. */
  exchange: boolean;
}

/** Holds the fault of the moment; `take` answers it where it is meant for the request, and counts that. */
export function faultBox(): { set(fault: Fault): void; take(target: FaultTarget): Fault } {
  let current: Fault = { kind: 'none' };
  let left = Number.POSITIVE_INFINITY;
  return {
    set(fault) {
      current = fault;
      left = 'times' in fault && fault.times !== undefined ? fault.times : Number.POSITIVE_INFINITY;
    },
    take(target) {
      if (left <= 0 || !concerns(current, target)) return { kind: 'none' };
      left -= 1;
      return current;
    },
  };
}

function concerns(fault: Fault, { service, exchange }: FaultTarget): boolean {
  if ('only' in fault && fault.only && fault.only !== service) return false;
  if (fault.kind === 'cut') return exchange;
  if (fault.kind === 'drop-before-receive' || fault.kind === 'drop-after-receive') {
    return exchange && service === 'receive';
  }
  return true;
}

/** Lets bytes through in ten small portions a second. */
export function throttle(bytesPerSecond: number) {
  const portion = Math.max(1, Math.floor(bytesPerSecond / 10));
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      for (let start = 0; start < chunk.length; start += portion) {
        await delay(portion === 1 ? 1000 / bytesPerSecond : 100);
        yield chunk.subarray(start, start + portion);
      }
    }
  };
}
