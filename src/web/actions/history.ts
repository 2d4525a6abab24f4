import type { HistoryEntry } from '../../contract/message.ts';
import type { Answer } from '../api/client.ts';
import { deleteMessage, getHistory, getMessage } from '../api/messages.ts';
import type { Problem } from '../api/problem.ts';
import { say } from '../state/notices.ts';
import { timeline } from '../state/timeline.ts';
import { contentOf, edit } from './messages.ts';

/** A message's revisions, oldest first, and the entity tag of the current version. */
export interface History {
  readonly entries: readonly HistoryEntry[];
  readonly etag: string | undefined;
}

/**
 * The tag is read first. If the message changes in between, an edit is refused later and nothing is overwritten
 * unseen.
 */
export async function readHistory(id: string): Promise<Answer<History>> {
  const message = await getMessage(id);
  if (!message.ok && message.problem.status !== 404) return message;
  const history = await getHistory(id);
  if (!history.ok) return history;
  const etag = message.ok ? (message.headers.get('ETag') ?? undefined) : undefined;
  return { ...history, body: { entries: history.body, etag } };
}

/** Makes a revision the current one again, by writing a new revision with the same content. Returns what went wrong. */
export async function keep(entry: HistoryEntry, etag: string | undefined): Promise<Problem | undefined> {
  if (entry.deletedAt !== undefined) {
    const answer = await deleteMessage(entry.id, etag);
    if (!answer.ok) return answer.problem;
    timeline.dispatch({ type: 'gone', id: entry.id });
    say('The message stays deleted');
    return undefined;
  }
  const { type, text, language = '', url = '', done } = entry;
  const content = { ...contentOf({ type, text, language, url }), ...(done !== undefined && { done }) };
  const answer = await edit(entry.id, content, etag);
  return answer.ok ? undefined : answer.problem;
}
