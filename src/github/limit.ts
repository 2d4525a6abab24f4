/** What is read of an answer of GitHub's: a header that is not there is `undefined`. */
export type Headers = Readonly<Record<string, string | number | undefined>>;

/** How long to wait if a limit is hit and GitHub does not say: it asks for a minute at least. */
const UNSAID_S = 60;
const LONGEST_S = 3600;

/**
 * How many seconds GitHub wants to be left alone for, if an answer is one of its limits; otherwise `undefined`.
 *
 * A limit comes as 429 or as 403, which also means a missing permission. The one of the hour (primary) says when
 * it ends; the one for too much at once (secondary) may give `Retry-After`, or nothing at all.
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
