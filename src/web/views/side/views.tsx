import type { ComponentChildren } from 'preact';
import { dialog } from '../../state/dialog.ts';
import { addressOf, EVERYTHING, type Query, query } from '../../state/query.ts';
import { useStore } from '../../state/store.ts';
import { FilterLink } from '../search/filter-link.tsx';
import { CalendarIcon, ClockIcon, ListIcon } from '../ui/icons.tsx';

/** The ways to look at the messages that most people need. */
export function Views() {
  return (
    <nav class="views" aria-label="Views">
      <View to={EVERYTHING}>
        <ListIcon />
        Timeline
      </View>
      <button type="button" aria-haspopup="dialog" onClick={() => dialog.dispatch({ kind: 'on-this-day' })}>
        <ClockIcon />
        On this day
      </button>
      <button type="button" aria-haspopup="dialog" onClick={() => dialog.dispatch({ kind: 'activity' })}>
        <CalendarIcon />
        Activity
      </button>
    </nav>
  );
}

/** A link to a view, which shows whether the reader is there. */
export function View({ to, children }: { to: Partial<Query>; children: ComponentChildren }) {
  const isHere = useStore(query, (now) => addressOf({ ...now, at: '' }) === addressOf(to));
  return (
    <FilterLink to={to} current={isHere}>
      {children}
    </FilterLink>
  );
}
