import type { Message } from '../../contract/message.ts';
import type { Answer } from '../api/client.ts';
import { listMessages } from '../api/messages.ts';
import { formatQuery, type Query } from '../state/query.ts';

const MOST = 200;
/** So many fill any screen, unless there are no more. */
const LEAST = 50;
const HOUR = 3_600_000;

export interface Newer {
  /** Newest first, as they are answered. */
  readonly messages: readonly Message[];
  /** Whether nothing newer is left. */
  readonly isNewest: boolean;
}

/** How long the last stretch was, which is a good guess for the next one. */
let stretch = 24 * HOUR;

/**
 * Reads messages that are not known yet from an instant on. The API pages from the newest to the oldest, so that going the other way
 * means to ask for a stretch of time: a longer one where it was empty, a shorter one where it held too many.
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
      // From the newest message that came, the oldest one may be far away.
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

/** Where one millisecond holds more than a page, all of it is read. */
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
