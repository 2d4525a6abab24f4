import { addressOf, EVERYTHING, isEverything, parseQuery, type Query, query } from '../state/query.ts';
import { NEWEST, timeline } from '../state/timeline.ts';
import { loadTimeline } from './timeline.ts';

/**
 * Shows what a query asks for and says so in the address bar. What is typed on replaces the entry that the
 * first letter made, so that one step back leaves the search.
 */
export function navigate(change: Partial<Query>, how: 'push' | 'replace' = 'push'): void {
  // Somewhere else in time there is nothing of a single day.
  const next = { ...query.get(), at: '', ...(change.at && { day: '' }), ...change };
  const address = addressOf(next);
  const isSame = address === addressOf(query.get());
  // Whoever asks for a day once more has scrolled away from it.
  if (isSame && next.at === '') return;
  if (how === 'replace' || isSame) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  query.dispatch(next);
  void loadTimeline();
}

/**
 * Goes to a message: at once if it is shown, else to its place among all. As a link it is in the address bar from then
 * on; in its context it stands among all messages, whatever the search and the filters were.
 */
export function goToMessage(id: string, as: 'jump' | 'link' | 'context' = 'jump'): void {
  const isShown = timeline.get().messages.some((message) => message.id === id);
  if (isShown && (as === 'jump' || (as === 'link' && isEverything(query.get())))) {
    if (as === 'link') noteAddress({ ...query.get(), at: id });
    timeline.dispatch({ type: 'wanted', wanted: { id, edge: 'middle' } });
  } else navigate({ ...EVERYTHING, at: id });
}

/** Says in the address bar where the reader is, without reading anything again. */
function noteAddress(next: Query): void {
  history.pushState(null, '', addressOf(next));
  query.dispatch(next);
}

/** Goes to the newest message, wherever one is. */
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
