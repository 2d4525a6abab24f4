import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import { goToMessage, goToNewest, navigate } from '../../actions/navigate.ts';
import { printAll } from '../../actions/print.ts';
import { syncNow } from '../../actions/repositories.ts';
import { listMessages } from '../../api/messages.ts';
import { dialog } from '../../state/dialog.ts';
import { EVERYTHING } from '../../state/query.ts';
import { repositories } from '../../state/repositories.ts';
import { seenIn } from '../../state/seen.ts';
import { settings } from '../../state/settings.ts';
import { tags } from '../../state/tags.ts';
import { theme } from '../../state/theme.ts';
import { timeline } from '../../state/timeline.ts';
import { bestFits, type Candidate, daysFor, wholeWordsFirst } from '../../text/palette.ts';
import { shortDay } from '../../text/time.ts';
import { focusComposer } from '../compose/composer.tsx';

interface Entry extends Candidate {
  readonly kind: string;
  readonly go: () => void;
}

const MOST = 8;
/** How many of the newest matches are read. Those that contain everything typed as whole words come first. */
const MOST_ASKED = 50;
/** Nobody needs a result between two keystrokes. In milliseconds. */
const PAUSE = 150;
const LIST = 'palette-list';

/** One field that leads to everything: actions, views, tags, repositories, days and messages. */
export function Palette({ onClose }: { onClose: () => void }) {
  const element = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const found = useFound(typed);
  const places = useMemo(placesToGo, []);
  useLayoutEffect(() => {
    const { current } = element;
    current?.showModal();
    return () => current?.close();
  }, []);

  const days = daysFor(typed, Date.now()).map(
    ({ day, label }): Entry => ({ label, kind: 'Day', go: () => navigate({ ...EVERYTHING, at: day }) }),
  );
  const search: Entry[] =
    typed.trim() === ''
      ? []
      : [
          {
            label: `Search for ${typed.trim()}`,
            kind: 'Search',
            go: () => navigate({ ...EVERYTHING, q: typed.trim() }),
          },
        ];
  const entries = [...days, ...bestFits(places, typed, typed === '' ? 20 : MOST), ...found, ...search];
  const chosen = Math.min(at, entries.length - 1);

  const take = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // When the dialog closes, it first restores the focus.
    requestAnimationFrame(entry.go);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown') setAt((chosen + 1) % entries.length);
    else if (event.key === 'ArrowUp') setAt((chosen - 1 + entries.length) % entries.length);
    else if (event.key === 'Enter') take(entries[chosen]);
    else return;
    event.preventDefault();
  };
  useLayoutEffect(() => {
    element.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Escape.
    <dialog
      ref={element}
      class="palette"
      aria-label="Go to anything"
      onClose={onClose}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <input
        type="text"
        role="combobox"
        aria-label="Go to anything"
        aria-expanded="true"
        aria-controls={LIST}
        aria-activedescendant={`${LIST}-${chosen}`}
        aria-autocomplete="list"
        autocomplete="off"
        spellcheck={false}
        placeholder="Go to a message, a tag or a day, or run an action"
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      {/* biome-ignore-start lint/a11y: the field keeps the focus, and names the chosen one. */}
      <ul id={LIST} role="listbox" aria-label="Results">
        {entries.map((entry, index) => (
          <li
            key={`${entry.kind} ${entry.label} ${index}`}
            id={`${LIST}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onMouseMove={() => setAt(index)}
            onClick={() => take(entry)}
          >
            <bdi class="palette-label">{entry.label}</bdi>
            <span class="hint">{entry.kind}</span>
          </li>
        ))}
      </ul>
      {/* biome-ignore-end lint/a11y: see above. */}
    </dialog>
  );
}

/** Everything that is known here: what can be done, and where one can go. */
function placesToGo(): readonly Entry[] {
  const action = (label: string, go: () => void, also = ''): Entry => ({ label, also, kind: 'Action', go });
  const open = (kind: 'activity' | 'import' | 'export' | 'settings' | 'keys') => () =>
    dialog.dispatch({ kind });
  const seen = seenIn(timeline.get().messages);
  const known = [...new Set([...tags.get().map(({ tag }) => tag), ...seen.tags])];
  const { list } = repositories.get();
  return [
    action('Write a message', focusComposer, 'compose new'),
    action('Newest message', goToNewest, 'end bottom'),
    action('Push', () => void syncNow('push'), 'sync upload'),
    action('Pull', () => void syncNow('pull'), 'sync download'),
    action('Activity', open('activity'), 'calendar statistics'),
    action('Import', open('import'), 'slack discord telegram whatsapp bring in'),
    action('Export this view', open('export'), 'download save backup'),
    action('Print', () => void printAll(), 'pdf paper'),
    action('Settings', open('settings'), 'name theme preferences'),
    action('Keyboard shortcuts', open('keys'), 'keys help'),
    action('Light theme', () => theme.dispatch('light')),
    action('Dark theme', () => theme.dispatch('dark')),
    action('System theme', () => theme.dispatch('system')),
    ...(settings.get()?.searches ?? []).map(
      ({ name, q }): Entry => ({
        label: name,
        also: q,
        kind: 'Saved search',
        go: () => navigate({ ...EVERYTHING, q }),
      }),
    ),
    ...list.map(
      ({ name }): Entry => ({
        label: name,
        kind: 'Repository',
        go: () => navigate({ ...EVERYTHING, repository: name }),
      }),
    ),
    ...known.map(
      (tag): Entry => ({ label: `#${tag}`, kind: 'Tag', go: () => navigate({ ...EVERYTHING, tag }) }),
    ),
    ...seen.authors.map(
      (author): Entry => ({ label: author, kind: 'Author', go: () => navigate({ ...EVERYTHING, author }) }),
    ),
  ];
}

/** The messages that the server finds for what is typed. */
function useFound(typed: string): readonly Entry[] {
  const [found, setFound] = useState<readonly Message[]>([]);
  useEffect(() => {
    const words = typed.trim();
    // Operators belong in the search field, which reports errors in them.
    if (words.length < 2 || words.includes(':')) return setFound([]);
    const asking = new AbortController();
    const timer = setTimeout(async () => {
      const query = new URLSearchParams({ q: words, limit: String(MOST_ASKED) });
      const answer = await listMessages(`/messages?${query}`, asking.signal).catch(() => undefined);
      if (answer?.ok) setFound(wholeWordsFirst(answer.body.messages, words).slice(0, MOST));
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [typed]);
  return found.map(({ id, text, url = '', author, createdAt }) => ({
    label: text.split('\n').find((line) => line.trim() !== '') ?? url,
    kind: `${author}, ${shortDay(createdAt)}`,
    go: () => goToMessage(id, 'context'),
  }));
}
