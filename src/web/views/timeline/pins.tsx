import { goToMessage } from '../../actions/navigate.ts';
import { pinned } from '../../state/pinned.ts';
import { addressOf, isEverything, query } from '../../state/query.ts';
import { useStore } from '../../state/store.ts';
import { firstLine } from '../../text/first-line.ts';
import { isPlainClick } from '../search/filter-link.tsx';
import { PinIcon } from '../ui/icons.tsx';

/** The pinned messages, in one line above all others. */
export function Pins() {
  const all = useStore(pinned, (state) => state);
  const isShown = useStore(query, isEverything);
  if (all.length === 0 || !isShown) return null;
  return (
    <nav class="pins" aria-label="Pinned">
      <PinIcon />
      <ul>
        {all.map((message) => (
          <li key={message.id}>
            <a
              href={addressOf({ at: message.id })}
              onClick={(event) => {
                if (!isPlainClick(event)) return;
                event.preventDefault();
                goToMessage(message.id, 'link');
              }}
            >
              <bdi>{firstLine(message)}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
