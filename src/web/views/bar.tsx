import { needsPerson } from '../../domain/repository.ts';
import { connection } from '../state/connection.ts';
import { EVERYTHING } from '../state/query.ts';
import { repositories } from '../state/repositories.ts';
import { useStore } from '../state/store.ts';
import { needInWords } from '../text/words.ts';
import { FilterLink } from './search/filter-link.tsx';
import { LogoIcon, MenuIcon } from './ui/icons.tsx';

const WORDS = { connecting: 'Connecting…', open: 'Live', lost: 'Reconnecting…' };

/** The name, the state of the connection and, on narrow screens, the button for the side bar. */
export function Bar({ sideOpen, onToggleSide }: { sideOpen: boolean; onToggleSide: () => void }) {
  const state = useStore(connection, (current) => current);
  return (
    <header class="bar">
      <SideToggle open={sideOpen} onToggle={onToggleSide} />
      <h1 class="name">
        <FilterLink to={EVERYTHING}>
          <LogoIcon />
          gitpost
        </FilterLink>
      </h1>
      <p class="connection" data-state={state}>
        <span>{WORDS[state]}</span>
      </p>
    </header>
  );
}

function SideToggle({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const toPush = useStore(repositories, ({ list }) => list.reduce((sum, { ahead }) => sum + ahead, 0));
  const inNeed = useStore(repositories, ({ list }) => list.filter(needsPerson).length);
  return (
    <button
      type="button"
      class="quiet side-toggle"
      aria-expanded={open}
      aria-controls="side"
      onClick={onToggle}
    >
      <MenuIcon />
      {inNeed > 0 && <span class="dot" data-tone="bad" />}
      <span class="unseen">
        Menu
        {toPush > 0 && `, ${toPush.toLocaleString()} to push`}
        {inNeed > 0 && `, ${needInWords(inNeed)}`}
      </span>
    </button>
  );
}
