import { useId } from 'preact/hooks';
import type { RepositoryStatus } from '../../../contract/repository.ts';
import { syncNow } from '../../actions/repositories.ts';
import type { Direction } from '../../api/repositories.ts';
import { DownIcon, UpIcon } from '../ui/icons.tsx';

interface SyncButtonsProps {
  readonly repository: RepositoryStatus;
  readonly direction: Direction | undefined;
}

/**
 * Push and pull for one repository. If its history was rewritten, they lead to the choice that both are waiting for.
 */
export function SyncButtons({ repository: { name, state }, direction }: SyncButtonsProps) {
  const id = useId();
  const isWaiting = state === 'rewritten';
  const press = (event: MouseEvent, to: Direction) => {
    if (isWaiting) return leadToChoice(event.currentTarget as HTMLElement);
    if (direction === undefined) void syncNow(to, name);
  };
  const common = {
    type: 'button',
    'aria-disabled': isWaiting || direction !== undefined,
    'aria-describedby': isWaiting ? id : undefined,
  } as const;
  return (
    <>
      <span class="sync-buttons">
        <button
          {...common}
          class="quiet"
          aria-label={`Pull ${name}`}
          title="Pull"
          onClick={(event) => press(event, 'pull')}
        >
          <DownIcon />
        </button>
        <button
          {...common}
          class="quiet"
          aria-label={`Push ${name}`}
          title="Push"
          onClick={(event) => press(event, 'push')}
        >
          <UpIcon />
        </button>
      </span>
      {isWaiting && (
        <span class="unseen" id={id}>
          Push and Pull wait for the choice below.
        </span>
      )}
    </>
  );
}

function leadToChoice(from: HTMLElement): void {
  from.closest('.repository')?.querySelector<HTMLElement>('.resolve button')?.focus();
}
