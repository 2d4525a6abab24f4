import type { Message } from '../../contract/message.ts';
import { dayOf, startOfDay } from '../text/time.ts';
import type { Query } from './query.ts';

/** Whether a message belongs to what is shown; `unknown` if only the server's search can tell. */
export function matches(message: Message, query: Query): 'yes' | 'no' | 'unknown' {
  // The past does not change any more.
  if (query.asOf !== '') return 'no';
  if (query.author && message.author !== query.author) return 'no';
  if (query.type && message.type !== query.type) return 'no';
  if (startOfDay(query.day) !== undefined && dayOf(message.createdAt) !== query.day) return 'no';
  if (query.tag && !message.tags.includes(query.tag.toLowerCase())) return 'no';
  if (query.repository && !message.deliveries.some(({ repository }) => repository === query.repository)) {
    return 'no';
  }
  return query.q.trim() === '' ? 'yes' : 'unknown';
}
