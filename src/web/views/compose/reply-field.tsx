import { draft } from '../../state/draft.ts';
import { Quote } from '../timeline/quote.tsx';
import { CloseIcon } from '../ui/icons.tsx';

/** The message that the draft replies to, above the text. */
export function ReplyField({ replyTo }: { replyTo: string | null }) {
  if (replyTo === null) return null;
  return (
    <div class="reply-field">
      <Quote id={replyTo} />
      <button
        type="button"
        class="quiet"
        onClick={() => draft.dispatch({ type: 'write', change: { replyTo: null } })}
      >
        <CloseIcon />
        <span class="unseen">Cancel reply</span>
      </button>
    </div>
  );
}
