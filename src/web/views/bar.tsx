import { connection } from '../state/connection.ts';
import { EVERYTHING } from '../state/query.ts';
import { repositories } from '../state/repositories.ts';
import { useStore } from '../state/store.ts';
import { FilterLink } from './filter-link.tsx';
import { LogoIcon } from './icons.tsx';

const WORDS = { connecting: 'Connecting…', open: 'Live', lost: 'Connection lost' };

/** The name, whether the page is live, and on narrow screens the way to the repositories. */
export function Bar({ panelOpen, onTogglePanel }: { panelOpen: boolean; onTogglePanel: () => void }) {
  const state = useStore(connection, (current) => current);
  const waiting = useStore(repositories, ({ list }) => list.reduce((sum, { ahead }) => sum + ahead, 0));
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
      <button
        type="button"
        class="panel-toggle"
        aria-expanded={panelOpen}
        aria-controls="repositories"
        onClick={onTogglePanel}
      >
        Repositories
        {waiting > 0 && (
          <span class="badge">
            {waiting.toLocaleString()}
            <span class="unseen"> to push</span>
          </span>
        )}
      </button>
    </header>
  );
}
