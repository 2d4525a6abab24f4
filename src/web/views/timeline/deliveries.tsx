import { useContext } from 'preact/hooks';
import type { Delivery, DeliveryState } from '../../../contract/message.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { commitPage } from '../../text/commit-url.ts';
import { DELIVERY_WORDS } from '../../text/words.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { CommittedIcon, OutdatedIcon, PushedIcon } from '../ui/icons.tsx';
import { OneOfMany } from './one-of-many.ts';
import { SafeLink } from './rich-text.tsx';

const ICONS: Record<DeliveryState, () => preact.JSX.Element> = {
  committed: CommittedIcon,
  pushed: PushedIcon,
  outdated: OutdatedIcon,
};

const MEANINGS: Record<DeliveryState, string> = {
  committed: 'Committed on this machine, not pushed yet.',
  pushed: 'Pushed: the commit is on the remote branch.',
  outdated: 'This repository has an earlier version.',
};

interface Props {
  readonly deliveries: readonly Delivery[];
  /** The repository whose details are shown. */
  readonly open: string | null;
  readonly onOpen: (repository: string | null) => void;
}

/** Where a message is: an icon per repository, with names if there are several. A click shows more. */
export function Deliveries({ deliveries, open, onOpen }: Props) {
  const isOneOfMany = useContext(OneOfMany);
  return (
    <ul class="deliveries" aria-label="Where it is">
      {deliveries.map((delivery) => {
        const { repository, state } = delivery;
        const Icon = ICONS[state] ?? CommittedIcon;
        const isOpen = repository === open;
        return (
          <li key={repository} class="delivery" data-state={state}>
            <button
              type="button"
              class="quiet"
              title={`${repository}: ${MEANINGS[state] ?? state}`}
              aria-expanded={isOpen}
              onClick={() => onOpen(isOpen ? null : repository)}
            >
              <Icon />
              <span class={isOneOfMany ? undefined : 'unseen'}>{repository}</span>
              <span class="unseen"> {DELIVERY_WORDS[state] ?? state}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** Everything that is known about a message in one repository. */
export function DeliveryDetail({ repository, commit, state }: Delivery) {
  const held = useStore(repositories, ({ list }) => list.find(({ name }) => name === repository));
  return (
    <section class="delivery-detail" aria-label={`Commit in ${repository}`}>
      <p>
        <strong>{repository}</strong> {MEANINGS[state]}
      </p>
      {state !== 'pushed' && held?.error && <p class="warn">{held.error.detail}</p>}
      {commit === null ? (
        <p class="hint">Looking up the commit id…</p>
      ) : (
        <CommitLines
          commit={commit}
          page={held && state === 'pushed' ? commitPage(held, commit) : undefined}
        />
      )}
    </section>
  );
}

interface CommitProps {
  readonly commit: string;
  readonly page: ReturnType<typeof commitPage>;
}

function CommitLines({ commit, page }: CommitProps) {
  return (
    <>
      <p class="line">
        <code>{commit}</code>
        <CopyButton text={commit} what="commit id" />
      </p>
      <p class="line">
        <code>git show {commit}</code>
        <CopyButton text={`git show ${commit}`} what="command" />
      </p>
      {page && (
        <p>
          <SafeLink url={page.url}>View on {page.host}</SafeLink>
        </p>
      )}
    </>
  );
}
