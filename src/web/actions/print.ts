import type { Message } from '../../contract/message.ts';
import { listMessages } from '../api/messages.ts';
import { show } from '../state/notices.ts';
import { printing } from '../state/printing.ts';
import { formatQuery, query } from '../state/query.ts';

const PAGE = 1000;
/** No browser can print a longer document. */
const MOST = 10_000;

/** Prints everything that matches the search and the filters, not only what is loaded. */
export async function printAll(): Promise<void> {
  const messages: Message[] = [];
  let path: string | null = `/messages?${formatQuery(query.get(), { limit: String(PAGE) })}`;
  while (path !== null && messages.length < MOST) {
    const answer = await listMessages(path);
    if (!answer.ok) return show('bad', `Nothing was printed. ${answer.problem.detail}`);
    messages.push(...answer.body.messages);
    path = answer.body.next;
  }
  if (path !== null)
    show('plain', `Only the newest ${messages.length.toLocaleString()} messages are printed.`);
  printing.dispatch(messages.reverse());
}
