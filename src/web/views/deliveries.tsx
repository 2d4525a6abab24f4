import type { Delivery, DeliveryState } from '../../domain/message.ts';
import { DELIVERY_WORDS, shortCommit } from '../text/words.ts';
import { CommittedIcon, OutdatedIcon, PushedIcon } from './icons.tsx';

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

/** Where a message is: for each repository its commit, and whether it has left this machine. */
export function Deliveries({ deliveries }: { deliveries: readonly Delivery[] }) {
  return (
    <ul class="deliveries" aria-label="Where it is">
      {deliveries.map((delivery) => (
        <DeliveryItem key={delivery.repository} {...delivery} />
      ))}
    </ul>
  );
}

function DeliveryItem({ repository, commit, state }: Delivery) {
  const Icon = ICONS[state] ?? CommittedIcon;
  const title = commit === null ? MEANINGS[state] : `${MEANINGS[state]} Commit ${commit}`;
  return (
    <li class="delivery" data-state={state} title={title}>
      <Icon />
      <span>{repository}</span>
      {commit !== null && <code>{shortCommit(commit)}</code>}
      <span>{DELIVERY_WORDS[state] ?? state}</span>
    </li>
  );
}
