import { needsPerson } from '../../domain/repository.ts';
import { connection } from '../state/connection.ts';
import { EVERYTHING } from '../state/query.ts';
import { repositories } from '../state/repositories.ts';
import { useStore } from '../state/store.ts';
import { needInWords } from '../text/words.ts';
import { FilterLink } from './search/filter-link.tsx';
import { LogoIcon, WarningIcon } from './ui/icons.tsx';

const WORDS = { connecting: 'Connecting…', open: 'Live', lost: 'Connection lost' };

/** The name, whether the page is live, and on narrow screens the way to the repositories. */
export function Bar({ panelOpen, onTogglePanel }: { panelOpen: boolean; onTogglePanel: () => void }) {
  const state = useStore(connection, (current) => current);
  return (
    <header class="bar">
      <h1 class="name">
        <FilterLink to={EVERYTHING}>
          <LogoIcon />
          gitpost
        </FilterLink>
      </h1>
      <p
        class="connection"
        data-state={state}
        title={state === 'lost' ? 'Trying again by itself' : undefined}
      >
        <span>{WORDS[state]}</span>
      </p>
      <PanelToggle open={panelOpen} onToggle={onTogglePanel} />
    </header>
  );
}

function PanelToggle({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const toPush = useStore(repositories, ({ list }) => list.reduce((sum, { ahead }) => sum + ahead, 0));
  const inNeed = useStore(repositories, ({ list }) => list.filter(needsPerson).length);
  return (
    <button
      type="button"
      class="panel-toggle"
      aria-expanded={open}
      aria-controls="repositories"
      onClick={onToggle}
    >
      Repositories
      {(toPush > 0 || inNeed > 0) && (
        <span class="badge" data-tone={inNeed > 0 ? 'warn' : undefined}>
          {inNeed > 0 && <WarningIcon />}
          <span class="unseen">, </span>
          {toPush > 0 && toPush.toLocaleString()}
          <span class="unseen">
            {toPush > 0 && ' to push'}
            {toPush > 0 && inNeed > 0 && ', '}
            {inNeed > 0 && needInWords(inNeed)}
          </span>
        </span>
      )}
    </button>
  );
}
