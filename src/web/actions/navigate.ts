import { addressOf, parseQuery, type Query, query } from '../state/query.ts';
import { loadTimeline } from './timeline.ts';

/**
 * Shows what a query asks for and says so in the address bar. What is typed on replaces the entry that the
 * first letter made, so that one step back leaves the search.
 */
export function navigate(change: Partial<Query>, how: 'push' | 'replace' = 'push'): void {
  const next = { ...query.get(), ...change };
  const address = addressOf(next);
  if (address === addressOf(query.get())) return;
  if (how === 'push') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  query.dispatch(next);
  void loadTimeline();
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
