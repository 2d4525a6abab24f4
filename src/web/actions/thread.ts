import type { Message } from '../../contract/message.ts';
import type { Answer } from '../api/client.ts';
import { getMessage, listMessages } from '../api/messages.ts';

/** A message and everything that replies to it, oldest first. */
export interface Thread {
  readonly message: Message;
  readonly replies: readonly Message[];
}

const PAGE = 1000;
/** Most replies come soon after their message. Later ones can be found in the timeline. */
const MOST_PAGES = 5;

/** Reads a thread from the server. A reply is never older than its message, so only what came after it is read. */
export async function readThread(id: string): Promise<Answer<Thread>> {
  const first = await getMessage(id);
  if (!first.ok) return first;
  const replies: Message[] = [];
  const question = new URLSearchParams({ since: first.body.createdAt, limit: String(PAGE) });
  let path: string | null = `/messages?${question}`;
  for (let pages = 0; path !== null && pages < MOST_PAGES; pages += 1) {
    const answer = await listMessages(path);
    if (!answer.ok) return answer;
    replies.push(...answer.body.messages.filter(({ replyTo }) => replyTo === id));
    path = answer.body.next;
  }
  return { ...first, body: { message: first.body, replies: replies.reverse() } };
}
