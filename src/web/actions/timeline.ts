import { listMessages } from '../api/messages.ts';
import { formatQuery, query } from '../state/query.ts';
import { timeline } from '../state/timeline.ts';

const PAGE = 50;
const MOST = 1000;
const REFRESH_WAIT = 300;

let asking = new AbortController();
let isRefreshDue = false;
let isRefreshing = false;

/** Reads what the query asks for, from its newest message. An earlier question is dropped. */
export async function loadTimeline(): Promise<void> {
  const { signal } = startOver();
  timeline.dispatch({ type: 'asked' });
  const answer = await unlessAborted(listMessages(pathOf(PAGE), signal));
  if (answer === undefined || signal.aborted) return;
  timeline.dispatch(
    answer.ok ? { type: 'answered', page: answer.body } : { type: 'refused', problem: answer.problem },
  );
}

export async function loadOlder(): Promise<void> {
  const { next, older, status } = timeline.get();
  if (next === null || older === 'loading' || status !== 'ready') return;
  const { signal } = asking;
  timeline.dispatch({ type: 'asked older' });
  const answer = await unlessAborted(listMessages(next, signal));
  if (answer === undefined || signal.aborted) return;
  timeline.dispatch(answer.ok ? { type: 'answered older', page: answer.body } : { type: 'refused older' });
}

/** Reads again what is shown, soon: many reasons in a short time cause one call, and one at a time. */
export function refreshSoon(): void {
  if (isRefreshDue) return;
  isRefreshDue = true;
  setTimeout(refreshWhenFree, REFRESH_WAIT);
}

async function refreshWhenFree(): Promise<void> {
  if (isRefreshing) {
    setTimeout(refreshWhenFree, REFRESH_WAIT);
    return;
  }
  isRefreshDue = false;
  isRefreshing = true;
  await refresh();
  isRefreshing = false;
}

async function refresh(): Promise<void> {
  const { status, messages } = timeline.get();
  if (status === 'failed') return loadTimeline();
  const { signal } = asking;
  const known = new Set(messages.map(({ id }) => id));
  const limit = Math.min(MOST, Math.max(PAGE, messages.length));
  const answer = await unlessAborted(listMessages(pathOf(limit), signal));
  if (!answer?.ok || signal.aborted) return;
  timeline.dispatch({ type: 'refreshed', page: answer.body, known });
}

function pathOf(limit: number): string {
  return `/messages?${formatQuery(query.get(), { limit: String(limit) })}`;
}

function startOver(): AbortController {
  asking.abort();
  asking = new AbortController();
  return asking;
}

async function unlessAborted<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}
