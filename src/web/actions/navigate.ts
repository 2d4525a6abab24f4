import { addressOf, EVERYTHING, parseQuery, type Query, query } from '../state/query.ts';
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

/** Goes to a message: at once where it is shown, else to where it stands among all. */
export function goToMessage(id: string): void {
  if (timeline.get().messages.some((message) => message.id === id)) {
    timeline.dispatch({ type: 'wanted', wanted: { id, edge: 'middle' } });
  } else navigate({ ...EVERYTHING, at: id });
}

/** Goes to the newest message, wherever one is. */
export function goToNewest(): void {
  if (timeline.get().newer === 'none') timeline.dispatch({ type: 'wanted', wanted: NEWEST });
  else if (query.get().at === '') void loadTimeline();
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
