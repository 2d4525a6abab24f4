import { useState } from 'preact/hooks';
import { parseSearch } from '../../../domain/query.ts';
import { changeSearches } from '../../actions/settings.ts';
import { say, show } from '../../state/notices.ts';
import { asSearch, query } from '../../state/query.ts';
import { settings } from '../../state/settings.ts';
import { useStore } from '../../state/store.ts';

/** Saves the current search under a name, or removes it. It is stored with the repository, for every browser. */
export function SaveSearch() {
  const q = useStore(query, asSearch);
  const searches = useStore(settings, (state) => state?.searches);
  const [name, setName] = useState<string>();
  // A search that cannot be run is not worth saving.
  if (searches === undefined || q === '' || !parseSearch(q).ok) return null;
  const kept = searches.find((one) => one.q === q);
  const store = async (change: Parameters<typeof changeSearches>[0], words: string) => {
    const failed = await changeSearches(change);
    if (failed) return show('bad', failed.detail);
    setName(undefined);
    say(words);
  };
  if (kept) {
    return (
      <button
        type="button"
        class="link"
        onClick={() => void store((now) => now.filter((one) => one.q !== q), 'Search removed')}
      >
        Remove from saved
      </button>
    );
  }
  if (name === undefined) {
    return (
      <button type="button" class="link" onClick={() => setName('')}>
        Save this search
      </button>
    );
  }
  return (
    <form
      class="save-search"
      onSubmit={(event) => {
        event.preventDefault();
        const given = name.trim();
        // If the name is taken, it gets the new search.
        const change = (now: typeof searches) => [
          ...now.filter((one) => one.name !== given),
          { name: given, q },
        ];
        if (given !== '') void store(change, 'Search saved');
      }}
    >
      <input
        type="text"
        aria-label="Name of the search"
        placeholder="Name"
        value={name}
        autofocus
        onInput={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && setName(undefined)}
      />
      <button type="submit" aria-disabled={name.trim() === ''}>
        Save
      </button>
    </form>
  );
}
