import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { MESSAGE_TYPES } from '../../../domain/message.ts';
import { FACTS, parseSearch } from '../../../domain/query.ts';
import { loadAuthors } from '../../actions/authors.ts';
import { navigate } from '../../actions/navigate.ts';
import { authors } from '../../state/authors.ts';
import { repositories } from '../../state/repositories.ts';
import { seenIn } from '../../state/seen.ts';
import { useStore } from '../../state/store.ts';
import { tags } from '../../state/tags.ts';
import { timeline } from '../../state/timeline.ts';
import { isUnfinished, type Suggestion, suggest } from '../../text/suggest.ts';
import { SearchIcon } from '../ui/icons.tsx';

const DEBOUNCE = 250;
const LIST = 'suggestions';

/** Searches as one types, and suggests completions for a term. */
export function SearchField({ value }: { value: string }) {
  const [typed, setTyped] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // One visit to the field makes one history entry, however many letters are typed.
  const visited = useRef(false);
  const offers = useOffers(typed, input);
  const asked = useRef(value);
  useEffect(() => {
    // A search requested here comes back as a value a moment later, when more may have been typed.
    if (value === asked.current) return;
    asked.current = value;
    clearTimeout(timer.current);
    setTyped(value);
  }, [value]);

  const search = (text: string, wait: number) => {
    setTyped(text);
    clearTimeout(timer.current);
    // `from:` alone would search for these letters until a name follows, and `after:20` is not a date yet.
    if (isUnfinished(text) || (wait > 0 && !parseSearch(text).ok)) return;
    timer.current = setTimeout(() => {
      asked.current = text;
      navigate({ q: text }, visited.current ? 'replace' : 'push');
      visited.current = true;
    }, wait);
  };
  const take = (offer: Suggestion) => {
    search(offer.search, 0);
    requestAnimationFrame(() => {
      input.current?.setSelectionRange(offer.caret, offer.caret);
      offers.show();
    });
  };
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLInputElement }) => {
    if (offers.onKey(event)) return event.preventDefault();
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (offers.chosen) return take(offers.chosen);
    offers.hide();
    search(event.currentTarget.value, 0);
  };
  return (
    <div class="search-field">
      <SearchIcon />
      <input
        ref={input}
        type="search"
        name="q"
        // biome-ignore lint/a11y/noRedundantRoles: with no list of the browser’s own, it would be a search box.
        role="combobox"
        list={undefined}
        aria-label="Search messages"
        aria-autocomplete="list"
        aria-expanded={offers.list.length > 0}
        aria-controls={LIST}
        aria-activedescendant={offers.chosen ? `${LIST}-${offers.at}` : undefined}
        aria-keyshortcuts="/"
        placeholder="Search"
        value={typed}
        autocomplete="off"
        enterkeyhint="search"
        onInput={(event) => {
          search(event.currentTarget.value, DEBOUNCE);
          offers.show();
        }}
        onKeyDown={onKeyDown}
        onClick={offers.show}
        onFocus={() => {
          visited.current = false;
          void loadAuthors();
        }}
        onBlur={offers.hide}
      />
      <Offers list={offers.list} at={offers.at} onTake={take} />
    </div>
  );
}

interface OffersProps {
  readonly list: readonly Suggestion[];
  readonly at: number;
  readonly onTake: (offer: Suggestion) => void;
}

function Offers({ list, at, onTake }: OffersProps) {
  return (
    // biome-ignore-start lint/a11y: the field keeps the focus, and names the chosen one, as the pattern of a combobox asks.
    <ul id={LIST} class="offers" role="listbox" aria-label="Suggestions" hidden={list.length === 0}>
      {list.map((offer, index) => (
        <li
          key={offer.label}
          id={`${LIST}-${index}`}
          role="option"
          aria-selected={index === at}
          onMouseDown={(event) => {
            // The field must not lose the focus to what is clicked.
            event.preventDefault();
            onTake(offer);
          }}
        >
          <bdi>{offer.label}</bdi>
          {offer.hint && <span class="hint">{offer.hint}</span>}
        </li>
      ))}
    </ul>
    // biome-ignore-end lint/a11y: see above.
  );
}

/** The suggestions for what is typed, the selected one, and the keys that select. */
function useOffers(typed: string, input: { current: HTMLInputElement | null }) {
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const vocabulary = useVocabulary();
  const caret = input.current?.selectionStart ?? typed.length;
  const list = isOpen ? suggest(typed, Math.min(caret, typed.length), vocabulary) : [];
  const onKey = (event: KeyboardEvent): boolean => {
    if (list.length === 0) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setAt(at === -1 && by === -1 ? list.length - 1 : (at + by + list.length) % list.length);
      return true;
    }
    if (event.key !== 'Escape') return false;
    setOpen(false);
    return true;
  };
  return {
    list,
    at,
    chosen: list[at],
    onKey,
    show: () => {
      setAt(-1);
      setOpen(true);
    },
    hide: () => setOpen(false),
  };
}

function useVocabulary() {
  const messages = useStore(timeline, (state) => state.messages);
  const list = useStore(repositories, (state) => state.list);
  const writers = useStore(authors, (state) => state);
  const known = useStore(tags, (state) => state);
  return useMemo(() => {
    const seen = seenIn(messages);
    return {
      from: [...new Set([...writers, ...seen.authors])],
      in: list.map(({ name }) => name),
      type: [...MESSAGE_TYPES],
      tag: [...new Set([...known.map(({ tag }) => tag), ...seen.tags])],
      has: FACTS.has,
      is: FACTS.is,
    };
  }, [messages, list, writers, known]);
}
