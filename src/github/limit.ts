/** The headers of GitHub's answer; a missing header is `undefined`. */
export type Headers = Readonly<Record<string, string | number | undefined>>;

/** How long to wait after hitting a limit if GitHub does not say: it asks for at least a minute. */
const UNSAID_S = 60;
const LONGEST_S = 3600;

/**
 * How many seconds GitHub wants to be left alone for, if the answer is a rate limit; otherwise `undefined`.
 *
 * A limit is answered with 429 or 403, which can also mean a missing permission. The hourly (primary) limit says when
 * it ends. The limit for too much at once (secondary) may have `Retry-After`, or nothing at all.
 *
 * @param now milliseconds since 1970
 */
export function limitOf(status: number, headers: Headers, message: string, now: number): number | undefined {
  if (status !== 429 && status !== 403) return undefined;
  const retryAfter = wholeNumber(headers['retry-after']);
  if (retryAfter !== undefined) return bounded(retryAfter);
  if (String(headers['x-ratelimit-remaining']) === '0') {
    const reset = wholeNumber(headers['x-ratelimit-reset']);
    return reset === undefined ? UNSAID_S : bounded(reset - Math.floor(now / 1000));
  }
  return status === 429 || /rate limit|abuse/i.test(message) ? UNSAID_S : undefined;
}

const bounded = (seconds: number): number => Math.min(Math.max(seconds, 1), LONGEST_S);

const wholeNumber = (value: string | number | undefined): number | undefined =>
  /^\d{1,12}$/.test(String(value)) ? Number(value) : undefined;
