import { useEffect } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import { goToMessage } from '../../actions/navigate.ts';
import { readQuoted } from '../../actions/quoted.ts';
import { addressOf } from '../../state/query.ts';
import { quoted } from '../../state/quoted.ts';
import { useStore } from '../../state/store.ts';
import { timeline } from '../../state/timeline.ts';
import { isPlainClick } from '../search/filter-link.tsx';
import { ReplyIcon } from '../ui/icons.tsx';

/** The message that another one replies to, as one line that leads there. */
export function Quote({ id }: { id: string }) {
  const message = useQuoted(id);
  if (message === null) {
    return (
      <p class="quote">
        <ReplyIcon />
        <span>Reply to a message that is not here</span>
      </p>
    );
  }
  const follow = (event: MouseEvent) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    goToMessage(id);
  };
  return (
    <a class="quote" href={addressOf({ at: id })} onClick={follow} title="Go to the original message">
      <ReplyIcon />
      <span class="unseen">Reply to </span>
      <bdi class="quote-author">{message?.author ?? '…'}</bdi>
      <span class="quote-text" dir="auto">
        {message && firstLine(message)}
      </span>
    </a>
  );
}

/**
 * The message that another one replies to: from the timeline if it is loaded there, so edits show; otherwise as it
 * was read.
 */
function useQuoted(id: string): Message | null | undefined {
  const shown = useStore(timeline, ({ messages }) => messages.find((message) => message.id === id));
  const read = useStore(quoted, (state) => state[id]);
  useEffect(() => void readQuoted(id), [id]);
  return shown ?? read;
}

function firstLine({ text, url = '' }: Message): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? url;
}
