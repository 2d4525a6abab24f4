import { syncNow } from '../../actions/repositories.ts';
import { repositories } from '../../state/repositories.ts';
import { useStore } from '../../state/store.ts';
import { UpIcon } from '../ui/icons.tsx';

/** Pushes everything that has not left this machine. It is only highlighted while there is something to push. */
export function PushButton() {
  const toPush = useStore(repositories, ({ list }) => list.reduce((sum, { ahead }) => sum + ahead, 0));
  const isBusy = useStore(repositories, ({ running }) => Object.values(running).includes('push'));
  const isOff = useStore(
    repositories,
    ({ list, running }) => list.length === 0 || list.some(({ name }) => name in running),
  );
  return (
    <button
      type="button"
      class="pill push-button"
      data-due={toPush > 0}
      aria-disabled={isOff}
      onClick={() => isOff || void syncNow('push')}
    >
      <UpIcon />
      <span class="push-word">{isBusy ? 'Pushing…' : 'Push'}</span>
      {toPush > 0 && !isBusy && <span>{toPush.toLocaleString()}</span>}
    </button>
  );
}
