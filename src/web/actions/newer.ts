import type { Message } from '../../contract/message.ts';
import type { Answer } from '../api/client.ts';
import { listMessages } from '../api/messages.ts';
import { formatQuery, type Query } from '../state/query.ts';

const MOST = 200;
/** Enough messages to fill any screen, unless there are no more. */
const LEAST = 50;
const HOUR = 3_600_000;

export interface Newer {
  /** Newest first, in the order of the answer. */
  readonly messages: readonly Message[];
  /** Whether there is nothing newer left. */
  readonly isNewest: boolean;
}

/** The length of the last time span, in milliseconds. It is a good guess for the next one. */
let stretch = 24 * HOUR;

/**
 * Reads messages newer than an instant that are not known yet. The API pages from the newest to the oldest. Reading
 * in the other direction therefore means to request a time span: a longer one if it was empty, a shorter one if it
 * contained too many.
 */
export async function listNewer(
  from: string,
  known: ReadonlySet<string>,
  query: Query,
  signal: AbortSignal,
): Promise<Answer<Newer>> {
  const messages: Message[] = [];
  let since = Date.parse(from);
  for (;;) {
    const until = since + stretch;
    const isOpen = until > Date.now();
    const path = `/messages?${formatQuery(query, {
      since: new Date(since).toISOString(),
      ...(!isOpen && { until: new Date(until).toISOString() }),
      limit: String(MOST),
    })}`;
    const answer = await listMessages(path, signal);
    if (!answer.ok) return answer;
    const { messages: found, next } = answer.body;
    if (next !== null && stretch > 1) {
      // Counted back from the newest message of the answer, the oldest one may be far away.
      const span = isOpen ? Math.min(stretch, Math.max(1, Date.now() - since)) : stretch;
      stretch = Math.max(1, Math.floor(span / 8));
      continue;
    }
    const rest = await listRest(next, signal);
    if (!rest.ok) return rest;
    const all = [...found, ...rest.body];
    const isNew = (message: Message) => !known.has(message.id);
    messages.unshift(...all.filter(isNew));
    if (isOpen || messages.length >= LEAST) return { ...answer, body: { messages, isNewest: isOpen } };
    since = until;
    stretch *= all.length === 0 ? 8 : 2;
  }
}

/** If a single millisecond contains more than one page, all of it is read. */
async function listRest(next: string | null, signal: AbortSignal): Promise<Answer<readonly Message[]>> {
  const all: Message[] = [];
  for (let path = next; path !== null; ) {
    const answer = await listMessages(path, signal);
    if (!answer.ok) return answer;
    all.push(...answer.body.messages);
    path = answer.body.next;
  }
  return { ok: true, status: 200, body: all, headers: new Headers() };
}
