import type { Message } from '../../contract/message.ts';
import { matches } from '../state/matches.ts';
import { query } from '../state/query.ts';
import { timeline } from '../state/timeline.ts';
import { refreshSoon } from './timeline.ts';

/** Shows a message as it is now, if it belongs to what is shown. */
export function takeIn(message: Message): void {
  // The timeline as it was shows what was, whatever happens now.
  if (query.get().asOf !== '') return;
  const fits = matches(message, query.get());
  const isShown = timeline.get().messages.some(({ id }) => id === message.id);
  if (fits === 'no') timeline.dispatch({ type: 'gone', id: message.id });
  else if (fits === 'yes' || isShown) timeline.dispatch({ type: 'kept', message });
  if (fits === 'unknown') refreshSoon();
}
