import { readStats } from '../api/stats.ts';
import { authors } from '../state/authors.ts';
import { dayAfter, dayOf } from '../text/time.ts';

/** The list of authors changes slowly, so it is not read again within this time. In milliseconds. */
const FRESH = 60_000;
let readAt = Number.NEGATIVE_INFINITY;

/** Reads all authors in the archive, unless that was done a moment ago. */
export async function loadAuthors(): Promise<void> {
  if (performance.now() - readAt < FRESH) return;
  readAt = performance.now();
  const answer = await readStats({
    repository: '',
    since: '1970-01-01',
    until: dayAfter(dayOf(Date.now()), 2),
  });
  if (answer.ok) authors.dispatch(answer.body.authors.map(({ author }) => author));
}
