import type { IncomingMessage } from 'node:http';

const TRIES = 10;
const TRIES_MS = 60_000;
const MOST_PLACES = 10_000;

/**
 * Counts wrong access tokens by the address they come from: ten a minute, after which a wrong one is answered 429. Ask
 * only after the comparison has failed. Behind a proxy everybody has one address, and the right token must pass there
 * however many wrong ones others send.
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

/** The address that a request comes from; of IPv6 the half that a network is given as a whole. */
function placeOf({ socket }: IncomingMessage): string {
  const address = socket.remoteAddress ?? '';
  const isWide = address.includes(':') && !address.includes('.');
  return isWide ? address.split(':').slice(0, 4).join(':') : address;
}
