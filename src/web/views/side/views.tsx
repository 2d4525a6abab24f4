import type { ComponentChildren } from 'preact';
import { dialog } from '../../state/dialog.ts';
import { lastSide } from '../../state/last-side.ts';
import { addressOf, EVERYTHING, type Query, query } from '../../state/query.ts';
import { settings } from '../../state/settings.ts';
import { useStore } from '../../state/store.ts';
import { SHOWN_TAGS, tags } from '../../state/tags.ts';
import { FilterLink } from '../search/filter-link.tsx';
import { CalendarIcon, ClockIcon, FileIcon, ListIcon, PinIcon, TaskIcon, TrashIcon } from '../ui/icons.tsx';

/** The views of the messages that most people need. */
export function Views() {
  return (
    <nav class="views" aria-label="Views">
      <View to={EVERYTHING}>
        <ListIcon />
        Timeline
      </View>
      <View to={{ q: 'is:pinned' }}>
        <PinIcon />
        Pinned
      </View>
      <View to={{ q: 'is:open' }}>
        <TaskIcon />
        Open tasks
      </View>
      <View to={{ q: 'has:attachment' }}>
        <FileIcon />
        Files
      </View>
      <button type="button" aria-haspopup="dialog" onClick={() => dialog.dispatch({ kind: 'on-this-day' })}>
        <ClockIcon />
        On this day
      </button>
      <button type="button" aria-haspopup="dialog" onClick={() => dialog.dispatch({ kind: 'activity' })}>
        <CalendarIcon />
        Activity
      </button>
      <View to={{ q: 'is:deleted' }}>
        <TrashIcon />
        Deleted
      </View>
    </nav>
  );
}

/** The saved searches. */
export function SavedSearches() {
  const known = useStore(settings, (state) => state?.searches);
  const searches = known ?? lastSide().searches;
  if (searches.length === 0) return null;
  return (
    <nav class="views" aria-labelledby="saved-title">
      <h2 id="saved-title" class="side-title">
        Saved searches
      </h2>
      {searches.map(({ name, q }, index) => (
        <View key={index} to={{ q }}>
          <bdi>{name}</bdi>
        </View>
      ))}
    </nav>
  );
}

/** The most used tags. The others can be found by searching. */
export function Tags() {
  const all = useStore(tags, (state) => state);
  if (all.length === 0) return null;
  return (
    <nav class="views" aria-labelledby="tags-title">
      <h2 id="tags-title" class="side-title">
        Tags
      </h2>
      {all.slice(0, SHOWN_TAGS).map(({ tag, messages }) => (
        <View key={tag} to={{ tag }}>
          <bdi>#{tag}</bdi>
          <span class="count">
            {messages.toLocaleString()}
            <span class="unseen"> messages</span>
          </span>
        </View>
      ))}
    </nav>
  );
}

/** A link to a view that shows whether it is the current one. */
function View({ to, children }: { to: Partial<Query>; children: ComponentChildren }) {
  const isHere = useStore(query, (now) => addressOf({ ...now, at: '' }) === addressOf(to));
  return (
    <FilterLink to={to} current={isHere}>
      {children}
    </FilterLink>
  );
}
