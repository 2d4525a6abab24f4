import { dialog } from '../../state/dialog.ts';
import { repliesTo } from '../../state/replies.ts';
import { useStore } from '../../state/store.ts';
import { timeline } from '../../state/timeline.ts';
import { clock } from '../../text/time.ts';

/** How many replies a message has, as far as they are loaded. A click shows all of them beside the timeline. */
export function ThreadLink({ id }: { id: string }) {
  const replies = useStore(timeline, ({ messages }) => repliesTo(id, messages));
  const last = replies.at(-1);
  if (last === undefined) return null;
  return (
    <p class="thread-link">
      <button
        type="button"
        class="link"
        aria-haspopup="dialog"
        onClick={() => dialog.dispatch({ kind: 'thread', id })}
      >
        {replies.length === 1 ? '1 reply' : `${replies.length.toLocaleString()} replies`}
      </button>
      <span>
        <bdi>{last.author}</bdi>, {clock(last.createdAt)}
      </span>
    </p>
  );
}
