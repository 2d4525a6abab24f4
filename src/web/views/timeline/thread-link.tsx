import type { Message } from '../../../contract/message.ts';
import { dialog } from '../../state/dialog.ts';
import { clock } from '../../text/time.ts';

/** How many loaded replies a message has. A click shows all replies next to the timeline. */
export function ThreadLink({ id, replies }: { id: string; replies: readonly Message[] }) {
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
