import { countMessages } from '../api/messages.ts';
import { found } from '../state/found.ts';
import { formatQuery, isWhole, query } from '../state/query.ts';

/** How often the number is updated. Nobody reads a number that changes faster. In milliseconds. */
const WAIT = 2000;
let asking = new AbortController();
let isDue = false;

/** Counts the messages that match the search and the filters. An earlier request is aborted. */
export async function countFound(): Promise<void> {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const asked = query.get();
  if (isWhole(asked)) return found.dispatch(undefined);
  const answer = await countMessages(`/count?${formatQuery(asked)}`, signal).catch(() => undefined);
  if (!signal.aborted) found.dispatch(answer?.ok ? answer.body : undefined);
}

/** Schedules another count, since messages were added, removed or changed. */
export function countFoundSoon(): void {
  if (isDue || found.get() === undefined) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    void countFound();
  }, WAIT);
}
