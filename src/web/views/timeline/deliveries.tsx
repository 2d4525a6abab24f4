import type { Delivery, DeliveryState } from '../../../contract/message.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { commitPage } from '../../text/commit-url.ts';
import { DELIVERY_WORDS, shortCommit } from '../../text/words.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { CommittedIcon, OutdatedIcon, PushedIcon } from '../ui/icons.tsx';
import { SafeLink } from './rich-text.tsx';

const ICONS: Record<DeliveryState, () => preact.JSX.Element> = {
  committed: CommittedIcon,
  pushed: PushedIcon,
  outdated: OutdatedIcon,
};

const MEANINGS: Record<DeliveryState, string> = {
  committed: 'Committed on this machine, not pushed yet.',
  pushed: 'Pushed: its commit is on the remote branch.',
  outdated: 'This repository holds an earlier revision.',
};

interface Props {
  readonly deliveries: readonly Delivery[];
  /** The repository of which more is shown. */
  readonly open: string | null;
  readonly onOpen: (repository: string | null) => void;
}

/** Where a message is: for each repository its commit, and whether it has left this machine. */
export function Deliveries({ deliveries, open, onOpen }: Props) {
  return (
    <ul class="deliveries" aria-label="Where it is">
      {deliveries.map((delivery) => {
        const isOpen = delivery.repository === open;
        return (
          <li key={delivery.repository} class="delivery" data-state={delivery.state}>
            <button
              type="button"
              class="quiet"
              title={MEANINGS[delivery.state]}
              aria-expanded={isOpen}
              onClick={() => onOpen(isOpen ? null : delivery.repository)}
            >
              <DeliveryWords {...delivery} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function DeliveryWords({ repository, commit, state }: Delivery) {
  const Icon = ICONS[state] ?? CommittedIcon;
  return (
    <>
      <Icon />
      <span>{repository}</span>
      {commit !== null && <code>{shortCommit(commit)}</code>}
      <span>{DELIVERY_WORDS[state] ?? state}</span>
    </>
  );
}

/** All there is to know about a message in one repository. */
export function DeliveryDetail({ repository, commit, state }: Delivery) {
  const held = useStore(repositories, ({ list }) => list.find(({ name }) => name === repository));
  return (
    <section class="delivery-detail" aria-label={`Commit in ${repository}`}>
      <p>
        <strong>{repository}</strong> {MEANINGS[state]}
      </p>
      {state !== 'pushed' && held?.error && <p class="warn">{held.error.detail}</p>}
      {commit === null ? (
        <p class="hint">The id of its commit is being found again.</p>
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
          <SafeLink url={page.url}>See it on {page.host}</SafeLink>
        </p>
      )}
    </>
  );
}
