import type { Message } from '../../contract/message.ts';
import { matches } from '../state/matches.ts';
import { query } from '../state/query.ts';
import { timeline } from '../state/timeline.ts';
import { refreshSoon } from './timeline.ts';

/** Shows the current version of a message, if it belongs to what is shown. */
export function takeIn(message: Message): void {
  // A timeline of the past does not change, whatever happens now.
  if (query.get().asOf !== '') return;
  const fits = matches(message, query.get());
  const isShown = timeline.get().messages.some(({ id }) => id === message.id);
  if (fits === 'no') timeline.dispatch({ type: 'gone', id: message.id });
  else if (fits === 'yes' || isShown) timeline.dispatch({ type: 'kept', message });
  if (fits === 'unknown') refreshSoon();
}
