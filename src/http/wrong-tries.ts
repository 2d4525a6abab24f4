import type { IncomingMessage } from 'node:http';

const TRIES = 10;
const TRIES_MS = 60_000;
const MOST_PLACES = 10_000;

/**
 * Counts wrong access tokens by the address they come from. After ten within a minute, a wrong one is answered with
 * 429. Call this only after the comparison has failed: behind a proxy everyone has the same address, and the right
 * token must always be accepted, however many wrong ones others send.
 */
export function wrongTries(now: () => number = Date.now) {
  const times = new Map<string, number[]>();

  function recent(place: string): number[] {
    const kept = (times.get(place) ?? []).filter((time) => time > now() - TRIES_MS);
    if (kept.length === 0) times.delete(place);
    else times.set(place, kept);
    return kept;
  }

  return {
    areTooMany: (request: IncomingMessage): boolean => recent(placeOf(request)).length >= TRIES,
    count: (request: IncomingMessage): void => {
      const place = placeOf(request);
      const kept = recent(place);
      times.delete(place);
      times.set(place, [...kept, now()].slice(-TRIES));
      const [oldest] = times.keys();
      if (times.size > MOST_PLACES && oldest !== undefined) times.delete(oldest);
    },
  };
}

/** The address that a request comes from. For IPv6 it is the first half, which is assigned to a network as a whole. */
function placeOf({ socket }: IncomingMessage): string {
  const address = socket.remoteAddress ?? '';
  const isWide = address.includes(':') && !address.includes('.');
  return isWide ? address.split(':').slice(0, 4).join(':') : address;
}
