import type { Message } from '../../contract/message.ts';
import type { Answer } from '../api/client.ts';
import { getMessage, listMessages, type Page } from '../api/messages.ts';
import { isUnreachable } from '../api/problem.ts';
import { away } from '../state/away.ts';
import { found } from '../state/found.ts';
import { keptMessages } from '../state/kept-pages.ts';
import { formatQuery, isEverything, query } from '../state/query.ts';
import { readingSettled } from '../state/reading.ts';
import { knownOf, NEWEST, timeline, type Wanted } from '../state/timeline.ts';
import { startOfDay } from '../text/time.ts';
import { countFound } from './found.ts';
import { listNewer } from './newer.ts';

const PAGE = 50;
const MOST = 1000;
const REFRESH_WAIT = 300;

let asking = new AbortController();
let isRefreshDue = false;
let isRefreshing = false;

/** Reads what the query selects, starting at the wanted place. An earlier request is aborted. */
export async function loadTimeline(): Promise<void> {
  const { signal } = startOver();
  found.dispatch(undefined);
  timeline.dispatch({ type: 'asked' });
  const { at } = query.get();
  const answer = await unlessAborted(at === '' ? listNewest(signal) : listAround(at, signal));
  // Messages would move if they were shown as they were written, and then as Markdown.
  if (answer?.ok && answer.body.page.messages.some(({ type }) => type === 'markdown')) await readingSettled();
  if (answer === undefined || signal.aborted) return;
  if (answer.ok) {
    timeline.dispatch({ type: 'answered', ...answer.body });
    return countFound();
  }
  const { problem } = answer;
  const messages = isUnreachable(problem) && isEverything(query.get()) ? await keptMessages() : [];
  if (!signal.aborted) timeline.dispatch({ type: 'refused', problem, messages });
}

interface View {
  readonly page: Page;
  readonly wanted: Wanted;
  readonly isNewest: boolean;
}

async function listNewest(signal: AbortSignal): Promise<Answer<View>> {
  const answer = await listMessages(pathOf({ limit: String(PAGE) }), signal);
  return answer.ok ? { ...answer, body: { page: answer.body, wanted: NEWEST, isNewest: true } } : answer;
}

/** Reads what comes before and after a day or a message. */
async function listAround(at: string, signal: AbortSignal): Promise<Answer<View>> {
  const place = await placeOf(at);
  if (!place.ok) return place;
  const { instant, id } = place.body;
  const older = await listMessages(pathOf({ until: instant, limit: String(PAGE) }), signal);
  if (!older.ok) return older;
  const newer = await listNewer(instant, new Set(), query.get(), signal);
  if (!newer.ok) return newer;
  const { messages, isNewest } = newer.body;
  const first = id ?? messages.at(-1)?.id;
  const wanted = first === undefined ? NEWEST : ({ id: first, edge: id ? 'middle' : 'top' } as const);
  const page = { messages: [...messages, ...older.body.messages], next: older.body.next };
  return { ...older, body: { page, wanted, isNewest } };
}

/** When a day begins for the reader, or when a message was written. */
async function placeOf(at: string): Promise<Answer<{ instant: string; id?: string }>> {
  const day = startOfDay(at);
  if (day !== undefined) return { ok: true, status: 200, body: { instant: day }, headers: new Headers() };
  const answer = await getMessage(at, query.get().asOf);
  return answer.ok ? { ...answer, body: { instant: answer.body.createdAt, id: answer.body.id } } : answer;
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

export async function loadNewer(): Promise<void> {
  const { messages, newer, status } = timeline.get();
  const newest = messages.at(-1);
  if (newer === 'none' || newer === 'loading' || status !== 'ready' || !newest) return;
  const { signal } = asking;
  timeline.dispatch({ type: 'asked newer' });
  const known = new Set(messages.map(({ id }) => id));
  const answer = await unlessAborted(listNewer(newest.createdAt, known, query.get(), signal));
  if (answer === undefined || signal.aborted) return;
  timeline.dispatch(
    answer.ok ? { type: 'answered newer', ...answer.body, before: pathBefore } : { type: 'refused newer' },
  );
}

/** The page that ends at the time of a message. Messages that are already shown do no harm. */
function pathBefore({ createdAt }: Message): string {
  return pathOf({ until: justAfter(createdAt), limit: String(PAGE) });
}

const justAfter = (instant: string): string => new Date(Date.parse(instant) + 1).toISOString();

/**
 * Schedules another read of what is shown. Many reasons within a short time cause one call, and there is only one at
 * a time.
 */
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
  const state = timeline.get();
  const { status, messages, newer } = state;
  if (status === 'failed') return loadTimeline();
  const { signal } = asking;
  const newest = messages.at(-1);
  const path = pathOf({
    limit: String(Math.min(MOST, Math.max(PAGE, messages.length))),
    // Away from the newest messages, only the loaded ones are read again.
    ...(newer !== 'none' && newest && { until: justAfter(newest.createdAt) }),
  });
  const answer = await unlessAborted(listMessages(path, signal));
  if (!answer?.ok || signal.aborted) return;
  timeline.dispatch({ type: 'refreshed', page: answer.body, known: knownOf(state), isAway: away.get() });
}

function pathOf(more: Readonly<Record<string, string>>): string {
  return `/messages?${formatQuery(query.get(), more)}`;
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
