import { type Notice, notices } from '../../state/notices.ts';
import { useStore } from '../../state/store.ts';
import { update } from '../../state/update.ts';
import { CloseIcon } from './icons.tsx';

/** What went wrong, or what a person should know, until it is dismissed. */
export function NoticeBar() {
  const shown = useStore(notices, (state) => state.shown);
  const isOld = useStore(update, (state) => state === 'found');
  return (
    <div class="notices" role="alert">
      {isOld && (
        <div class="notice" data-tone="plain">
          <p>gitpost was updated. Reload the page to use the new version; your draft is kept.</p>
          <button type="button" onClick={() => location.reload()}>
            Reload
          </button>
        </div>
      )}
      {shown && (
        <div class="notice" data-tone={shown.tone}>
          <p>{shown.text}</p>
          {shown.way && <Way {...shown.way} />}
          <button type="button" class="quiet" onClick={() => notices.dispatch({ type: 'dismiss' })}>
            <CloseIcon />
            <span class="unseen">Dismiss</span>
          </button>
        </div>
      )}
    </div>
  );
}

function Way({ words, go }: NonNullable<Notice['way']>) {
  const follow = () => {
    notices.dispatch({ type: 'dismiss' });
    go();
  };
  return (
    <button type="button" onClick={follow}>
      {words}
    </button>
  );
}

/** Announces changes to screen readers that are visible on the page. */
export function Announcements() {
  const said = useStore(notices, (state) => state.said);
  return (
    <p class="unseen" role="status">
      {said}
    </p>
  );
}
