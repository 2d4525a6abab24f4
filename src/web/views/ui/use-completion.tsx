import type { RefObject } from 'preact';
import { useId, useState } from 'preact/hooks';
import { emoji, loadEmoji } from '../../state/emoji.ts';
import { seenIn } from '../../state/seen.ts';
import { useStore } from '../../state/store.ts';
import { tags } from '../../state/tags.ts';
import { timeline } from '../../state/timeline.ts';
import { begunAt, bestOf } from '../../text/complete.ts';
import { put } from './use-writing-keys.ts';

interface Offer {
  readonly label: string;
  readonly insert: string;
}

/** Suggests completions for a tag or an emoji name while someone is writing. */
export function useCompletion(area: RefObject<HTMLTextAreaElement | null>) {
  const id = useId();
  const [caret, setCaret] = useState<number>();
  const [at, setAt] = useState(0);
  const known = useStore(tags, (state) => state);
  const names = useStore(emoji, (state) => state);
  const text = area.current?.value ?? '';
  const begun = caret === undefined ? undefined : begunAt(text, caret);
  if (begun?.kind === 'emoji') loadEmoji();

  const offers = begun === undefined ? [] : offersFor(begun.kind, begun.typed);
  function offersFor(kind: 'tag' | 'emoji', typed: string): readonly Offer[] {
    if (kind === 'emoji') {
      const found = bestOf([...names.keys()], typed.toLowerCase());
      const exact = names.has(typed) ? [typed] : [];
      return [...exact, ...found].map((name) => ({
        label: `${names.get(name)} ${name}`,
        insert: names.get(name) ?? '',
      }));
    }
    const seen = seenIn(timeline.get().messages).tags;
    const all = [...new Set([...known.map(({ tag }) => tag), ...seen])];
    return bestOf(all, typed).map((tag) => ({ label: `#${tag}`, insert: `#${tag}` }));
  }

  const hide = () => setCaret(undefined);
  const take = (offer: Offer) => {
    if (!begun || !area.current || caret === undefined) return;
    const insert = `${offer.insert} `;
    const end = begun.from + insert.length;
    put(area.current, { from: begun.from, to: caret, insert, select: [end, end] });
    hide();
  };
  const onKey = (event: KeyboardEvent): boolean => {
    const chosen = offers[at];
    if (!chosen || event.isComposing || event.ctrlKey || event.metaKey) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setAt((at + (event.key === 'ArrowDown' ? 1 : -1) + offers.length) % offers.length);
    } else if (event.key === 'Escape') hide();
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) take(chosen);
    else return false;
    return true;
  };
  const onInput = () => {
    const { current } = area;
    setAt(0);
    setCaret(current && current.selectionStart === current.selectionEnd ? current.selectionEnd : undefined);
  };
  const view = (
    // biome-ignore-start lint/a11y: the field keeps the focus, and names the chosen one.
    <ul id={id} class="offers" role="listbox" aria-label="Completions" hidden={offers.length === 0}>
      {offers.map((offer, index) => (
        <li
          key={offer.label}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          onMouseDown={(event) => {
            event.preventDefault();
            take(offer);
          }}
        >
          <bdi>{offer.label}</bdi>
        </li>
      ))}
    </ul>
    // biome-ignore-end lint/a11y: see above.
  );
  const isOpen = offers.length > 0;
  const aria = {
    'aria-autocomplete': 'list',
    'aria-controls': isOpen ? id : undefined,
    'aria-activedescendant': isOpen ? `${id}-${at}` : undefined,
  } as const;
  return { view, onKey, onInput, hide, aria };
}
