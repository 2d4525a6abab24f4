import { addressOf, EVERYTHING, isEverything, parseQuery, type Query, query } from '../state/query.ts';
import { NEWEST, timeline } from '../state/timeline.ts';
import { loadTimeline } from './timeline.ts';

/**
 * Shows what a query selects, and updates the address bar. While a person is typing, the history entry made by the
 * first letter is replaced, so going back once leaves the search.
 */
export function navigate(change: Partial<Query>, how: 'push' | 'replace' = 'push'): void {
  // At another place in the timeline, a filter for a single day would show nothing.
  const next = { ...query.get(), at: '', ...(change.at && { day: '' }), ...change };
  const address = addressOf(next);
  const isSame = address === addressOf(query.get());
  // If the same day is requested again, the reader has scrolled away from it.
  if (isSame && next.at === '') return;
  if (how === 'replace' || isSame) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  query.dispatch(next);
  void loadTimeline();
}

/**
 * Goes to a message: directly if it is shown, otherwise at its place among all messages. `link` also puts it into the
 * address bar. `context` shows it among all messages, regardless of the search and the filters.
 */
export function goToMessage(id: string, as: 'jump' | 'link' | 'context' = 'jump'): void {
  const isShown = timeline.get().messages.some((message) => message.id === id);
  if (isShown && (as === 'jump' || (as === 'link' && isEverything(query.get())))) {
    if (as === 'link') noteAddress({ ...query.get(), at: id });
    timeline.dispatch({ type: 'wanted', wanted: { id, edge: 'middle' } });
  } else navigate({ ...EVERYTHING, at: id });
}

/** Updates the address bar without reading anything again. */
function noteAddress(next: Query): void {
  history.pushState(null, '', addressOf(next));
  query.dispatch(next);
}

/** Goes to the newest message, from anywhere. */
export function goToNewest(): void {
  if (timeline.get().newer === 'none') {
    if (query.get().at !== '') noteAddress({ ...query.get(), at: '' });
    timeline.dispatch({ type: 'wanted', wanted: NEWEST });
  } else if (query.get().at === '') void loadTimeline();
  else navigate({ at: '' });
}

/** Follows the back and forward buttons. */
export function followHistory(): () => void {
  const follow = () => {
    query.dispatch(parseQuery(location.search));
    void loadTimeline();
  };
  addEventListener('popstate', follow);
  return () => removeEventListener('popstate', follow);
}
