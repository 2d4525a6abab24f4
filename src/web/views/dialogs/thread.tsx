import { useEffect, useState } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import { goToMessage } from '../../actions/navigate.ts';
import { readThread, type Thread } from '../../actions/thread.ts';
import type { Problem } from '../../api/problem.ts';
import { addressOf } from '../../state/query.ts';
import { repliesTo } from '../../state/replies.ts';
import { useStore } from '../../state/store.ts';
import { timeline } from '../../state/timeline.ts';
import { shortWhen } from '../../text/time.ts';
import { isPlainClick } from '../search/filter-link.tsx';
import { Contents } from '../timeline/body.tsx';
import { reply } from '../timeline/message-actions.tsx';
import { ProblemBox } from '../ui/problem.tsx';

/** A message and its replies. */
export function ThreadView({ id, onDone }: { id: string; onDone: () => void }) {
  const [thread, setThread] = useState<Thread>();
  const [problem, setProblem] = useState<Problem>();
  const loaded = useStore(timeline, ({ messages }) => repliesTo(id, messages));
  useEffect(() => {
    let isCurrent = true;
    void readThread(id).then((answer) => {
      if (!isCurrent) return;
      setProblem(answer.ok ? undefined : answer.problem);
      if (answer.ok) setThread(answer.body);
    });
    return () => {
      isCurrent = false;
    };
    // Replies that arrive while it is open are read together with the others.
  }, [id, loaded]);
  if (problem) return <ProblemBox problem={problem} />;
  if (thread === undefined) return <p class="hint">Loading…</p>;
  return (
    <div class="thread">
      {[thread.message, ...thread.replies].map((message) => (
        <ThreadMessage key={message.id} message={message} onDone={onDone} />
      ))}
      <div class="row">
        <button
          type="button"
          class="primary"
          onClick={() => {
            onDone();
            requestAnimationFrame(() => reply(id));
          }}
        >
          Reply
        </button>
      </div>
    </div>
  );
}

function ThreadMessage({ message, onDone }: { message: Message; onDone: () => void }) {
  const { id, author, createdAt } = message;
  return (
    <article class="thread-message">
      <p class="revision-head">
        <bdi class="revision-author">{author}</bdi>
        <a
          class="time"
          href={addressOf({ at: id })}
          onClick={(event) => {
            if (!isPlainClick(event)) return;
            event.preventDefault();
            onDone();
            goToMessage(id, 'link');
          }}
        >
          {shortWhen(createdAt)}
        </a>
      </p>
      <Contents message={message} />
    </article>
  );
}
